// Any machine: vectors of 4 floats, which is SSE2 on x86-64. 8 sums, two weights, one broadcast.
#include "kernels.h"
#include <string.h>

#define VL 4
#define TILE_ROWS 4
#define PANEL_VECTORS(left) 2
#define TILE_LIST(_) _(4, 2) _(2, 2) _(1, 2)
#define CK_TABLE ck_portable_kernels

#include "kernels_template.h"
