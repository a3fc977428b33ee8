// The kernels of one instruction set, written with the compiler's vector types. The including file defines
//   VL                  floats in a vector: 4, 8 or 16
//   PANEL_VECTORS(left) vectors of output channels that the next register tile takes of `left`
//   TILE_LIST(_)        _(rows, vectors) for each register tile, for each count of vectors from the most rows to 1
//   TILE_ROWS           the most rows
//   CK_TABLE            name of the table to fill
//   CK_POINTWISE_PAIRS  work of a `CK_POINTWISE_BFLOAT16`, if there is one
// A register tile holds rows × vectors sums: rows are pixels (or Winograd tiles), vectors are output channels. Each step
// broadcasts one input of every row against the same weights, so its cost is one multiply-add a sum and few loads.
#include "kernels.h"

#include <string.h>

typedef float vec __attribute__((vector_size(VL * sizeof(float)), may_alias));
typedef int ivec __attribute__((vector_size(VL * sizeof(int))));

enum { PER_BLOCK = CK_BLOCK / VL };  // vectors in a block of channels

/// Keeps the loads of one row of a tile behind those of the row before. Left alone, the compiler loads the inputs of all
/// rows first and then has too few registers for the sums.
#define IN_ORDER __asm__ volatile("" ::: "memory")

#define INLINE static inline __attribute__((always_inline))

INLINE vec load(const float *p) { return *(const vec *)p; }
INLINE void store(float *p, vec x) { *(vec *)p = x; }
// Minus zero leaves every number as it is, so that nothing is computed; plus zero would change −0 and costs an addition.
INLINE vec splat(float x) { return x - (vec){0}; }

// MARK: activations

/// e^x for |x| ≤ 87, clamped beyond; relative error under 2e-7. x = n · ln 2 + r, e^r by its Taylor series to r⁶ on
/// |r| ≤ ln 2 / 2, 2ⁿ from the exponent bits.
INLINE vec exponential(vec x) {
    x = __builtin_elementwise_min(__builtin_elementwise_max(x, splat(-87.f)), splat(87.f));
    vec rounder = splat(12582912.f);  // 1.5 · 2²³: adding it rounds to an integer
    vec n = (x * 1.44269504f + rounder) - rounder;
    vec r = x - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    vec p = splat(1 / 5040.f);
    p = p * r + 1 / 720.f;
    p = p * r + 1 / 120.f;
    p = p * r + 1 / 24.f;
    p = p * r + 1 / 6.f;
    p = p * r + 0.5f;
    p = p * r + 1.f;
    p = p * r + 1.f;
    ivec power = (__builtin_convertvector(n, ivec) + 127) << 23;
    return p * (vec)power;
}

INLINE vec activated(vec x, ck_activation activation) {
    switch (activation) {
    case CK_LINEAR: return x;
    case CK_LEAKY: return __builtin_elementwise_max(x, x * 0.1f);
    case CK_RELU: return __builtin_elementwise_max(x, splat(0));
    case CK_RELU6: return __builtin_elementwise_min(__builtin_elementwise_max(x, splat(0)), splat(6));
    case CK_LOGISTIC: return 1.f / (1.f + exponential(-x));
    case CK_SWISH: return x / (1.f + exponential(-x));
    case CK_MISH: {
        // tanh(ln(1 + e)) = n / (n + 2) with n = e (e + 2); beyond 20 it is 1 in single precision.
        vec e = exponential(__builtin_elementwise_min(x, splat(20.f)));
        vec n = e * (e + 2.f);
        return x * (n / (n + 2.f));
    }
    }
    return x;
}

static void add(const float *a, const float *b, float *out, size_t count, ck_activation activation) {
    for (size_t i = 0; i < count; i += VL) store(out + i, activated(load(a + i) + load(b + i), activation));
}

// MARK: matrix tiles

/// How a tile walks its inputs. The sum runs over `full` blocks of 16 inputs, then `tails` blocks of `tail` inputs.
typedef struct {
    int full, tails, tail;
    size_t in_block;       // floats from one block of inputs to the next
    size_t weights_block;  // floats from one block of filters to the next
    size_t out_block;      // floats from one block of outputs to the next
    ck_activation activation;
} walk;

/// Activation and residual of a tile whose bare sums are in `out`, for the activations that take an exponential.
static __attribute__((noinline)) void finish_slowly(
    int rows, int vectors, const walk *w, const float *residual, float *out) {
    for (int v = 0; v < vectors; v++)
        for (int i = 0; i < rows; i++) {
            size_t at = (v / PER_BLOCK) * w->out_block + v % PER_BLOCK * VL + (size_t)i * CK_BLOCK;
            vec x = activated(load(out + at), w->activation);
            if (residual) x += load(residual + at);
            store(out + at, x);
        }
}

/// The sums of a tile at their biases, or at zero where there are none.
#define START(ROWS, VECTORS)                                                                                           \
    vec sum[ROWS][VECTORS];                                                                                            \
    _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++) {                                             \
        vec start = bias ? load(bias + v * VL) : splat(0);                                                             \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) sum[i][v] = start;                           \
    }

/// The end of a tile: leaky, relu and linear are max(x, slope · x), relu6 ends at 6 besides. Every index of `sum` must be a constant, or the
/// compiler keeps the sums in memory and writes them at each step.
#define FINISH(ROWS, VECTORS)                                                                                          \
    bool simple = w->activation <= CK_RELU6, capped = w->activation == CK_RELU6;                                       \
    vec slope = splat(w->activation == CK_LEAKY ? 0.1f : w->activation == CK_LINEAR ? 1.f : 0.f);                      \
    _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++) {                                             \
        size_t at = (v / PER_BLOCK) * w->out_block + v % PER_BLOCK * VL;                                               \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) {                                            \
            vec x = sum[i][v];                                                                                         \
            if (simple) x = __builtin_elementwise_max(x, x * slope);                                                   \
            if (capped) x = __builtin_elementwise_min(x, splat(6));                                                    \
            if (simple && residual) x += load(residual + at + i * CK_BLOCK);                                           \
            store(out + at + i * CK_BLOCK, x);                                                                         \
        }                                                                                                              \
    }                                                                                                                  \
    if (!simple) finish_slowly(ROWS, VECTORS, w, residual, out);

// in: (blocks, rows, 16); weights: (filters / 16, inputs, 16); out, residual: (filters / 16, rows, 16);
// bias: (filters), or NULL for the bare sum.
#define TILE(ROWS, VECTORS)                                                                                            \
    static __attribute__((noinline)) void tile_##ROWS##x##VECTORS(                                                                               \
        const walk *w, const float *in, const float *weights, const float *bias, const float *residual, float *out) {  \
        START(ROWS, VECTORS)                                                                                           \
        for (int block = 0; block < w->full + w->tails; block++, in += w->in_block) {                                  \
            int steps = block < w->full ? CK_BLOCK : w->tail;                                                          \
            for (int k = 0; k < steps; k++, weights += CK_BLOCK) {                                                     \
                vec b[VECTORS];                                                                                        \
                _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++) b[v] =                            \
                    load(weights + (v / PER_BLOCK) * w->weights_block + v % PER_BLOCK * VL);                           \
                _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) {                                    \
                    vec a = splat(in[i * CK_BLOCK + k]);                                                               \
                    _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++) sum[i][v] += a * b[v];        \
                    IN_ORDER;                                                                                          \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
        FINISH(ROWS, VECTORS)                                                                                          \
    }
TILE_LIST(TILE)

/// Filters [first, first + vectors · VL) for `rows` rows. Pointers are those of the first block of filters.
static void panel(
    const walk *w, int first, int vectors, int rows, const float *in, const float *weights, const float *bias,
    const float *residual, float *out) {
    int block = first / CK_BLOCK, lane = first % CK_BLOCK;
    weights += (size_t)block * w->weights_block + lane;
    out += (size_t)block * w->out_block + lane;
    if (residual) residual += (size_t)block * w->out_block + lane;
    if (bias) bias += first;
#define RUN(ROWS, VECTORS)                                                                                             \
    if (vectors == VECTORS)                                                                                            \
        while (rows >= ROWS) {                                                                                         \
            tile_##ROWS##x##VECTORS(w, in, weights, bias, residual, out);                                              \
            in += ROWS * CK_BLOCK;                                                                                     \
            out += ROWS * CK_BLOCK;                                                                                    \
            if (residual) residual += ROWS * CK_BLOCK;                                                                 \
            rows -= ROWS;                                                                                              \
        }
    TILE_LIST(RUN)
#undef RUN
}

/// Blocks of filters [first, end) for `rows` rows.
static void panels(
    const walk *w, int first, int end, int rows, const float *in, const float *weights, const float *bias,
    const float *residual, float *out) {
    for (int left = (end - first) * PER_BLOCK, at = first * CK_BLOCK; left > 0;) {
        int vectors = PANEL_VECTORS(left);
        panel(w, at, vectors, rows, in, weights, bias, residual, out);
        at += vectors * VL;
        left -= vectors;
    }
}

static void pointwise(void *context, int item, int worker) {
    (void)worker;
    const ck_job *job = context;
    const ck_conv *c = job->conv;
    int pixels = c->out_height * c->out_width, blocks = ck_ceil(c->out_channels, CK_BLOCK);
    int part = item % job->groups, first = item / job->groups * job->rows;
    walk w = {
        .full = c->in_channels / CK_BLOCK,
        .tails = c->in_channels % CK_BLOCK != 0,
        .tail = c->in_channels % CK_BLOCK,
        .in_block = (size_t)pixels * CK_BLOCK,
        .weights_block = (size_t)c->in_channels * CK_BLOCK,
        .out_block = (size_t)pixels * CK_BLOCK,
        .activation = c->activation};
    size_t at = (size_t)first * CK_BLOCK;
    panels(
        &w, blocks * part / job->groups, blocks * (part + 1) / job->groups, ck_min(job->rows, pixels - first),
        job->in + at, c->weights, c->bias, job->residual ? job->residual + at : NULL, job->out + at);
}

// MARK: general

/// Lays out the inputs under the window of each pixel. rows: (input blocks · taps, count, 16)
static void lay_out(const ck_conv *c, const float *in, int first, int count, float *rows) {
    int blocks = ck_ceil(c->in_channels, CK_BLOCK);
    for (int block = 0; block < blocks; block++, in += (size_t)c->in_height * c->in_width * CK_BLOCK)
        for (int ky = 0; ky < c->size; ky++)
            for (int kx = 0; kx < c->size; kx++)
                for (int i = 0; i < count; i++, rows += CK_BLOCK) {
                    int y = (first + i) / c->out_width * c->stride - c->padding + ky;
                    int x = (first + i) % c->out_width * c->stride - c->padding + kx;
                    bool inside = y >= 0 && x >= 0 && y < c->in_height && x < c->in_width;
                    if (inside) memcpy(rows, in + ((size_t)y * c->in_width + x) * CK_BLOCK, CK_BLOCK * sizeof(float));
                    else memset(rows, 0, CK_BLOCK * sizeof(float));
                }
}

static void general(void *context, int item, int worker) {
    const ck_job *job = context;
    const ck_conv *c = job->conv;
    int pixels = c->out_height * c->out_width, taps = c->size * c->size;
    int first = item * job->rows, count = ck_min(job->rows, pixels - first);
    float *rows = job->scratch + job->scratch_each * worker;
    lay_out(c, job->in, first, count, rows);

    walk w = {
        .in_block = (size_t)count * CK_BLOCK,
        // Blocks of filters of different groups differ in length; each is found by its offset.
        .weights_block = c->groups == 1 ? (size_t)taps * c->in_channels * CK_BLOCK : 0,
        .out_block = (size_t)pixels * CK_BLOCK,
        .activation = c->activation};
    size_t at = (size_t)first * CK_BLOCK;
    const float *residual = job->residual ? job->residual + at : NULL;
    int blocks = ck_ceil(c->out_channels, CK_BLOCK), in_blocks = ck_ceil(c->in_channels, CK_BLOCK);
    int step = c->groups == 1 ? blocks : 1;  // blocks of filters that read the same inputs
    for (int block = 0; block < blocks; block += step) {
        ck_block_range range = ck_conv_input_blocks(c, block);
        bool partial = c->in_channels % CK_BLOCK != 0 && range.first + range.count == in_blocks;
        w.full = (range.count - partial) * taps;
        w.tails = partial ? taps : 0;
        w.tail = c->in_channels % CK_BLOCK;
        panels(
            &w, block, block + step, count, rows + (size_t)range.first * taps * count * CK_BLOCK,
            c->weights + ck_conv_block_offset(c, block), c->bias, residual, job->out + at);
    }
}

// MARK: stem

// in: planar, at the first input of the first pixel; out: (filters / 16, rows of pixels, 16)
#define STEM_TILE(ROWS, VECTORS)                                                                                       \
    INLINE void stem_##ROWS##x##VECTORS(                                                                               \
        const ck_conv *c, const int stride, const walk *w, const float *in, const float *weights, const float *bias,   \
        const float *residual, float *out) {                                                                           \
        size_t in_row = (size_t)c->in_width + 2 * c->padding, plane = in_row * (c->in_height + 2 * c->padding);        \
        vec sum[ROWS][VECTORS];                                                                                        \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++)                                           \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) sum[i][v] = load(bias + v * VL);         \
        for (int channel = 0; channel < c->in_channels; channel++)                                                     \
            for (int ky = 0; ky < c->size; ky++)                                                                       \
                for (int kx = 0; kx < c->size; kx++, weights += CK_BLOCK) {                                            \
                    const float *source = in + channel * plane + ky * in_row + kx;                                     \
                    vec b[VECTORS];                                                                                    \
                    _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++) b[v] =                        \
                        load(weights + (v / PER_BLOCK) * w->weights_block + v % PER_BLOCK * VL);                       \
                    _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) {                                \
                        vec a = splat(source[i * stride]);                                                             \
                        _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++) sum[i][v] += a * b[v];    \
                        IN_ORDER;                                                                                      \
                    }                                                                                                  \
                }                                                                                                      \
        FINISH(ROWS, VECTORS)                                                                                          \
    }                                                                                                                  \
    static void stem1_##ROWS##x##VECTORS(                                                                              \
        const ck_conv *c, const walk *w, const float *in, const float *weights, const float *bias,                     \
        const float *residual, float *out) {                                                                           \
        stem_##ROWS##x##VECTORS(c, 1, w, in, weights, bias, residual, out);                                            \
    }                                                                                                                  \
    static void stem2_##ROWS##x##VECTORS(                                                                              \
        const ck_conv *c, const walk *w, const float *in, const float *weights, const float *bias,                     \
        const float *residual, float *out) {                                                                           \
        stem_##ROWS##x##VECTORS(c, 2, w, in, weights, bias, residual, out);                                            \
    }
TILE_LIST(STEM_TILE)

static void stem(void *context, int item, int worker) {
    (void)worker;
    const ck_job *job = context;
    const ck_conv *c = job->conv;
    size_t in_row = (size_t)c->in_width + 2 * c->padding, pixels = (size_t)c->out_height * c->out_width;
    walk w = {
        .weights_block = (size_t)c->in_channels * c->size * c->size * CK_BLOCK,
        .out_block = pixels * CK_BLOCK,
        .activation = c->activation};
    for (int y = item * job->rows; y < ck_min((item + 1) * job->rows, c->out_height); y++)
        for (int left = ck_ceil(c->out_channels, CK_BLOCK) * PER_BLOCK, lane = 0; left > 0;) {
            int vectors = PANEL_VECTORS(left), columns = c->out_width;
            const float *in = job->in + y * c->stride * in_row;
            size_t at = (lane / CK_BLOCK * pixels + (size_t)y * c->out_width) * CK_BLOCK + lane % CK_BLOCK;
            const float *weights = c->weights + lane / CK_BLOCK * w.weights_block + lane % CK_BLOCK;
#define RUN(ROWS, VECTORS)                                                                                             \
    if (vectors == VECTORS)                                                                                            \
        while (columns >= ROWS) {                                                                                      \
            const float *residual = job->residual ? job->residual + at : NULL;                                         \
            if (c->stride == 1) stem1_##ROWS##x##VECTORS(c, &w, in, weights, c->bias + lane, residual, job->out + at); \
            else stem2_##ROWS##x##VECTORS(c, &w, in, weights, c->bias + lane, residual, job->out + at);                \
            in += ROWS * c->stride;                                                                                    \
            at += ROWS * CK_BLOCK;                                                                                     \
            columns -= ROWS;                                                                                           \
        }
            TILE_LIST(RUN)
#undef RUN
            lane += vectors * VL;
            left -= vectors;
        }
}

// MARK: depthwise

enum { DEPTHWISE_COLUMNS = 8 };  // outputs that share one load of a weight

/// Outputs [x, x + columns) of one row, all of whose inputs are inside. in: at the first input row used, column 0.
INLINE void depthwise_columns(
    const int columns, const int size, const int stride, const ck_conv *c, int first_ky, int end_ky, int x,
    const float *in, const float *weights, const float *bias, const float *residual, float *out) {
    for (int v = 0; v < PER_BLOCK; v++) {
        vec sum[DEPTHWISE_COLUMNS];
        for (int i = 0; i < columns; i++) sum[i] = load(bias + v * VL);
        const float *row = in + (x * stride - c->padding) * CK_BLOCK + v * VL;
        for (int ky = first_ky; ky < end_ky; ky++, row += (size_t)c->in_width * CK_BLOCK)
            for (int kx = 0; kx < size; kx++) {
                vec weight = load(weights + (ky * size + kx) * CK_BLOCK + v * VL);
                _Pragma("clang loop unroll(full)") for (int i = 0; i < columns; i++) sum[i] +=
                    load(row + (i * stride + kx) * CK_BLOCK) * weight;
            }
        for (int i = 0; i < columns; i++) {
            size_t at = (size_t)(x + i) * CK_BLOCK + v * VL;
            vec value = activated(sum[i], c->activation);
            if (residual) value += load(residual + at);
            store(out + at, value);
        }
    }
}

/// One output whose window reaches over the left or right edge.
static void depthwise_edge(
    const ck_conv *c, int first_ky, int end_ky, int x, const float *in, const float *weights, const float *bias,
    const float *residual, float *out) {
    for (int v = 0; v < PER_BLOCK; v++) {
        vec sum = load(bias + v * VL);
        for (int ky = first_ky; ky < end_ky; ky++)
            for (int kx = 0; kx < c->size; kx++) {
                int column = x * c->stride - c->padding + kx;
                if (column < 0 || column >= c->in_width) continue;
                const float *source = in + ((size_t)(ky - first_ky) * c->in_width + column) * CK_BLOCK + v * VL;
                sum += load(source) * load(weights + (ky * c->size + kx) * CK_BLOCK + v * VL);
            }
        size_t at = (size_t)x * CK_BLOCK + v * VL;
        vec value = activated(sum, c->activation);
        if (residual) value += load(residual + at);
        store(out + at, value);
    }
}

INLINE void depthwise_row(
    const int size, const int stride, const ck_conv *c, int y, const float *in, const float *weights,
    const float *bias, const float *residual, float *out) {
    int top = y * stride - c->padding, first_ky = ck_max(0, -top), end_ky = ck_min(size, c->in_height - top);
    in += (size_t)(top + first_ky) * c->in_width * CK_BLOCK;
    int inside = ck_min(ck_ceil(c->padding, stride), c->out_width), x = 0;
    int end = c->in_width + c->padding - size;  // of x · stride, inclusive
    end = end < 0 ? 0 : ck_min(end / stride + 1, c->out_width);
    for (; x < inside; x++) depthwise_edge(c, first_ky, end_ky, x, in, weights, bias, residual, out);
    for (; x + DEPTHWISE_COLUMNS <= end; x += DEPTHWISE_COLUMNS)
        depthwise_columns(
            DEPTHWISE_COLUMNS, size, stride, c, first_ky, end_ky, x, in, weights, bias, residual, out);
    for (; x + 2 <= end; x += 2)
        depthwise_columns(2, size, stride, c, first_ky, end_ky, x, in, weights, bias, residual, out);
    for (; x < c->out_width; x++) depthwise_edge(c, first_ky, end_ky, x, in, weights, bias, residual, out);
}

static void depthwise(void *context, int item, int worker) {
    (void)worker;
    const ck_job *job = context;
    const ck_conv *c = job->conv;
    int block = item % job->groups, first = item / job->groups * job->rows;
    const float *in = job->in + (size_t)block * c->in_height * c->in_width * CK_BLOCK;
    const float *weights = c->weights + (size_t)block * c->size * c->size * CK_BLOCK;
    const float *bias = c->bias + block * CK_BLOCK;
    for (int y = first; y < ck_min(first + job->rows, c->out_height); y++) {
        size_t at = ((size_t)block * c->out_height + y) * c->out_width * CK_BLOCK;
        const float *residual = job->residual ? job->residual + at : NULL;
        float *out = job->out + at;
        if (c->size == 3 && c->stride == 1) depthwise_row(3, 1, c, y, in, weights, bias, residual, out);
        else if (c->size == 3 && c->stride == 2) depthwise_row(3, 2, c, y, in, weights, bias, residual, out);
        else if (c->size == 5 && c->stride == 1) depthwise_row(5, 1, c, y, in, weights, bias, residual, out);
        else depthwise_row(c->size, c->stride, c, y, in, weights, bias, residual, out);
    }
}

// MARK: Winograd

// The transforms of one column or row: inputs Bᵀ and outputs Aᵀ that belong to the filter transforms in `convolution.c`.
// `step` is the distance between neighbours.
INLINE void input_transform(const int m, const vec *d, vec *o, const int step) {
    vec a = d[0], b = d[step], c = d[2 * step], e = d[3 * step];
    if (m == 2) {
        o[0] = a - c;
        o[step] = b + c;
        o[2 * step] = c - b;
        o[3 * step] = e - b;
    } else if (m == 3) {
        vec f = d[4 * step];
        o[0] = 2.f * a - b - 2.f * c + e;
        o[step] = e - c - 2.f * b;
        o[2 * step] = 2.f * b - 3.f * c + e;
        o[3 * step] = e - b;
        o[4 * step] = 2.f * b - c - 2.f * e + f;
    } else {
        vec f = d[4 * step], g = d[5 * step];
        o[0] = 4.f * a - 5.f * c + f;
        o[step] = e + f - 4.f * (b + c);
        o[2 * step] = f - e + 4.f * (b - c);
        o[3 * step] = f - c + 2.f * (e - b);
        o[4 * step] = f - c + 2.f * (b - e);
        o[5 * step] = 4.f * b - 5.f * e + g;
    }
}

INLINE void output_transform(const int m, const vec *d, vec *o, const int step, const int out_step) {
    vec plus = d[step] + d[2 * step], minus = d[step] - d[2 * step];
    if (m == 2) {
        o[0] = d[0] + plus;
        o[out_step] = minus + d[3 * step];
    } else if (m == 3) {
        vec two = d[3 * step];
        o[0] = d[0] + plus + two;
        o[out_step] = minus + 2.f * two;
        o[2 * out_step] = plus + 4.f * two + d[4 * step];
    } else {
        vec plus_two = d[3 * step] + d[4 * step], minus_two = d[3 * step] - d[4 * step];
        o[0] = d[0] + plus + plus_two;
        o[out_step] = minus + 2.f * minus_two;
        o[2 * out_step] = plus + 4.f * plus_two;
        o[3 * out_step] = minus + 8.f * minus_two + d[5 * step];
    }
}

// shared: (side², input blocks, tiles, 16)
INLINE void winograd_input_of(const int m, const ck_job *job, int block, int first, int end) {
    const ck_conv *c = job->conv;
    const int side = m + 2;
    int across = ck_ceil(c->out_width, m), blocks = ck_ceil(c->in_channels, CK_BLOCK);
    size_t position = (size_t)blocks * job->count * CK_BLOCK;
    const float *plane = job->in + (size_t)block * c->in_height * c->in_width * CK_BLOCK;
    for (int tile = first; tile < end; tile++) {
        int top = (job->first + tile) / across * m - 1, left = (job->first + tile) % across * m - 1;
        bool inside = top >= 0 && left >= 0 && top + side <= c->in_height && left + side <= c->in_width;
        float *out = job->shared + ((size_t)block * job->count + tile) * CK_BLOCK;
        for (int v = 0; v < PER_BLOCK; v++) {
            vec d[36], t[36];
            for (int y = 0; y < side; y++)
                for (int x = 0; x < side; x++) {
                    int row = top + y, column = left + x;
                    const float *source = plane + ((long)row * c->in_width + column) * CK_BLOCK + v * VL;
                    bool in_image = inside || (row >= 0 && column >= 0 && row < c->in_height && column < c->in_width);
                    d[y * side + x] = in_image ? load(source) : splat(0);
                }
            for (int x = 0; x < side; x++) input_transform(m, d + x, t + x, side);
            for (int y = 0; y < side; y++) input_transform(m, t + side * y, d + side * y, 1);
            for (int q = 0; q < side * side; q++) store(out + q * position + v * VL, d[q]);
        }
    }
}

static void winograd_input(void *context, int item, int worker) {
    (void)worker;
    const ck_job *job = context;
    int block = item / job->groups, part = item % job->groups;
    int first = (int)((long)job->count * part / job->groups);
    int end = (int)((long)job->count * (part + 1) / job->groups);
    switch (ck_winograd_side(job->conv->method)) {
    case 2: winograd_input_of(2, job, block, first, end); break;
    case 3: winograd_input_of(3, job, block, first, end); break;
    default: winograd_input_of(4, job, block, first, end); break;
    }
}

// products: (side², blocks of the panel, tiles, 16)
INLINE void winograd_output_of(
    const int m, const ck_job *job, const float *products, int block, int panel_blocks, int index, int first,
    int count) {
    const ck_conv *c = job->conv;
    const int side = m + 2;
    int across = ck_ceil(c->out_width, m);
    size_t position = (size_t)panel_blocks * count * CK_BLOCK;
    size_t plane = (size_t)block * c->out_height * c->out_width * CK_BLOCK;
    for (int tile = 0; tile < count; tile++) {
        int top = (job->first + first + tile) / across * m, left = (job->first + first + tile) % across * m;
        for (int v = 0; v < PER_BLOCK; v++) {
            vec d[36], t[24], r[16];
            const float *source = products + ((size_t)index * count + tile) * CK_BLOCK + v * VL;
            for (int q = 0; q < side * side; q++) d[q] = load(source + q * position);
            for (int x = 0; x < side; x++) output_transform(m, d + x, t + x, side, side);
            for (int y = 0; y < m; y++) output_transform(m, t + side * y, r + m * y, 1, 1);
            vec bias = load(c->bias + block * CK_BLOCK + v * VL);
            for (int y = 0; y < m; y++)
                for (int x = 0; x < m; x++) {
                    if (top + y >= c->out_height || left + x >= c->out_width) continue;
                    size_t at = plane + ((size_t)(top + y) * c->out_width + left + x) * CK_BLOCK + v * VL;
                    vec value = activated(r[y * m + x] + bias, c->activation);
                    if (job->residual) value += load(job->residual + at);
                    store(job->out + at, value);
                }
        }
    }
}

static void winograd_output(void *context, int item, int worker) {
    const ck_job *job = context;
    const ck_conv *c = job->conv;
    int m = ck_winograd_side(c->method), positions = (m + 2) * (m + 2);
    int block = item / job->groups * CK_WINOGRAD_PANEL, part = item % job->groups;
    int panel_blocks = ck_min(CK_WINOGRAD_PANEL, ck_ceil(c->out_channels, CK_BLOCK) - block);
    int first = (int)((long)job->count * part / job->groups);
    int count = (int)((long)job->count * (part + 1) / job->groups) - first;
    int in_blocks = ck_ceil(c->in_channels, CK_BLOCK);
    float *products = job->scratch + job->scratch_each * worker;
    walk w = {
        .full = c->in_channels / CK_BLOCK,
        .tails = c->in_channels % CK_BLOCK != 0,
        .tail = c->in_channels % CK_BLOCK,
        .in_block = (size_t)job->count * CK_BLOCK,
        .weights_block = (size_t)positions * c->in_channels * CK_BLOCK,
        .out_block = (size_t)count * CK_BLOCK};
    const float *weights = c->weights + block * w.weights_block;
    for (int q = 0; q < positions; q++)
        panels(
            &w, 0, panel_blocks, count, job->shared + ((size_t)q * in_blocks * job->count + first) * CK_BLOCK,
            weights + (size_t)q * c->in_channels * CK_BLOCK, NULL, NULL,
            products + (size_t)q * panel_blocks * count * CK_BLOCK);
    for (int i = 0; i < panel_blocks; i++) switch (m) {
        case 2: winograd_output_of(2, job, products, block + i, panel_blocks, i, first, count); break;
        case 3: winograd_output_of(3, job, products, block + i, panel_blocks, i, first, count); break;
        default: winograd_output_of(4, job, products, block + i, panel_blocks, i, first, count); break;
        }
}

// MARK: pooling and measuring

/// One block of channels: first along the rows, then along the columns. scratch: (in_height, out_width, 16)
static void maxpool_plane(const ck_maxpool *s, const float *in, float *out, float *scratch) {
    for (int y = 0; y < s->in_height; y++)
        for (int x = 0; x < s->out_width; x++) {
            int left = x * s->stride - s->offset;
            int first = ck_max(0, left), end = ck_min(s->in_width, left + s->size);
            for (int v = 0; v < CK_BLOCK; v += VL) {
                const float *row = in + (size_t)y * s->in_width * CK_BLOCK + v;
                vec largest = splat(-__builtin_inff());
                for (int i = first; i < end; i++)
                    largest = __builtin_elementwise_max(largest, load(row + (size_t)i * CK_BLOCK));
                store(scratch + ((size_t)y * s->out_width + x) * CK_BLOCK + v, largest);
            }
        }
    size_t row = (size_t)s->out_width * CK_BLOCK;
    for (int y = 0; y < s->out_height; y++) {
        int top = y * s->stride - s->offset, first = ck_max(0, top), end = ck_min(s->in_height, top + s->size);
        for (size_t i = 0; i < row; i += VL) {
            vec largest = splat(-__builtin_inff());
            for (int r = first; r < end; r++) largest = __builtin_elementwise_max(largest, load(scratch + r * row + i));
            store(out + y * row + i, largest);
        }
    }
}

// MARK: resizing

typedef unsigned char bytes __attribute__((vector_size(VL)));
typedef float four __attribute__((vector_size(16)));

/// Vertically, at the width of the picture: neighbouring numbers have the same weight there.
INLINE void resize_columns(
    const int taps, const unsigned char *in, size_t in_row, const float *weights, int count, float *out) {
    int i = 0;
    for (; i + VL <= count; i += VL) {
        vec sum = splat(0);
        for (int t = 0; t < taps; t++) {
            bytes row;
            memcpy(&row, in + t * in_row + i, sizeof row);
            sum += __builtin_convertvector(row, vec) * weights[t];
        }
        memcpy(out + i, &sum, sizeof sum);
    }
    for (; i < count; i++) {
        out[i] = 0;
        for (int t = 0; t < taps; t++) out[i] += (float)in[t * in_row + i] * weights[t];
    }
}

/// Horizontally: red, green and blue of an output at once; the fourth number is the next pixel's, and is dropped.
INLINE void resize_along(const int taps, const ck_resize *r, const float *row, float *out) {
    const float *weights = r->column_weights;
    for (int x = 0; x < r->out_width; x++, weights += taps, out++) {
        const float *in = row + 3 * r->column_firsts[x];
        four sum = {0};
        for (int t = 0; t < taps; t++, in += 3) {
            four pixel;
            memcpy(&pixel, in, sizeof pixel);
            sum += pixel * weights[t];
        }
        out[0] = sum[0];
        out[r->out_plane] = sum[1];
        out[2 * r->out_plane] = sum[2];
    }
}

static void resize_row(const ck_resize *r, int y, float *row) {
    int count = 3 * r->width;
    size_t in_row = (size_t)count;
    const unsigned char *in = r->pixels + (size_t)r->row_firsts[y] * in_row;
    const float *weights = r->row_weights + (size_t)y * r->row_taps;
    switch (r->row_taps) {
    case 2: resize_columns(2, in, in_row, weights, count, row); break;
    case 3: resize_columns(3, in, in_row, weights, count, row); break;
    case 4: resize_columns(4, in, in_row, weights, count, row); break;
    default: resize_columns(r->row_taps, in, in_row, weights, count, row);
    }
    row[count] = 0;
    float *out = r->out + (size_t)y * r->out_row;
    switch (r->column_taps) {
    case 2: resize_along(2, r, row, out); break;
    case 3: resize_along(3, r, row, out); break;
    case 4: resize_along(4, r, row, out); break;
    default: resize_along(r->column_taps, r, row, out);
    }
}

static double peak(long rounds) {
    vec sum[12], a = splat(0.999f), b = splat(0.001f);
    for (int i = 0; i < 12; i++) sum[i] = splat((float)i);
    for (long r = 0; r < rounds; r++)
        _Pragma("clang loop unroll(full)") for (int i = 0; i < 12; i++) sum[i] = sum[i] * a + b;
    vec total = splat(0);
    for (int i = 0; i < 12; i++) total += sum[i];
    float kept[VL];
    memcpy(kept, &total, sizeof kept);
    // Always true; the compiler cannot know and keeps the loop.
    return kept[0] < 1e30f ? 12.0 * VL * 2 * (double)rounds : 0;
}

const ck_kernels CK_TABLE = {
    .tile_rows = TILE_ROWS,
    .stem = stem,
    .pointwise = pointwise,
#ifdef CK_POINTWISE_PAIRS
    .pointwise_bfloat16 = CK_POINTWISE_PAIRS,
#endif
#ifdef CK_POINTWISE_QUADS
    .pointwise_int8 = CK_POINTWISE_QUADS,
#endif
    .general = general,
    .depthwise = depthwise,
    .winograd_input = winograd_input,
    .winograd_output = winograd_output,
    .maxpool_plane = maxpool_plane,
    .add = add,
    .resize_row = resize_row,
    .peak = peak,
};
