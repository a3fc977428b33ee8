// Matrix products of 16-bit numbers (bfloat16: a float without its last 16 bits) with sums in single precision, for the processors that
// multiply two pairs of them a lane in one instruction. Twice the multiply-adds of a float kernel an instruction, and half
// the weights to read. Included after `kernels_template.h`, with the instructions allowed; two channels make one pair.

typedef unsigned pair_bits __attribute__((vector_size(64), may_alias));

enum { PAIRS = CK_BLOCK / 2 };  // pairs of channels in a block

/// Rounds `count` pixels of a block to pairs. Lanes from `lanes` on become zero: what they hold is nobody's number.
static void to_pairs(const float *in, int count, int lanes, unsigned *out) {
    __mmask16 used = (__mmask16)((1u << lanes) - 1);
    for (int i = 0; i < count; i++)
        _mm256_storeu_si256(
            (__m256i *)(void *)(out + (size_t)i * PAIRS),
            (__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(used, in + (size_t)i * CK_BLOCK)));
}

// in: (blocks, rows, 8) pairs; weights: (filters / 16, pairs, 16) pairs; the rest as in `TILE`. Of `walk`, `in_block` and
// `weights_block` count pairs; `tail` counts the pairs of the last block.
#define PAIR_TILE(ROWS, VECTORS)                                                                                       \
    static __attribute__((noinline)) void pair_tile_##ROWS##x##VECTORS(                                                \
        const walk *w, const unsigned *in, const float *weights, const float *bias, const float *residual,             \
        float *out) {                                                                                                  \
        START(ROWS, VECTORS)                                                                                           \
        for (int block = 0; block < w->full + w->tails; block++, in += w->in_block) {                                  \
            int steps = block < w->full ? PAIRS : w->tail;                                                             \
            for (int k = 0; k < steps; k++, weights += CK_BLOCK) {                                                     \
                vec b[VECTORS];                                                                                        \
                _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++) b[v] =                            \
                    load(weights + v * w->weights_block);                                                              \
                _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) {                                    \
                    pair_bits a = (pair_bits){0} + in[i * PAIRS + k];                                                  \
                    _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++) sum[i][v] =                   \
                        (vec)_mm512_dpbf16_ps((__m512)sum[i][v], (__m512bh)a, (__m512bh)b[v]);                         \
                    IN_ORDER;                                                                                          \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
        FINISH(ROWS, VECTORS)                                                                                          \
    }
TILE_LIST(PAIR_TILE)

static void pointwise_pairs(void *context, int item, int worker) {
    const ck_job *job = context;
    const ck_conv *c = job->conv;
    int pixels = c->out_height * c->out_width, blocks = ck_ceil(c->out_channels, CK_BLOCK);
    int part = item % job->groups, first = item / job->groups * job->rows;
    int count = ck_min(job->rows, pixels - first), tail = c->in_channels % CK_BLOCK;
    unsigned *rows = (unsigned *)(void *)(job->scratch + job->scratch_each * worker);
    for (int block = 0; block < ck_ceil(c->in_channels, CK_BLOCK); block++)
        to_pairs(
            job->in + ((size_t)block * pixels + first) * CK_BLOCK, count,
            ck_min(CK_BLOCK, c->in_channels - block * CK_BLOCK), rows + (size_t)block * count * PAIRS);
    walk w = {
        .full = c->in_channels / CK_BLOCK,
        .tails = tail != 0,
        .tail = ck_ceil(tail, 2),
        .in_block = (size_t)count * PAIRS,
        .weights_block = (size_t)ck_ceil(c->in_channels, 2) * CK_BLOCK,
        .out_block = (size_t)pixels * CK_BLOCK,
        .activation = c->activation};
    int end = blocks * (part + 1) / job->groups;
    for (int block = blocks * part / job->groups; block < end;) {
        int vectors = PANEL_VECTORS(end - block), left = count;
        size_t at = block * w.out_block + (size_t)first * CK_BLOCK;
        const unsigned *in = rows;
        const float *weights = c->weights + block * w.weights_block, *bias = c->bias + block * CK_BLOCK;
        const float *residual = job->residual ? job->residual + at : NULL;
        float *out = job->out + at;
#define RUN(ROWS, VECTORS)                                                                                             \
    if (vectors == VECTORS)                                                                                            \
        while (left >= ROWS) {                                                                                         \
            pair_tile_##ROWS##x##VECTORS(&w, in, weights, bias, residual, out);                                        \
            in += ROWS * PAIRS;                                                                                        \
            out += ROWS * CK_BLOCK;                                                                                    \
            if (residual) residual += ROWS * CK_BLOCK;                                                                 \
            left -= ROWS;                                                                                              \
        }
        TILE_LIST(RUN)
#undef RUN
        block += vectors;
    }
}
