#include "CKernels.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

enum { NOTHING = -1 };

typedef struct {
    pthread_t handle;
    int task;  // under way, or NOTHING
} pool_worker;

struct ck_pool {
    pthread_mutex_t mutex;
    pthread_cond_t work_ready;  // there is a job, or the pool ends
    pthread_cond_t progress;    // a task may have become ready, or all are done
    int threads;                // the caller's included
    int started;                // threads that pthread_create gave us
    uint64_t generation;        // of the job below
    bool stopping;
    const ck_task *tasks;  // NULL: `same`, once for each item
    ck_task same;
    double *seconds;  // of each task, or NULL
    int count, next;  // tasks, and the first that nobody has taken
    int done;         // all before this one are done
    int waiting;      // threads that wait for progress
    pool_worker workers[];
};

typedef struct {
    ck_pool *pool;
    int worker;
} helper_start;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static ck_task task_of(const ck_pool *pool, int number) {
    if (pool->tasks) return pool->tasks[number];
    ck_task task = pool->same;
    task.first = number;
    task.end = number + 1;
    return task;
}

static void perform(const ck_task *task, int worker, double *taken) {
    double start = taken ? now() : 0;
    for (int item = task->first; item < task->end; item++) task->work(task->context, item, worker);
    if (taken) *taken = now() - start;
}

static void count_done(ck_pool *pool) {
    int done = pool->next;
    for (int i = 0; i < pool->threads; i++)
        if (pool->workers[i].task != NOTHING && pool->workers[i].task < done) done = pool->workers[i].task;
    pool->done = done;
}

static bool next_is_ready(const ck_pool *pool) {
    return pool->next < pool->count && (!pool->tasks || pool->tasks[pool->next].needs <= pool->done);
}

/// Takes tasks in their order for as long as there are any. A task is taken only when it is ready: whoever comes first
/// when it becomes so has it, and none waits for a thread that has yet to wake up. The mutex is held at both ends.
static void take_tasks(ck_pool *pool, int worker) {
    while (pool->next < pool->count) {
        if (!next_is_ready(pool)) {
            pool->waiting++;
            pthread_cond_wait(&pool->progress, &pool->mutex);
            pool->waiting--;
            continue;
        }
        ck_task task = task_of(pool, pool->next);
        double *seconds = pool->seconds ? pool->seconds + pool->next : NULL;
        pool->workers[worker].task = pool->next++;
        // One more thread at most: it will look for another one itself.
        if (pool->waiting > 0 && next_is_ready(pool)) pthread_cond_signal(&pool->progress);
        pthread_mutex_unlock(&pool->mutex);
        perform(&task, worker, seconds);
        pthread_mutex_lock(&pool->mutex);
        pool->workers[worker].task = NOTHING;
        count_done(pool);
        if (pool->done == pool->count && pool->waiting > 0) pthread_cond_broadcast(&pool->progress);
    }
}

static void *helper(void *argument) {
    helper_start start = *(helper_start *)argument;
    free(argument);
    ck_pool *pool = start.pool;
    uint64_t seen = 0;
    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        while (pool->generation == seen && !pool->stopping) pthread_cond_wait(&pool->work_ready, &pool->mutex);
        if (pool->stopping) break;
        seen = pool->generation;
        take_tasks(pool, start.worker);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

ck_pool *ck_pool_create(int threads) {
    if (threads < 1) threads = 1;
    ck_pool *pool = calloc(1, sizeof(ck_pool) + (size_t)threads * sizeof(pool_worker));
    if (!pool) return NULL;
    pool->threads = threads;
    for (int i = 0; i < threads; i++) pool->workers[i].task = NOTHING;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->work_ready, NULL);
    pthread_cond_init(&pool->progress, NULL);
    for (int i = 1; i < threads; i++) {
        helper_start *start = malloc(sizeof *start);
        if (start) *start = (helper_start){pool, i};
        if (!start || pthread_create(&pool->workers[i].handle, NULL, helper, start) != 0) {
            free(start);
            ck_pool_destroy(pool);
            return NULL;
        }
        pool->started++;
    }
    return pool;
}

void ck_pool_destroy(ck_pool *pool) {
    if (!pool) return;
    pthread_mutex_lock(&pool->mutex);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->work_ready);
    pthread_mutex_unlock(&pool->mutex);
    for (int i = 1; i <= pool->started; i++) pthread_join(pool->workers[i].handle, NULL);
    pthread_cond_destroy(&pool->work_ready);
    pthread_cond_destroy(&pool->progress);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

int ck_pool_threads(const ck_pool *pool) { return pool->threads; }

static void run(ck_pool *pool, const ck_task *tasks, ck_task same, int count, double *seconds) {
    pthread_mutex_lock(&pool->mutex);
    pool->tasks = tasks;
    pool->same = same;
    pool->seconds = seconds;
    pool->count = count;
    pool->next = 0;
    pool->done = 0;
    pool->generation++;
    pthread_cond_broadcast(&pool->work_ready);
    take_tasks(pool, 0);
    while (pool->done < pool->count) {
        pool->waiting++;
        pthread_cond_wait(&pool->progress, &pool->mutex);
        pool->waiting--;
    }
    pthread_mutex_unlock(&pool->mutex);
}

void ck_pool_run(ck_pool *pool, int items, void (*work)(void *, int, int), void *context) {
    ck_task same = {.work = work, .context = context, .end = items};
    if (!pool || pool->threads == 1 || items <= 1) perform(&same, 0, NULL);
    else run(pool, NULL, same, items, NULL);
}

void ck_pool_run_tasks(ck_pool *pool, const ck_task *tasks, int count, double *seconds) {
    if (pool && pool->threads > 1 && count > 1) return run(pool, tasks, (ck_task){0}, count, seconds);
    for (int i = 0; i < count; i++) perform(&tasks[i], 0, seconds ? seconds + i : NULL);
}
