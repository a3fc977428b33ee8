// The arithmetic of the detector: convolutions and their companions for float tensors on a CPU.
//
// Tensors are "blocked": (channels / 16 rounded up, height, width, 16). A channel block is one plane of 64-byte pixels, so
// that one AVX-512 vector, two AVX2 vectors or four NEON vectors are one pixel, and a concatenation of channels is a
// concatenation of planes. Lanes past the last channel hold unspecified finite or non-finite values and are never mixed
// into other lanes.
//
// Every result is independent of the number of threads: work is split over outputs only, never over a sum.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>

/// Channels in a block.
enum { CK_BLOCK = 16 };

/// A family of vector instructions. The same packed weights serve all of them.
typedef enum { CK_ISA_PORTABLE, CK_ISA_NEON, CK_ISA_AVX2, CK_ISA_AVX512 } ck_isa;

/// True when this build has the path and this machine can run it.
bool ck_isa_available(ck_isa isa);
/// The fastest path that this machine can run.
ck_isa ck_isa_best(void);
/// "AVX-512", "AVX2", "NEON" or "portable".
const char *ck_isa_name(ck_isa isa);
/// True when this machine multiplies pairs of 16-bit numbers: AVX-512 BF16.
bool ck_bfloat16_available(void);
/// True when this machine multiplies and adds four pairs of 8-bit numbers a lane: AVX-512 VNNI.
bool ck_int8_available(void);

/// Processors that this process may use: what `taskset` or a container left of the machine's. At least 1.
int ck_cores(void);

/// Threads that wait on a condition variable, never by spinning: a busy machine would pay for spinning tenfold.
typedef struct ck_pool ck_pool;

/// - threads: 1 or more, the calling one included; 1 starts none. NULL when the system refuses a thread or memory.
ck_pool *ck_pool_create(int threads);
void ck_pool_destroy(ck_pool *pool);
int ck_pool_threads(const ck_pool *pool);
/// Calls `work` once for each item 0..<items on the pool's threads and returns when all are done. `worker` is
/// 0..<threads, and no two calls at the same time have the same one. One caller at a time. Without a pool (NULL) the
/// caller does all.
void ck_pool_run(ck_pool *pool, int items, void (*work)(void *context, int item, int worker), void *context);

/// Calls of `work` for the items first..<end, by one thread, once the first `needs` tasks of the list are done.
typedef struct {
    void (*work)(void *context, int item, int worker);
    void *context;
    int first, end;
    int needs;  // at most the task's own place in the list
    int step;   // that it belongs to, as `ck_program_begin` counts them
} ck_task;

/// Does all tasks of a list and returns when they are done. Threads take them in their order, so that between two layers of
/// a network nobody waits, unless for what the next task needs. `worker` and callers as above.
/// - seconds: that each task took its thread, one a task; or NULL.
void ck_pool_run_tasks(ck_pool *pool, const ck_task *tasks, int count, double *seconds);

typedef enum {
    CK_LINEAR,
    CK_LEAKY,     // x > 0 ? x : 0.1 x
    CK_RELU,
    CK_RELU6,     // relu, 6 at most
    CK_LOGISTIC,  // 1 / (1 + e^-x)
    CK_MISH,      // x · tanh(ln(1 + e^x))
    CK_SWISH      // x / (1 + e^-x)
} ck_activation;

typedef enum {
    CK_STEM,        // dense, from the planar input of the network; stride 1 or 2
    CK_POINTWISE,   // 1×1, stride 1, dense
    CK_POINTWISE_BFLOAT16,  // the same; inputs and weights rounded to bfloat16, products and sums in single precision
    CK_POINTWISE_INT8,      // the same; inputs in 256 steps a pixel, weights in 255 a filter, sums of whole numbers
    CK_WINOGRAD_2,  // 3×3, stride 1, dense: F(2×2,3×3)
    CK_WINOGRAD_3,  // the same by F(3×3,3×3)
    CK_WINOGRAD_4,  // the same by F(4×4,3×3)
    CK_DEPTHWISE,   // groups = channels = filters
    CK_GENERAL      // everything else, groups included
} ck_method;

/// How the numbers of 1×1 convolutions are kept; all other layers work in single precision.
typedef enum { CK_FLOAT32, CK_BFLOAT16, CK_INT8 } ck_precision;

/// A convolution with its bias and activation.
typedef struct {
    int in_channels, in_height, in_width;
    int out_channels, out_height, out_width;
    int size, stride, padding, groups;
    ck_activation activation;
    ck_method method;
    float *weights;  // as packed by `ck_conv_pack`
    float *bias;     // (out_channels rounded up to a block)
} ck_conv;

/// The fastest method for the shape.
/// - planar: the input is the network's own; `CK_STEM` for no other.
/// - precision: allows `CK_POINTWISE_BFLOAT16` or `CK_POINTWISE_INT8`, which run on `CK_ISA_AVX512` only, and only where
///   `ck_bfloat16_available` or `ck_int8_available`.
ck_method ck_conv_choose(const ck_conv *conv, bool planar, ck_precision precision);
/// Floats of packed weights.
size_t ck_conv_weights_count(const ck_conv *conv);
/// Packs filters [16 · block, 16 · block + count) where count is 16 or what is left.
/// - source: (count, in_channels / groups, size, size), as in a Darknet file.
/// - factor: count factors, one a filter: the folded batch normalisation, or 1.
/// False when a product is too large for a float.
bool ck_conv_pack(const ck_conv *conv, int block, const float *source, const double *factor);
/// False when one of the numbers is infinite or not a number.
bool ck_all_finite(const float *x, size_t count);
/// Floats of scratch memory that `ck_program_conv` needs with so many threads.
size_t ck_conv_scratch_count(const ck_conv *conv, int threads);

/// out[y][x] = max over the window that starts at (y · stride − offset, x · stride − offset), clipped to the input.
typedef struct {
    int channels, in_height, in_width, out_height, out_width, size, stride, offset;
} ck_maxpool;
/// Floats of scratch memory with so many threads.
size_t ck_maxpool_scratch_count(const ck_maxpool *pool_shape, int threads);

/// The layers of a network cut into tasks. What is added is computed in the order of adding, as if each layer began when
/// the one before had ended; where a convolution needs a part of the layer before only, it begins when that part is done:
/// on another thread, so that none waits, or on the only one, while that part is still in a cache.
///
/// So a layer may write while the one before it still reads: their memory must not overlap. Layers further apart never
/// run at the same time.
typedef struct ck_program ck_program;

/// - threads: of the pool that will run it.
/// - least: operations that are worth a task of their own; a layer with fewer than five times as many is not divided. With 0
///   all are that can be, for one thread too.
/// NULL when the system refuses memory.
ck_program *ck_program_create(ck_isa isa, int threads, double least);
void ck_program_destroy(ck_program *program);
/// A task has about so many operations at least, where nothing else is said.
extern const double ck_program_least;

/// Begins a step, 0, 1, …: the tasks that are added next belong to it.
void ck_program_begin(ck_program *program);
/// out = activation(conv(in) + bias) + residual
/// - conv: its weights and bias, and all memory given here, must outlive the program.
/// - in: blocked; for `CK_STEM` planar with a margin: (in_channels, in_height + 2 · padding, in_width + 2 · padding).
/// - residual: blocked, of the shape of `out`, or NULL. It may be `out` itself.
/// - scratch: 64-byte aligned.
void ck_program_conv(
    ck_program *program, const ck_conv *conv, const float *in, const float *residual, float *out, float *scratch);
void ck_program_maxpool(ck_program *program, const ck_maxpool *shape, const float *in, float *out, float *scratch);
/// out = activation(a + b), `count` floats, a multiple of 16. `out` may be `a` or `b`.
void ck_program_add(
    ck_program *program, const float *a, const float *b, float *out, size_t count, ck_activation activation);

typedef enum { CK_COPY, CK_UPSAMPLE, CK_SPACE_TO_DEPTH, CK_REORG, CK_AVERAGE } ck_move_kind;
/// A layer that only moves numbers, or takes a mean; see the functions of the same names.
typedef struct {
    ck_move_kind kind;
    const float *in;
    float *out;
    int channels, height, width;
    int stride;
    int from, to;  // channels of `in` and `out` that a copy begins at
} ck_move;
void ck_program_move(ck_program *program, ck_move move);

/// False when the system refused memory for something that was added; such a program must not be run.
bool ck_program_is_whole(const ck_program *program);
/// The list for `ck_pool_run_tasks`; it lives until something is added, or the program ends.
const ck_task *ck_program_tasks(const ck_program *program, int *count);

/// Another size for an RGB picture of bytes: each output is a weighted sum of neighbouring inputs, along the columns and along
/// the rows. Output i of an axis has `taps` weights, from number i · taps, for the inputs from `firsts[i]`, all inside.
typedef struct {
    const unsigned char *pixels;  // (height, width, 3)
    int width, out_width, out_height;
    const int *column_firsts, *row_firsts;
    const float *column_weights, *row_weights;
    int column_taps, row_taps;
    float *out;                 // the first number of the first channel
    size_t out_row, out_plane;  // from one row, and from one channel, to the next
} ck_resize;
/// Floats of scratch memory with so many threads.
size_t ck_resize_scratch_count(const ck_resize *resize, int threads);
void ck_resize_run(const ck_resize *resize, ck_isa isa, ck_pool *pool, float *scratch);

// Moves of whole blocks and channels; `pixels` = height · width.

/// (channels, height + 2 · margin, width + 2 · margin) planar → blocked.
void ck_block_from_planar(const float *planar, int channels, int height, int width, int margin, float *out);
/// Blocked → (channels, pixels) planar.
void ck_planar_from_block(const float *in, int channels, size_t pixels, float *planar);
/// Copies channels [from, from + count) of `in` to channels [to, …) of `out`.
void ck_copy_channels(const float *in, int from, int count, size_t pixels, float *out, int to);
/// Each pixel becomes stride × stride pixels.
void ck_upsample(const float *in, int channels, int height, int width, int stride, float *out);
/// Darknet's [reorg3d], space to depth: output channel (dy · stride + dx) · channels + c.
void ck_space_to_depth(const float *in, int channels, int height, int width, int stride, float *out);
/// Darknet's [reorg]: the older shuffle, which moves as the inverse of a depth-to-space over the flat planar tensor and
/// then reads the result with the shape (channels · stride², height / stride, width / stride). channels % stride² == 0.
void ck_reorg(const float *in, int channels, int height, int width, int stride, float *out);
/// The mean of each plane, as a 1 × 1 image.
void ck_average(const float *in, int channels, size_t pixels, float *out);

/// Multiplies and adds in registers only for about `rounds` · 64 vectors; returns floating-point operations done.
/// For the share of the measured peak in `model bench`.
double ck_peak(ck_isa isa, long rounds);

#endif
