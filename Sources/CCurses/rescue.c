#include "CCurses.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>

// A signal handler has no argument but the signal, so what it needs is static; one screen a process.

enum { PLAN_CAPACITY = 4096 };

static struct {
    int descriptor;
    size_t count;
    uint8_t bytes[PLAN_CAPACITY];
    struct termios mode;
} plan;

/// 1 while the terminal must be given back. Whoever sets it to 0 does so.
static atomic_int is_armed;

static void give_terminal_back(void) {
    if (!atomic_exchange(&is_armed, 0)) return;
    size_t sent = 0;
    while (sent < plan.count) {
        ssize_t n = write(plan.descriptor, plan.bytes + sent, plan.count - sent);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        sent += (size_t)n;
    }
    tcsetattr(plan.descriptor, TCSANOW, &plan.mode);
}

// MARK: Crashes

static const int deadly[] = {
    SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS, SIGQUIT, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2,
};
enum { DEADLY = sizeof deadly / sizeof *deadly };
static struct sigaction before_deadly[DEADLY];
static bool is_caught[DEADLY];

static void on_deadly(int signal, siginfo_t *info, void *context) {
    (void)context;
    int error = errno;
    give_terminal_back();
    for (int i = 0; i < DEADLY; i++) {
        if (deadly[i] == signal) sigaction(signal, &before_deadly[i], NULL);
    }
    // A fault comes again when its instruction does, for whoever handled it before; a sent signal must be sent again.
    if (info->si_code <= 0 || signal == SIGTRAP) raise(signal);
    errno = error;
}

static bool is_default(const struct sigaction *action) {
    return !(action->sa_flags & SA_SIGINFO) && action->sa_handler == SIG_DFL;
}

static bool is_ignored(const struct sigaction *action) {
    return !(action->sa_flags & SA_SIGINFO) && action->sa_handler == SIG_IGN;
}

/// Faults are caught whoever handles them already (and passed on); the rest only where they would kill.
static bool should_catch(int signal, const struct sigaction *before) {
    switch (signal) {
    case SIGQUIT: case SIGPIPE: case SIGALRM: case SIGUSR1: case SIGUSR2: return is_default(before);
    default: return !is_ignored(before);
    }
}

static void catch_deadly(void) {
    struct sigaction action = {.sa_sigaction = on_deadly, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < DEADLY; i++) {
        is_caught[i] = sigaction(deadly[i], NULL, &before_deadly[i]) == 0
            && should_catch(deadly[i], &before_deadly[i]) && sigaction(deadly[i], &action, NULL) == 0;
    }
}

/// What was decided about a signal meanwhile stays: a library may have come to ignore SIGPIPE for good.
static void release_deadly(void) {
    for (int i = 0; i < DEADLY; i++) {
        struct sigaction now;
        bool is_ours = is_caught[i] && sigaction(deadly[i], NULL, &now) == 0 && now.sa_flags & SA_SIGINFO
            && now.sa_sigaction == on_deadly;
        if (is_ours) sigaction(deadly[i], &before_deadly[i], NULL);
        is_caught[i] = false;
    }
}

bool rescue_arm(int descriptor, const uint8_t *bytes, size_t count) {
    static atomic_int is_registered;
    if (count > PLAN_CAPACITY || tcgetattr(descriptor, &plan.mode) != 0) return false;
    plan.descriptor = descriptor;
    plan.count = count;
    memcpy(plan.bytes, bytes, count);
    if (!atomic_exchange(&is_registered, 1)) atexit(give_terminal_back);
    catch_deadly();
    atomic_store(&is_armed, 1);
    return true;
}

void rescue_hold(bool held) { atomic_store(&is_armed, held ? 0 : 1); }

void rescue_disarm(void) {
    atomic_store(&is_armed, 0);
    release_deadly();
}

// MARK: Waking the loop

int event_open(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

void event_ring(int event) { eventfd_write(event, 1); }

void event_drain(int event) {
    eventfd_t count;
    eventfd_read(event, &count);
}

// MARK: Signals that the loop answers

static const int answered[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGTERM, SIGINT, SIGHUP};
enum { ANSWERED = sizeof answered / sizeof *answered };
static struct sigaction before_answered[ANSWERED];
static atomic_int rung_event = -1;
static atomic_ulong pending;

static bool is_ending(int signal) { return signal == SIGTERM || signal == SIGINT || signal == SIGHUP; }

static void on_answered(int signal) {
    int error = errno;
    unsigned long bit = 1UL << signal;
    unsigned long before = atomic_fetch_or(&pending, bit);
    // A terminal that goes sends SIGHUP twice: its shell to its jobs, and the system to the session.
    if (is_ending(signal) && signal != SIGHUP && (before & bit)) {
        // The loop did not answer the first one: it hangs.
        give_terminal_back();
        struct sigaction fatal = {.sa_handler = SIG_DFL};
        sigaction(signal, &fatal, NULL);
        raise(signal);
    }
    event_ring(atomic_load(&rung_event));
    errno = error;
}

static void catch_answered(int signal, struct sigaction *before) {
    struct sigaction action = {.sa_handler = on_answered, .sa_flags = SA_RESTART | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    sigaction(signal, NULL, before);
    if (is_ending(signal) && is_ignored(before)) return;
    sigaction(signal, &action, NULL);
}

void signals_catch(int event) {
    atomic_store(&pending, 0);
    atomic_store(&rung_event, event);
    for (int i = 0; i < ANSWERED; i++) catch_answered(answered[i], &before_answered[i]);
}

static void on_nothing(int signal) { (void)signal; }

// A terminal that goes is often noticed before its SIGHUP comes. The screen has ended then, and a farm in the same program has not: its
// end is not to be cut short.
static void outlive_terminal(const struct sigaction *before) {
    bool is_default = !(before->sa_flags & SA_SIGINFO) && before->sa_handler == SIG_DFL;
    struct sigaction nothing = {.sa_handler = on_nothing, .sa_flags = SA_RESTART};
    sigaction(SIGHUP, is_default ? &nothing : before, NULL);
}

void signals_release(void) {
    for (int i = 0; i < ANSWERED; i++) {
        if (answered[i] == SIGHUP) {
            outlive_terminal(&before_answered[i]);
        } else {
            sigaction(answered[i], &before_answered[i], NULL);
        }
    }
    atomic_store(&rung_event, -1);
}

uint64_t signals_take(void) { return atomic_exchange(&pending, 0); }

void signals_stop_process(void) {
    struct sigaction stop = {.sa_handler = SIG_DFL}, before;
    sigaction(SIGTSTP, &stop, &before);
    sigset_t mask, old;
    sigemptyset(&mask);
    sigaddset(&mask, SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &mask, &old);
    raise(SIGTSTP);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    sigaction(SIGTSTP, &before, NULL);
}
