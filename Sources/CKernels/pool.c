#include "CKernels.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

struct ck_pool {
    pthread_mutex_t mutex;
    pthread_cond_t work_ready, work_done;
    int threads;         // the caller's included
    int started;         // threads that pthread_create gave us
    uint64_t generation; // of the job below
    int busy;            // helpers that work on it; one that wakes after the last item was taken never joins
    bool stopping;
    void (*work)(void *, int, int);
    void *context;
    int items;
    atomic_int next_item;
    pthread_t handles[];
};

typedef struct {
    ck_pool *pool;
    int worker;
} helper_start;

static void take_items(ck_pool *pool, int worker) {
    for (;;) {
        int item = atomic_fetch_add_explicit(&pool->next_item, 1, memory_order_relaxed);
        if (item >= pool->items) return;
        pool->work(pool->context, item, worker);
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
        if (atomic_load_explicit(&pool->next_item, memory_order_relaxed) >= pool->items) continue;
        pool->busy++;
        pthread_mutex_unlock(&pool->mutex);
        take_items(pool, start.worker);
        pthread_mutex_lock(&pool->mutex);
        if (--pool->busy == 0) pthread_cond_signal(&pool->work_done);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

ck_pool *ck_pool_create(int threads) {
    if (threads < 1) threads = 1;
    ck_pool *pool = calloc(1, sizeof(ck_pool) + (size_t)(threads - 1) * sizeof(pthread_t));
    if (!pool) return NULL;
    pool->threads = threads;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->work_ready, NULL);
    pthread_cond_init(&pool->work_done, NULL);
    for (int i = 1; i < threads; i++) {
        helper_start *start = malloc(sizeof *start);
        if (start) *start = (helper_start){pool, i};
        if (!start || pthread_create(&pool->handles[i - 1], NULL, helper, start) != 0) {
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
    for (int i = 0; i < pool->started; i++) pthread_join(pool->handles[i], NULL);
    pthread_cond_destroy(&pool->work_ready);
    pthread_cond_destroy(&pool->work_done);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

int ck_pool_threads(const ck_pool *pool) { return pool->threads; }

void ck_pool_run(ck_pool *pool, int items, void (*work)(void *, int, int), void *context) {
    if (!pool || pool->threads == 1 || items <= 1) {
        for (int i = 0; i < items; i++) work(context, i, 0);
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    pool->work = work;
    pool->context = context;
    pool->items = items;
    atomic_store_explicit(&pool->next_item, 0, memory_order_relaxed);
    pool->generation++;
    pthread_cond_broadcast(&pool->work_ready);
    pthread_mutex_unlock(&pool->mutex);

    take_items(pool, 0);

    pthread_mutex_lock(&pool->mutex);
    while (pool->busy > 0) pthread_cond_wait(&pool->work_done, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
}
