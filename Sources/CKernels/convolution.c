// Choosing, packing and cutting up a convolution. The arithmetic is in `kernels_template.h`.
#include "kernels.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { L2_FLOATS = 1 << 17 };  // half of a 1 MB second-level cache

/// A worker's room for the inputs of an item in pairs of 16-bit numbers, or quads of 8-bit ones with two floats a pixel. The same for every layer, so that two that run at the same
/// time have the same places.
enum { PAIR_ROWS = L2_FLOATS / 4 };

/// The inputs of an item are kept in fewer bits, in the worker's room.
static bool is_narrow(const ck_conv *c) {
    return c->method == CK_POINTWISE_BFLOAT16 || c->method == CK_POINTWISE_INT8;
}
static bool is_winograd(const ck_conv *c) { return ck_winograd_side(c->method) != 0; }

static int input_blocks(const ck_conv *c) { return ck_ceil(c->in_channels, CK_BLOCK); }
static int output_blocks(const ck_conv *c) { return ck_ceil(c->out_channels, CK_BLOCK); }
static int taps(const ck_conv *c) { return c->size * c->size; }

static ck_method choose_pointwise(const ck_conv *c, ck_precision precision) {
    if (c->in_channels > 2 * PAIR_ROWS) return CK_POINTWISE;
    switch (precision) {
    case CK_BFLOAT16: return CK_POINTWISE_BFLOAT16;
    // A layer of few channels takes less time than its inputs take to be put into whole numbers.
    case CK_INT8: return (long)c->in_channels * c->out_channels >= 512 ? CK_POINTWISE_INT8 : CK_POINTWISE;
    default: return CK_POINTWISE;
    }
}

ck_method ck_conv_choose(const ck_conv *c, bool planar, ck_precision precision) {
    bool dense = c->groups == 1;
    if (planar && dense && c->stride <= 2) return CK_STEM;
    if (c->size == 1 && c->stride == 1 && c->padding == 0 && dense) return choose_pointwise(c, precision);
    if (c->groups > 1 && c->groups == c->in_channels && c->groups == c->out_channels) return CK_DEPTHWISE;
    bool winograd = c->size == 3 && c->stride == 1 && c->padding == 1 && dense && c->in_channels >= CK_BLOCK;
    if (!winograd) return CK_GENERAL;
    // Small maps of many channels: the weights are most of the memory and most of the traffic, and F(4×4) would make four
    // floats of each where F(3×3) makes 2.8 and covers a side such as 13 with less waste.
    double large = (double)c->in_channels * c->out_channels;
    if (c->out_width <= 16 && large >= 256.0 * 1024.0) return CK_WINOGRAD_2;
    return CK_WINOGRAD_4;
}

ck_block_range ck_conv_input_blocks(const ck_conv *c, int block) {
    if (c->groups == 1) return (ck_block_range){0, input_blocks(c)};
    int in_each = c->in_channels / c->groups, out_each = c->out_channels / c->groups;
    int last_filter = ck_min((block + 1) * CK_BLOCK, c->out_channels) - 1;
    int first_channel = block * CK_BLOCK / out_each * in_each;
    int end_channel = (last_filter / out_each + 1) * in_each;
    int first = first_channel / CK_BLOCK;
    return (ck_block_range){first, ck_ceil(end_channel, CK_BLOCK) - first};
}

/// Channels that a block of filters sums over, of those in its input blocks.
static int channels_of_range(const ck_conv *c, ck_block_range range) {
    return ck_min((range.first + range.count) * CK_BLOCK, c->in_channels) - range.first * CK_BLOCK;
}

static size_t weights_of_block(const ck_conv *c, int block) {
    if (c->method == CK_POINTWISE_BFLOAT16) return (size_t)ck_ceil(c->in_channels, 2) * CK_BLOCK;
    if (c->method == CK_POINTWISE_INT8) return ((size_t)ck_ceil(c->in_channels, 4) + 2) * CK_BLOCK;
    if (c->method == CK_DEPTHWISE) return (size_t)taps(c) * CK_BLOCK;
    if (is_winograd(c)) {
        int side = ck_winograd_side(c->method) + 2;
        return (size_t)side * side * c->in_channels * CK_BLOCK;
    }
    return (size_t)taps(c) * channels_of_range(c, ck_conv_input_blocks(c, block)) * CK_BLOCK;
}

size_t ck_conv_block_offset(const ck_conv *c, int block) {
    if (c->groups == 1 || c->method == CK_DEPTHWISE) return (size_t)block * weights_of_block(c, 0);
    size_t offset = 0;
    for (int i = 0; i < block; i++) offset += weights_of_block(c, i);
    return offset;
}

size_t ck_conv_weights_count(const ck_conv *c) { return ck_conv_block_offset(c, output_blocks(c)); }

// MARK: packing

// Filter transforms G of Winograd's minimal filtering F(m,3): (m + 2, 3). Lavin and Gray 2015, arXiv:1509.09308, with
// interpolation points 0, ±1, ±2, ∞ (F4), 0, ±1, 2, ∞ (F3), 0, ±1, ∞ (F2).
static const float filter_2[4][3] = {{1, 0, 0}, {.5f, .5f, .5f}, {.5f, -.5f, .5f}, {0, 0, 1}};
static const float filter_3[5][3] = {
    {.5f, 0, 0}, {-.5f, -.5f, -.5f}, {-1 / 6.f, 1 / 6.f, -1 / 6.f}, {1 / 6.f, 1 / 3.f, 2 / 3.f}, {0, 0, 1}};
static const float filter_4[6][3] = {{.25f, 0, 0},
    {-1 / 6.f, -1 / 6.f, -1 / 6.f},
    {-1 / 6.f, 1 / 6.f, -1 / 6.f},
    {1 / 24.f, 1 / 12.f, 1 / 6.f},
    {1 / 24.f, -1 / 12.f, 1 / 6.f},
    {0, 0, 1}};

typedef float block_vector __attribute__((vector_size(CK_BLOCK * sizeof(float))));

// source: (count, channels, 9); destination: (side, side, channels, 16)
static void pack_winograd(
    const ck_conv *c, float *destination, int count, const float *source, const double *factor) {
    int m = ck_winograd_side(c->method), side = m + 2, channels = c->in_channels;
    const float(*g)[3] = m == 4 ? filter_4 : m == 3 ? filter_3 : filter_2;
    for (int channel = 0; channel < channels; channel++) {
        block_vector tap[9] = {0}, half[6][3];
        for (int filter = 0; filter < count; filter++)
            for (int t = 0; t < 9; t++)
                tap[t][filter] = (float)(source[((size_t)filter * channels + channel) * 9 + t] * factor[filter]);
        for (int i = 0; i < side; i++)
            for (int j = 0; j < 3; j++) half[i][j] = g[i][0] * tap[j] + g[i][1] * tap[3 + j] + g[i][2] * tap[6 + j];
        for (int i = 0; i < side; i++)
            for (int j = 0; j < side; j++) {
                block_vector u = half[i][0] * g[j][0] + half[i][1] * g[j][1] + half[i][2] * g[j][2];
                memcpy(destination + ((size_t)(i * side + j) * channels + channel) * CK_BLOCK, &u, sizeof u);
            }
    }
}

/// Without its last 16 bits, rounded to the nearest, ties to even.
static uint32_t rounded(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

/// (pairs of channels, 16), two numbers of 16 bits each. False when one is too large.
static bool pack_pairs(const ck_conv *c, float *destination, int block, const float *source, const double *factor) {
    int count = ck_min(CK_BLOCK, c->out_channels - block * CK_BLOCK);
    memset(destination, 0, weights_of_block(c, block) * sizeof(float));
    for (int filter = 0; filter < count; filter++)
        for (int i = 0; i < c->in_channels; i++) {
            uint32_t bits = rounded((float)(source[(size_t)filter * c->in_channels + i] * factor[filter])), pair;
            if ((bits & 0x7f80) == 0x7f80) return false;
            float *place = destination + (size_t)(i / 2) * CK_BLOCK + filter;
            memcpy(&pair, place, sizeof pair);
            pair |= bits << i % 2 * 16;
            memcpy(place, &pair, sizeof pair);
        }
    return true;
}

/// (quads of channels, 16), four whole numbers of 8 bits each, −127...127; then what a step of each filter is worth, and the
/// sum of its whole numbers, by which the zero of the inputs counts. False when a weight is no finite number.
static bool pack_quads(const ck_conv *c, float *destination, int block, const float *source, const double *factor) {
    int count = ck_min(CK_BLOCK, c->out_channels - block * CK_BLOCK), quads = ck_ceil(c->in_channels, 4);
    memset(destination, 0, weights_of_block(c, block) * sizeof(float));
    int8_t *numbers = (int8_t *)(void *)destination;
    float *steps = destination + (size_t)quads * CK_BLOCK, *sums = steps + CK_BLOCK;
    for (int filter = 0; filter < count; filter++) {
        const float *weights = source + (size_t)filter * c->in_channels;
        double largest = 0;
        for (int i = 0; i < c->in_channels; i++) {
            double weight = fabs(weights[i] * factor[filter]);
            if (!(weight <= FLT_MAX)) return false;
            largest = weight > largest ? weight : largest;
        }
        double step = largest / 127;
        int sum = 0;
        for (int i = 0; i < c->in_channels && step > 0; i++) {
            long number = lrint(weights[i] * factor[filter] / step);
            numbers[((size_t)(i / 4) * CK_BLOCK + filter) * 4 + i % 4] = (int8_t)number;
            sum += (int)number;
        }
        steps[filter] = (float)step;
        sums[filter] = (float)sum;
    }
    return true;
}

static void pack(const ck_conv *c, float *destination, int block, const float *source, const double *factor) {
    int count = ck_min(CK_BLOCK, c->out_channels - block * CK_BLOCK);
    memset(destination, 0, weights_of_block(c, block) * sizeof(float));
    if (is_winograd(c)) return pack_winograd(c, destination, count, source, factor);
    if (c->method == CK_DEPTHWISE) {  // (taps, 16)
        for (int filter = 0; filter < count; filter++)
            for (int t = 0; t < taps(c); t++)
                destination[t * CK_BLOCK + filter] = (float)(source[filter * taps(c) + t] * factor[filter]);
        return;
    }
    // (input block, taps, channels of the block, 16); stem: (channel, taps, 16)
    ck_block_range range = ck_conv_input_blocks(c, block);
    int in_each = c->in_channels / c->groups, out_each = c->out_channels / c->groups;
    for (int filter = 0; filter < count; filter++) {
        int first = (block * CK_BLOCK + filter) / out_each * in_each;
        for (int i = 0; i < in_each; i++) {
            int channel = first + i, in_block = channel / CK_BLOCK;
            int lanes = ck_min(CK_BLOCK, c->in_channels - in_block * CK_BLOCK);
            size_t base = (size_t)(in_block - range.first) * taps(c) * CK_BLOCK;
            for (int t = 0; t < taps(c); t++) {
                size_t k = c->method == CK_STEM ? (size_t)channel * taps(c) + t
                                                : base + (size_t)t * lanes + channel % CK_BLOCK;
                destination[k * CK_BLOCK + filter] =
                    (float)(source[((size_t)filter * in_each + i) * taps(c) + t] * factor[filter]);
            }
        }
    }
}

bool ck_conv_pack(const ck_conv *c, int block, const float *source, const double *factor) {
    float *destination = c->weights + ck_conv_block_offset(c, block);
    if (c->method == CK_POINTWISE_BFLOAT16) return pack_pairs(c, destination, block, source, factor);
    if (c->method == CK_POINTWISE_INT8) return pack_quads(c, destination, block, source, factor);
    pack(c, destination, block, source, factor);
    return ck_all_finite(destination, weights_of_block(c, block));
}

bool ck_all_finite(const float *x, size_t count) {
    // 0 · x is 0 for every finite x and not a number for the others, which a sum keeps.
    float sum[8] = {0};
    size_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (int lane = 0; lane < 8; lane++) sum[lane] += x[i + lane] * 0.f;
    for (; i < count; i++) sum[0] += x[i] * 0.f;
    for (int lane = 0; lane < 8; lane++)
        if (sum[lane] != 0.f) return false;
    return true;
}

// MARK: cutting

static int winograd_tiles(const ck_conv *c) {
    int m = ck_winograd_side(c->method);
    return ck_ceil(c->out_height, m) * ck_ceil(c->out_width, m);
}

/// Tiles transformed at a time: as many as keep the transformed input in a cache, and all when they are few.
static int winograd_chunk(const ck_conv *c) {
    int side = ck_winograd_side(c->method) + 2, tiles = winograd_tiles(c);
    size_t each = (size_t)side * side * ck_up(c->in_channels, CK_BLOCK);
    int fit = (int)((size_t)(1 << 20) / each);
    int chunk = ck_min(fit < 24 ? 24 : fit / 24 * 24, 192);
    return tiles <= chunk + chunk / 4 ? tiles : chunk;
}

/// Pixels that a general convolution lays out as rows of a matrix at a time.
static int general_chunk(const ck_conv *c) {
    size_t row = (size_t)taps(c) * ck_up(c->in_channels, CK_BLOCK);
    int fit = (int)(L2_FLOATS / row);
    return ck_min(ck_max(fit / 24 * 24, 24), 96);
}

static size_t worker_scratch(const ck_conv *c) {
    if (is_narrow(c)) return PAIR_ROWS;
    if (c->method == CK_GENERAL)
        return (size_t)taps(c) * ck_up(c->in_channels, CK_BLOCK) * general_chunk(c);
    if (is_winograd(c)) {
        int side = ck_winograd_side(c->method) + 2;
        return (size_t)side * side * winograd_chunk(c) * CK_WINOGRAD_PANEL * CK_BLOCK;
    }
    return 0;
}

static size_t shared_scratch(const ck_conv *c) {
    if (!is_winograd(c)) return 0;
    int side = ck_winograd_side(c->method) + 2;
    return (size_t)side * side * ck_up(c->in_channels, CK_BLOCK) * winograd_chunk(c);
}

size_t ck_conv_scratch_count(const ck_conv *c, int threads) {
    return shared_scratch(c) + worker_scratch(c) * (size_t)threads;
}

static double operations(const ck_conv *c) {
    return 2.0 * c->out_height * c->out_width * c->out_channels * (c->in_channels / c->groups) * taps(c);
}

static void add_winograd(ck_program *program, ck_job job) {
    const ck_conv *c = job.conv;
    int tiles = winograd_tiles(c), chunk = winograd_chunk(c), panels = ck_ceil(output_blocks(c), CK_WINOGRAD_PANEL);
    for (job.first = 0; job.first < tiles; job.first += chunk) {
        job.count = ck_min(chunk, tiles - job.first);
        double share = (double)job.count / tiles;
        job.groups = ck_max(1, ck_min(8, job.count / 4));  // parts of the tiles, times the input blocks
        ck_cut cut = {
            .work = job.kernels->winograd_input,
            .job = ck_program_keep(program, &job, sizeof job),
            .items = input_blocks(c) * job.groups,
            .operations = operations(c) * share};
        ck_program_add_cut(program, cut, NULL, NULL);
        job.groups = panels >= 8 ? 1 : ck_max(1, ck_min(ck_ceil(8, panels), job.count / 24));
        cut.work = job.kernels->winograd_output;
        cut.job = ck_program_keep(program, &job, sizeof job);
        cut.items = panels * job.groups;
        ck_program_add_cut(program, cut, NULL, NULL);
    }
}

void ck_program_conv(
    ck_program *program, const ck_conv *conv, const float *in, const float *residual, float *out, float *scratch) {
    const ck_conv *c = ck_program_keep(program, conv, sizeof *conv);
    if (!c) return;
    const ck_kernels *kernels = ck_program_kernels(program);
    ck_job job = {.conv = c, .in = in, .residual = residual, .out = out, .kernels = kernels, .groups = 1};
    job.shared = scratch;
    job.scratch = scratch + shared_scratch(c);
    job.scratch_each = worker_scratch(c);
    if (is_winograd(c)) return add_winograd(program, job);
    int pixels = c->out_height * c->out_width, chunk = 0;
    ck_cut cut = {.operations = operations(c), .out = out, .pixels = (size_t)pixels};
    switch (c->method) {
    case CK_STEM:
        cut.work = kernels->stem;
        job.rows = ck_max(1, 1024 / ck_max(1, c->out_width));
        chunk = job.rows * c->out_width;
        break;
    case CK_POINTWISE:
    case CK_POINTWISE_BFLOAT16:
    case CK_POINTWISE_INT8: {
        // Chunks of pixels whose rows stay in a cache, and of the filters too where several threads share few chunks.
        int fit = L2_FLOATS / 2 / ck_up(c->in_channels, CK_BLOCK);
        chunk = ck_min(ck_max(fit / 48 * 48, 48), 768);
        cut.work = kernels->pointwise;
        if (is_narrow(c)) {
            cut.work = c->method == CK_POINTWISE_INT8 ? kernels->pointwise_int8 : kernels->pointwise_bfloat16;
            chunk = ck_min(chunk, fit);  // what the room for pairs holds
        }
        // Several threads share small maps by rows too, so that the first rows are done before the last.
        if (ck_program_threads(program) > 1) chunk = ck_min(chunk, ck_up(ck_ceil(pixels, 6), pixels < 144 ? 24 : 48));
        job.rows = chunk;
        int chunks = ck_ceil(pixels, chunk);
        if (ck_program_threads(program) > 1 && chunks < 4)
            job.groups = ck_min(ck_ceil(4, chunks), ck_ceil(output_blocks(c), 6));
        break;
    }
    case CK_DEPTHWISE: {
        // Threads share a small map by rows too: its first rows are done, for the next layer, before its last are.
        cut.work = kernels->depthwise;
        int rows = ck_max(1, ck_min(c->out_height, 1024 / ck_max(1, c->out_width)));
        if (ck_program_threads(program) > 1) rows = ck_min(rows, ck_ceil(c->out_height, 3));
        job.rows = rows;
        job.groups = output_blocks(c);
        chunk = rows * c->out_width;
        break;
    }
    default:
        // The rows of the matrix are laid out once a chunk, so the filters are not cut.
        cut.work = kernels->general;
        chunk = job.rows = general_chunk(c);
    }
    cut.items = ck_ceil(pixels, chunk) * job.groups;
    cut.parts = job.groups;
    // What uses scratch memory runs alone: another layer's lies at the same place.
    cut.chunk = worker_scratch(c) > 0 && !is_narrow(c) ? 0 : chunk;
    cut.job = ck_program_keep(program, &job, sizeof job);
    ck_program_add_cut(program, cut, c, in);
}

// MARK: the companions

typedef struct {
    ck_maxpool shape;
    const ck_kernels *kernels;
    const float *in;
    float *out, *scratch;
    size_t scratch_each;
} maxpool_job;

static void maxpool_item(void *context, int item, int worker) {
    const maxpool_job *job = context;
    const ck_maxpool *s = &job->shape;
    job->kernels->maxpool_plane(
        s, job->in + (size_t)item * s->in_height * s->in_width * CK_BLOCK,
        job->out + (size_t)item * s->out_height * s->out_width * CK_BLOCK, job->scratch + job->scratch_each * worker);
}

static size_t maxpool_scratch(const ck_maxpool *s) { return (size_t)s->in_height * s->out_width * CK_BLOCK; }

size_t ck_maxpool_scratch_count(const ck_maxpool *s, int threads) { return maxpool_scratch(s) * (size_t)threads; }

void ck_program_maxpool(ck_program *program, const ck_maxpool *s, const float *in, float *out, float *scratch) {
    maxpool_job job = {*s, ck_program_kernels(program), in, out, scratch, maxpool_scratch(s)};
    ck_cut cut = {
        .work = maxpool_item,
        .job = ck_program_keep(program, &job, sizeof job),
        .items = ck_ceil(s->channels, CK_BLOCK),
        // A comparison takes several times as long as a multiply-add.
        .operations = 8.0 * s->channels * s->in_height * s->in_width * s->size};
    ck_program_add_cut(program, cut, NULL, NULL);
}

enum { SLICE = 1 << 14 };  // floats of an item of a sum

typedef struct {
    const ck_kernels *kernels;
    const float *a, *b;
    float *out;
    size_t count;
    ck_activation activation;
} sum_job;

static void sum_item(void *context, int item, int worker) {
    (void)worker;
    const sum_job *job = context;
    size_t first = (size_t)item * SLICE, count = job->count - first < SLICE ? job->count - first : SLICE;
    job->kernels->add(job->a + first, job->b + first, job->out + first, count, job->activation);
}

void ck_program_add(
    ck_program *program, const float *a, const float *b, float *out, size_t count, ck_activation activation) {
    sum_job job = {ck_program_kernels(program), a, b, out, count, activation};
    ck_cut cut = {
        .work = sum_item,
        .job = ck_program_keep(program, &job, sizeof job),
        .items = (int)((count + SLICE - 1) / SLICE),
        .operations = 16.0 * (double)count};
    ck_program_add_cut(program, cut, NULL, NULL);
}

double ck_peak(ck_isa isa, long rounds) { return ck_kernels_of(isa)->peak(rounds); }
