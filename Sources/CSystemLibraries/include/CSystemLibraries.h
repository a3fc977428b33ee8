#ifndef FARMTOP_CSYSTEMLIBRARIES_H
#define FARMTOP_CSYSTEMLIBRARIES_H

// The libraries of the system that farmtop is built with. Each missing one is named with the command that installs it; the
// compiler alone would name a header.

#if !__has_include(<curses.h>)
#error "ncurses is missing. On Debian or Ubuntu: sudo apt-get install -y libncurses-dev"
#endif
#if !__has_include(<jpeglib.h>)
#error "libjpeg is missing. On Debian or Ubuntu: sudo apt-get install -y libjpeg-dev"
#endif
#if !__has_include(<sqlite3.h>)
#error "SQLite is missing. On Debian or Ubuntu: sudo apt-get install -y libsqlite3-dev"
#endif
#if !__has_include(<zlib.h>)
#error "zlib is missing. On Debian or Ubuntu: sudo apt-get install -y zlib1g-dev"
#endif

#endif
