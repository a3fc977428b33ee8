// Matrix products of whole numbers of 8 bits, for the processors that multiply four pairs of them a lane and add the products in one
// instruction (AVX-512 VNNI). Four times the multiply-adds of a float kernel an instruction, and a quarter of the weights to read.
// Included after `kernels_template.h`, with the instructions allowed; four channels make one quad.
//
// Inputs are 0...255: each pixel has its own step and its own number for zero, from its smallest and largest input, so that no table of
// ranges is needed and the result of a pixel does not depend on which pixels are computed with it. Weights are −127...127 with a step a
// filter. The sum of the products is exact; then sum(w · x) = step_w · step_x · (sum(n_w · n_x) − zero_x · sum(n_w)).

typedef int whole __attribute__((vector_size(64), may_alias));

enum { QUADS = CK_BLOCK / 4 };  // quads of channels in a block

/// The step and the zero of a pixel: x is about step · (n − zero).
typedef struct {
    float step, zero;
} ck_steps;

/// Lane i is the smallest (or largest) number of vector i: the vectors are transposed and compared in one go.
#define ACROSS(NAME, COMPARED)                                                                                         \
    static inline __m512 NAME(const __m512 *v) {                                                                       \
        __m512 t[8], u[4], w[2];                                                                                       \
        for (int j = 0; j < 8; j++)                                                                                    \
            t[j] = COMPARED(_mm512_unpacklo_ps(v[2 * j], v[2 * j + 1]), _mm512_unpackhi_ps(v[2 * j], v[2 * j + 1]));   \
        for (int j = 0; j < 4; j++) {                                                                                  \
            __m512d even = _mm512_castps_pd(t[2 * j]), odd = _mm512_castps_pd(t[2 * j + 1]);                           \
            u[j] = COMPARED(                                                                                           \
                _mm512_castpd_ps(_mm512_unpacklo_pd(even, odd)), _mm512_castpd_ps(_mm512_unpackhi_pd(even, odd)));     \
        }                                                                                                              \
        for (int j = 0; j < 2; j++)                                                                                    \
            w[j] = COMPARED(                                                                                           \
                _mm512_shuffle_f32x4(u[2 * j], u[2 * j + 1], 0x88), _mm512_shuffle_f32x4(u[2 * j], u[2 * j + 1], 0xdd)); \
        return COMPARED(_mm512_shuffle_f32x4(w[0], w[1], 0x88), _mm512_shuffle_f32x4(w[0], w[1], 0xdd));               \
    }
ACROSS(smallest_of_each, _mm512_min_ps)
ACROSS(largest_of_each, _mm512_max_ps)

/// Four vectors of whole numbers as bytes, 0 and 255 at the ends, one vector after the other.
static inline __m512i as_bytes(const __m512i *n) {
    // The packing goes by quarters of the vectors; they are put into order after it.
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    __m512i packed = _mm512_packus_epi16(_mm512_packus_epi32(n[0], n[1]), _mm512_packus_epi32(n[2], n[3]));
    return _mm512_permutexvar_epi32(order, packed);
}

/// The steps of 16 pixels, or of the `count` that are left.
static void find_steps(
    const float *in, size_t in_block, int count, int blocks, __mmask16 last, float *steps, float *zeros) {
    __m512 low[16], high[16];
    for (int half = 0; half < 16; half += 8) {
        __m512 least[8], most[8];
        _Pragma("clang loop unroll(full)") for (int i = 0; i < 8; i++) least[i] = most[i] = _mm512_setzero_ps();
        for (int block = 0; block < blocks; block++) {
            __mmask16 used = block < blocks - 1 ? (__mmask16)0xffff : last;
            const float *row = in + block * in_block;
            _Pragma("clang loop unroll(full)") for (int i = 0; i < 8; i++) {
                __m512 x = _mm512_maskz_loadu_ps(used, row + (size_t)ck_min(half + i, count - 1) * CK_BLOCK);
                least[i] = _mm512_min_ps(least[i], x);
                most[i] = _mm512_max_ps(most[i], x);
            }
        }
        _Pragma("clang loop unroll(full)") for (int i = 0; i < 8; i++) {
            low[half + i] = least[i];
            high[half + i] = most[i];
        }
    }
    __m512 from = smallest_of_each(low), range = _mm512_sub_ps(largest_of_each(high), from);
    __m512 step = _mm512_mul_ps(range, _mm512_set1_ps(1 / 255.f));
    // A pixel of zeros, or nearly so, has no step; its whole numbers are all its zero then.
    __mmask16 some = _mm512_cmp_ps_mask(range, _mm512_set1_ps(1e-30f), _CMP_GT_OQ);
    __m512 zero = _mm512_maskz_div_ps(some, _mm512_sub_ps(_mm512_setzero_ps(), from), step);
    _mm512_storeu_ps(steps, _mm512_maskz_mov_ps(some, step));
    _mm512_storeu_ps(zeros, _mm512_roundscale_ps(zero, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}

/// The inputs of `count` pixels as whole numbers, (blocks, count, 4) quads, and their steps. Lanes past the last channel hold nobody's
/// number; they count as 0, and their weights are 0.
static void to_quads(const float *in, size_t in_block, int count, int channels, unsigned *out, ck_steps *steps) {
    int blocks = ck_ceil(channels, CK_BLOCK);
    __mmask16 last = (__mmask16)((1u << (channels - (blocks - 1) * CK_BLOCK)) - 1);
    for (int first = 0; first < count; first += 16, in += 16 * CK_BLOCK) {
        int here = ck_min(16, count - first);
        float step[16], zero[16], scale[16];
        find_steps(in, in_block, here, blocks, last, step, zero);
        for (int i = 0; i < 16; i++) scale[i] = step[i] > 0 ? 1 / step[i] : 0;
        for (int i = 0; i < here; i++) steps[first + i] = (ck_steps){.step = step[i], .zero = zero[i]};
        for (int block = 0; block < blocks; block++) {
            __mmask16 used = block < blocks - 1 ? (__mmask16)0xffff : last;
            unsigned *to = out + ((size_t)block * count + first) * QUADS;
            for (int i = 0; i < here; i += 4) {
                __m512i n[4];
                _Pragma("clang loop unroll(full)") for (int k = 0; k < 4; k++) {
                    int pixel = ck_min(i + k, here - 1);
                    __m512 x = _mm512_maskz_loadu_ps(used, in + block * in_block + (size_t)pixel * CK_BLOCK);
                    n[k] = _mm512_cvtps_epi32(
                        _mm512_fmadd_ps(x, _mm512_set1_ps(scale[pixel]), _mm512_set1_ps(zero[pixel])));
                }
                int words = ck_min(4, here - i) * QUADS;
                _mm512_mask_storeu_epi32(to + (size_t)i * QUADS, (__mmask16)((1u << words) - 1), as_bytes(n));
            }
        }
    }
}

// in: (blocks, rows, 4) quads; weights: (filters / 16, quads, 16) quads, then steps and sums; the rest as in `TILE`. Of `walk`,
// `in_block` and `weights_block` count quads; `tail` counts the quads of the last block.
#define QUAD_TILE(ROWS, VECTORS)                                                                                       \
    static __attribute__((noinline)) void quad_tile_##ROWS##x##VECTORS(                                                \
        const walk *w, const unsigned *in, const ck_steps *steps, const float *weights, const float *bias,             \
        const float *residual, float *out) {                                                                           \
        __m512i total[ROWS][VECTORS];                                                                                  \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++)                                           \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) total[i][v] = _mm512_setzero_si512();    \
        for (int block = 0; block < w->full + w->tails; block++, in += w->in_block) {                                  \
            int quads = block < w->full ? QUADS : w->tail;                                                             \
            for (int k = 0; k < quads; k++, weights += CK_BLOCK) {                                                     \
                vec b[VECTORS];                                                                                        \
                _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++) b[v] =                            \
                    load(weights + v * w->weights_block);                                                              \
                _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) {                                    \
                    __m512i a = _mm512_set1_epi32((int)in[i * QUADS + k]);                                             \
                    _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++) total[i][v] =                 \
                        _mm512_dpbusd_epi32(total[i][v], a, (__m512i)b[v]);                                            \
                    IN_ORDER;                                                                                          \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
        vec sum[ROWS][VECTORS];                                                                                        \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++) {                                         \
            vec filter_steps = load(weights + v * w->weights_block);                                                   \
            vec filter_sums = load(weights + v * w->weights_block + CK_BLOCK), start = load(bias + v * VL);            \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) {                                        \
                vec products = (vec)_mm512_cvtepi32_ps(total[i][v]) - filter_sums * steps[i].zero;                     \
                sum[i][v] = products * (filter_steps * steps[i].step) + start;                                         \
            }                                                                                                          \
        }                                                                                                              \
        FINISH(ROWS, VECTORS)                                                                                          \
    }
TILE_LIST(QUAD_TILE)

static void pointwise_quads(void *context, int item, int worker) {
    const ck_job *job = context;
    const ck_conv *c = job->conv;
    int pixels = c->out_height * c->out_width, blocks = ck_ceil(c->out_channels, CK_BLOCK);
    int part = item % job->groups, first = item / job->groups * job->rows;
    int count = ck_min(job->rows, pixels - first), tail = c->in_channels % CK_BLOCK;
    unsigned *rows = (unsigned *)(void *)(job->scratch + job->scratch_each * worker);
    ck_steps *steps = (ck_steps *)(void *)(rows + (size_t)ck_ceil(c->in_channels, CK_BLOCK) * count * QUADS);
    to_quads(
        job->in + (size_t)first * CK_BLOCK, (size_t)pixels * CK_BLOCK, count, c->in_channels, rows, steps);
    walk w = {
        .full = c->in_channels / CK_BLOCK,
        .tails = tail != 0,
        .tail = ck_ceil(tail, 4),
        .in_block = (size_t)count * QUADS,
        .weights_block = ((size_t)ck_ceil(c->in_channels, 4) + 2) * CK_BLOCK,
        .out_block = (size_t)pixels * CK_BLOCK,
        .activation = c->activation};
    int end = blocks * (part + 1) / job->groups;
    for (int block = blocks * part / job->groups; block < end;) {
        int vectors = PANEL_VECTORS(end - block), left = count;
        size_t at = block * w.out_block + (size_t)first * CK_BLOCK;
        const unsigned *in = rows;
        const ck_steps *step = steps;
        const float *weights = c->weights + block * w.weights_block, *bias = c->bias + block * CK_BLOCK;
        const float *residual = job->residual ? job->residual + at : NULL;
        float *out = job->out + at;
#define RUN(ROWS, VECTORS)                                                                                             \
    if (vectors == VECTORS)                                                                                            \
        while (left >= ROWS) {                                                                                         \
            quad_tile_##ROWS##x##VECTORS(&w, in, step, weights, bias, residual, out);                                  \
            in += ROWS * QUADS;                                                                                        \
            step += ROWS;                                                                                              \
            out += ROWS * CK_BLOCK;                                                                                    \
            if (residual) residual += ROWS * CK_BLOCK;                                                                 \
            left -= ROWS;                                                                                              \
        }
        TILE_LIST(RUN)
#undef RUN
        block += vectors;
    }
}
