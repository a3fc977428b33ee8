// AVX-512: 32 registers of 16 floats. 24 sums, the rest for weights and broadcasts.
#if defined(__x86_64__)
#include "kernels.h"
#include <immintrin.h>
#include <string.h>

#define VL 16
#define TILE_ROWS 16
#define PANEL_VECTORS(left) ((left) == 1 ? 1 : (left) % 2 ? 3 : 2)
#define TILE_LIST(_) \
    _(8, 3) _(4, 3) _(2, 3) _(1, 3) _(12, 2) _(8, 2) _(4, 2) _(2, 2) _(1, 2) _(16, 1) _(8, 1) _(4, 1) _(2, 1) _(1, 1)
#define CK_TABLE ck_avx512_kernels
#define CK_POINTWISE_PAIRS pointwise_pairs
#define CK_POINTWISE_QUADS pointwise_quads

static void pointwise_pairs(void *context, int item, int worker);
static void pointwise_quads(void *context, int item, int worker);

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,fma"))), apply_to = function)
#include "kernels_template.h"
#pragma clang attribute pop

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx512bf16,fma"))), apply_to = function)
#include "bfloat16.h"
#pragma clang attribute pop

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx512vnni,fma"))), apply_to = function)
#include "int8.h"
#pragma clang attribute pop
#endif
