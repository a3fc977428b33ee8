#ifndef CCURSES_H
#define CCURSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What Swift cannot reach of ncurses: macros (A_BOLD, getmaxyx), variables (stdscr, cur_term), cchar_t, and what must
// be async-signal-safe. Nothing is decided here.

// MARK: Locale

/// Sets LC_CTYPE for the process; "" takes it from the environment. True if its character set is UTF-8.
bool curses_set_locale(const char *name);
/// Columns that the C library gives a scalar in the current locale, and so ncurses: 0, 1, 2; -1 unprintable.
int curses_width(uint32_t scalar);

// MARK: One user at a time

/// ncurses keeps its terminal in global variables. Whoever gets true may call what is below, until `curses_release`.
bool curses_claim(void);
void curses_release(void);

// MARK: The terminal's description (terminfo)

typedef enum { CURSES_KNOWN, CURSES_UNKNOWN, CURSES_NO_DATABASE } curses_description;

/// Reads the description of `term` and makes it current, until `curses_forget`.
curses_description curses_inspect(const char *term, int output);
void curses_forget(void);
/// A capability of the current description; NULL, -1 or false where it has none.
const char *curses_string(const char *capability);
int curses_number(const char *capability);
bool curses_flag(const char *capability);

// MARK: The screen

typedef struct curses_screen curses_screen;

enum {
    CURSES_BOLD = 1,
    CURSES_DIM = 2,
    CURSES_UNDERLINE = 4,
    CURSES_REVERSE = 8,
    CURSES_ITALIC = 16,
};

/// Takes the terminal: raw mode, alternate screen. The descriptors are duplicated. NULL if ncurses refuses.
curses_screen *curses_open(const char *term, int input, int output, bool colors);
/// Gives the terminal back and frees everything.
void curses_close(curses_screen *screen);
/// Gives the terminal back for a while; the next `curses_refresh` takes it again and draws everything.
void curses_leave(curses_screen *screen);
void curses_get_size(curses_screen *screen, int *rows, int *columns);
/// Takes a new size and forgets what is shown, so that the next refresh draws everything.
bool curses_resize(curses_screen *screen, int rows, int columns);
/// The next refresh clears the terminal and draws everything.
void curses_repaint(curses_screen *screen);
/// Colour pairs that may be defined, pair 0 included; 0 without colours.
int curses_pair_limit(curses_screen *screen);
/// Whether -1 means the terminal's own colour.
bool curses_has_default_colors(curses_screen *screen);
/// Defines a colour pair, 1..<limit.
bool curses_define_pair(curses_screen *screen, int pair, int foreground, int background);
/// Puts one spacing scalar and its combining ones into a cell.
bool curses_put(
    curses_screen *screen, int row, int column, const uint32_t *scalars, size_t count, unsigned attributes, int pair);
/// Sends what changed and rests the cursor.
void curses_refresh(curses_screen *screen, int row, int column, bool is_cursor_visible);

// MARK: Giving the terminal back from a signal handler

/// Remembers the mode of the terminal `descriptor` and the bytes that leave the screen, and from now on gives the
/// terminal back when the process crashes or calls exit. At most 4096 bytes are kept; false if there are more, or if
/// `descriptor` is no terminal.
bool rescue_arm(int descriptor, const uint8_t *bytes, size_t count);
/// Holds the rescue while the terminal belongs to the shell, or ends the holding.
void rescue_hold(bool held);
void rescue_disarm(void);

// MARK: Waking the loop (eventfd, which the Glibc module lacks)

/// A descriptor that is readable after `event_ring` until `event_drain`; -1 and errno if there is none.
int event_open(void);
void event_ring(int event);
void event_drain(int event);

// MARK: Signals

/// Catches SIGWINCH, SIGTSTP, SIGCONT, and SIGTERM, SIGINT, SIGHUP where nobody ignores them: each is noted and
/// `event` rings. A second SIGTERM or SIGINT while the first still waits kills at once.
void signals_catch(int event);
/// Gives the signals back as they were; a SIGHUP that would end the program does nothing from now on.
void signals_release(void);
/// Bit N is set if signal N came since the last call.
uint64_t signals_take(void);
/// Stops the process as Ctrl-Z does; returns when it continues.
void signals_stop_process(void);

#endif
