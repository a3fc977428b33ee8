#include "CCurses.h"
#include "CSystemLibraries.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

// <term.h> defines hundreds of lower-case macros (`lines`, `columns`); these are all that is needed of it.
struct term;
extern struct term *cur_term;
extern int setupterm(const char *term, int descriptor, int *error);
extern int del_curterm(struct term *term);
extern char *tigetstr(const char *capability);
extern int tigetnum(const char *capability);
extern int tigetflag(const char *capability);

struct curses_screen {
    SCREEN *screen;
    FILE *input, *output;
    bool has_colors, has_default_colors;
    int cursor_visibility;
};

static atomic_int is_claimed;

bool curses_claim(void) { return atomic_exchange(&is_claimed, 1) == 0; }

void curses_release(void) { atomic_store(&is_claimed, 0); }

bool curses_set_locale(const char *name) {
    if (setlocale(LC_CTYPE, name) == NULL) return false;
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

int curses_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

curses_description curses_inspect(const char *term, int output) {
    int error = 0;
    if (setupterm(term, output, &error) == OK) return CURSES_KNOWN;
    return error < 0 ? CURSES_NO_DATABASE : CURSES_UNKNOWN;
}

void curses_forget(void) {
    if (cur_term != NULL) del_curterm(cur_term);
}

const char *curses_string(const char *capability) {
    const char *value = tigetstr(capability);
    return value == NULL || value == (const char *)-1 ? NULL : value;
}

int curses_number(const char *capability) {
    int value = tigetnum(capability);
    return value < 0 ? -1 : value;
}

bool curses_flag(const char *capability) { return tigetflag(capability) > 0; }

static FILE *open_duplicate(int descriptor, const char *mode) {
    int copy = dup(descriptor);
    if (copy < 0) return NULL;
    FILE *file = fdopen(copy, mode);
    if (file == NULL) close(copy);
    return file;
}

static void free_screen(curses_screen *screen) {
    if (screen->screen != NULL) delscreen(screen->screen);
    if (screen->input != NULL) fclose(screen->input);
    if (screen->output != NULL) fclose(screen->output);
    free(screen);
}

curses_screen *curses_open(const char *term, int input, int output, bool colors) {
    curses_screen *screen = calloc(1, sizeof *screen);
    if (screen == NULL) return NULL;
    screen->cursor_visibility = -1;
    screen->input = open_duplicate(input, "r");
    screen->output = open_duplicate(output, "w");
    if (screen->input != NULL && screen->output != NULL) {
        screen->screen = newterm(term, screen->output, screen->input);
    }
    if (screen->screen == NULL) {
        free_screen(screen);
        return NULL;
    }
    set_term(screen->screen);
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    scrollok(stdscr, FALSE);
    // Otherwise an update stops half-way when a key waits.
    typeahead(-1);
    if (colors && has_colors() && start_color() == OK) {
        screen->has_colors = true;
        screen->has_default_colors = use_default_colors() == OK;
    }
    return screen;
}

void curses_leave(curses_screen *screen) {
    set_term(screen->screen);
    if (screen->cursor_visibility == 0) curs_set(1);
    screen->cursor_visibility = -1;
    endwin();
}

void curses_close(curses_screen *screen) {
    curses_leave(screen);
    free_screen(screen);
}

void curses_get_size(curses_screen *screen, int *rows, int *columns) {
    set_term(screen->screen);
    getmaxyx(stdscr, *rows, *columns);
}

bool curses_resize(curses_screen *screen, int rows, int columns) {
    set_term(screen->screen);
    if (resize_term(rows, columns) != OK) return false;
    werase(stdscr);
    clearok(curscr, TRUE);
    return true;
}

void curses_repaint(curses_screen *screen) {
    set_term(screen->screen);
    clearok(curscr, TRUE);
}

int curses_pair_limit(curses_screen *screen) { return screen->has_colors ? COLOR_PAIRS : 0; }

bool curses_has_default_colors(curses_screen *screen) { return screen->has_default_colors; }

bool curses_define_pair(curses_screen *screen, int pair, int foreground, int background) {
    set_term(screen->screen);
    return init_extended_pair(pair, foreground, background) == OK;
}

static attr_t curses_attributes(unsigned attributes) {
    attr_t result = A_NORMAL;
    if (attributes & CURSES_BOLD) result |= A_BOLD;
    if (attributes & CURSES_DIM) result |= A_DIM;
    if (attributes & CURSES_UNDERLINE) result |= A_UNDERLINE;
    if (attributes & CURSES_REVERSE) result |= A_REVERSE;
    if (attributes & CURSES_ITALIC) result |= A_ITALIC;
    return result;
}

bool curses_put(
    curses_screen *screen, int row, int column, const uint32_t *scalars, size_t count, unsigned attributes, int pair
) {
    (void)screen;
    wchar_t text[CCHARW_MAX + 1];
    size_t length = count < CCHARW_MAX ? count : CCHARW_MAX;
    for (size_t i = 0; i < length; i++) text[i] = (wchar_t)scalars[i];
    text[length] = L'\0';
    cchar_t cell;
    // The pair goes in by reference: the `short` argument ends at 32767.
    if (setcchar(&cell, text, curses_attributes(attributes), 0, &pair) != OK) return false;
    // In the last column of the last row it writes the cell and then cannot move on: ERR, but done.
    mvwadd_wch(stdscr, row, column, &cell);
    return true;
}

void curses_refresh(curses_screen *screen, int row, int column, bool is_cursor_visible) {
    set_term(screen->screen);
    int visibility = is_cursor_visible ? 1 : 0;
    if (visibility != screen->cursor_visibility) {
        curs_set(visibility);
        screen->cursor_visibility = visibility;
    }
    wmove(stdscr, row, column);
    wnoutrefresh(stdscr);
    doupdate();
}
