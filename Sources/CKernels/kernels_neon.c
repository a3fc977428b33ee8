// NEON on 64-bit Arm: 32 registers of 4 floats. 24 sums, four weights, the rest for broadcasts.
#if defined(__aarch64__)
#include "kernels.h"
#include <string.h>

#define VL 4
#define TILE_ROWS 6
#define PANEL_VECTORS(left) 4
#define TILE_LIST(_) _(6, 4) _(4, 4) _(2, 4) _(1, 4)
#define CK_TABLE ck_neon_kernels

#include "kernels_template.h"
#endif
