// AVX2 with fused multiply-add: 16 registers of 8 floats. 12 sums, two weights, one broadcast.
#if defined(__x86_64__)
#include "kernels.h"
#include <string.h>

#define VL 8
#define TILE_ROWS 6
#define PANEL_VECTORS(left) 2
#define TILE_LIST(_) _(6, 2) _(4, 2) _(2, 2) _(1, 2)
#define CK_TABLE ck_avx2_kernels

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "kernels_template.h"
#pragma clang attribute pop
#endif
