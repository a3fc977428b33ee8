// Cutting up the resizing of a picture. The arithmetic is in `kernels_template.h`.
#include "kernels.h"

enum { ROWS = 12 };  // output rows an item

typedef struct {
    const ck_resize *resize;
    const ck_kernels *kernels;
    float *scratch;
    size_t scratch_each;
} resize_job;

static size_t row_floats(const ck_resize *r) { return ((size_t)3 * r->width + CK_BLOCK) / CK_BLOCK * CK_BLOCK; }

size_t ck_resize_scratch_count(const ck_resize *r, int threads) { return row_floats(r) * (size_t)threads; }

static void resize_item(void *context, int item, int worker) {
    const resize_job *job = context;
    int end = ck_min((item + 1) * ROWS, job->resize->out_height);
    for (int y = item * ROWS; y < end; y++)
        job->kernels->resize_row(job->resize, y, job->scratch + job->scratch_each * worker);
}

void ck_resize_run(const ck_resize *r, ck_isa isa, ck_pool *pool, float *scratch) {
    resize_job job = {r, ck_kernels_of(isa), scratch, row_floats(r)};
    ck_pool_run(pool, ck_ceil(r->out_height, ROWS), resize_item, &job);
}
