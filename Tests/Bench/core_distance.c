// Prints how long a number takes from one core to another and back, in nanoseconds: the median of eleven tries, each of which
// passes one cache line to and fro between two threads, each on a core of its own.
//
//     cc -O2 -pthread core_distance.c -o core_distance && ./core_distance
//
// Under about 150 the two cores share a cache; above, what one has written reaches the other through memory's fabric.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 20000, TRIES = 11 };

static _Alignas(128) atomic_int turn;
static int cores[2];

static void stay_on(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) {
        perror("sched_setaffinity");
        exit(1);
    }
}

static void pass(int from, int to) {
    while (atomic_load_explicit(&turn, memory_order_acquire) != from) {}
    atomic_store_explicit(&turn, to, memory_order_release);
}

static void *answer(void *unused) {
    stay_on(cores[1]);
    for (int i = 0; i < TRIES * ROUNDS; i++) pass(2 * i + 1, 2 * i + 2);
    return unused;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(void) {
    cpu_set_t allowed;
    int found = 0;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return perror("sched_getaffinity"), 1;
    for (int core = 0; core < CPU_SETSIZE && found < 2; core++)
        if (CPU_ISSET(core, &allowed)) cores[found++] = core;
    if (found < 2) return fputs("There is one core only.\n", stderr), 1;

    pthread_t other;
    if (pthread_create(&other, NULL, answer, NULL) != 0) return fputs("No thread.\n", stderr), 1;
    stay_on(cores[0]);
    double tries[TRIES];
    for (int i = 0; i < TRIES; i++) {
        double start = now();
        for (int round = i * ROUNDS; round < (i + 1) * ROUNDS; round++) {
            atomic_store_explicit(&turn, 2 * round + 1, memory_order_release);
            while (atomic_load_explicit(&turn, memory_order_acquire) != 2 * round + 2) {}
        }
        tries[i] = (now() - start) / ROUNDS;
    }
    pthread_join(other, NULL);
    qsort(tries, TRIES, sizeof *tries, ascending);
    printf("%.0f\n", tries[TRIES / 2]);
    return 0;
}
