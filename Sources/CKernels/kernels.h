// What the drivers ask of one instruction set. Each `kernels_*.c` fills this table from the same template.
#ifndef CK_INTERNAL_KERNELS_H
#define CK_INTERNAL_KERNELS_H

#include "CKernels.h"

static inline int ck_up(int count, int multiple) { return (count + multiple - 1) / multiple * multiple; }
static inline int ck_ceil(int count, int divisor) { return (count + divisor - 1) / divisor; }
static inline int ck_min(int a, int b) { return a < b ? a : b; }
static inline int ck_max(int a, int b) { return a > b ? a : b; }

/// One convolution under way: what each item of work needs to know.
typedef struct {
    const ck_conv *conv;
    const float *in, *residual;
    float *out;
    float *shared;      // Winograd: transformed input of the chunk
    float *scratch;     // of worker 0
    size_t scratch_each;  // floats a worker
    int first, count;     // Winograd: tiles of the chunk
    int rows, groups;     // how the work is cut: rows (pixels, image rows) an item, and parts of the output channels
    const struct ck_kernels *kernels;
} ck_job;

typedef struct ck_kernels {
    /// Rows of the widest register tile: chunks of pixels are multiples of it where they can be.
    int tile_rows;
    void (*stem)(void *job, int item, int worker);
    void (*pointwise)(void *job, int item, int worker);
    void (*pointwise_bfloat16)(void *job, int item, int worker);  // NULL where no processor of the set has it
    void (*pointwise_int8)(void *job, int item, int worker);      // the same
    void (*general)(void *job, int item, int worker);
    void (*depthwise)(void *job, int item, int worker);
    void (*winograd_input)(void *job, int item, int worker);
    void (*winograd_output)(void *job, int item, int worker);
    void (*maxpool_plane)(const ck_maxpool *shape, const float *in, float *out, float *scratch);
    void (*add)(const float *a, const float *b, float *out, size_t count, ck_activation activation);
    /// One output row. row: (width, 3) floats and room for one more, which it fills.
    void (*resize_row)(const ck_resize *resize, int y, float *row);
    double (*peak)(long rounds);
} ck_kernels;

/// How a layer is cut into items, and what of it is done when the first of them are.
typedef struct {
    void (*work)(void *job, int item, int worker);
    void *job;
    int items;
    double operations;  // of all items
    /// Items come in groups of `parts` that finish `chunk` pixels of all channels; 0 where all items together finish any.
    int chunk, parts;
    const float *out;
    size_t pixels;
} ck_cut;

const ck_kernels *ck_program_kernels(const ck_program *program);
int ck_program_threads(const ck_program *program);
/// A copy that lives as long as the program, or NULL.
void *ck_program_keep(ck_program *program, const void *value, size_t size);
/// - conv: by whose shape the layer reads the one before if that wrote `in`; NULL when it reads all of it.
void ck_program_add_cut(ck_program *program, ck_cut cut, const ck_conv *conv, const float *in);

/// Blocks of filters that an item of Winograd output computes together.
enum { CK_WINOGRAD_PANEL = 2 };

const ck_kernels *ck_kernels_of(ck_isa isa);

extern const ck_kernels ck_portable_kernels;
#if defined(__x86_64__)
extern const ck_kernels ck_avx2_kernels, ck_avx512_kernels;
#elif defined(__aarch64__)
extern const ck_kernels ck_neon_kernels;
#endif

/// Output pixels of a Winograd tile's side; 0 for other methods.
static inline int ck_winograd_side(ck_method method) {
    return method == CK_WINOGRAD_2 ? 2 : method == CK_WINOGRAD_3 ? 3 : method == CK_WINOGRAD_4 ? 4 : 0;
}

/// Input channel blocks that one block of filters reads: all of them, or those of its groups.
typedef struct {
    int first, count;
} ck_block_range;
ck_block_range ck_conv_input_blocks(const ck_conv *conv, int block);
/// Offset, in floats, of a block of filters in the packed weights.
size_t ck_conv_block_offset(const ck_conv *conv, int block);

#endif
