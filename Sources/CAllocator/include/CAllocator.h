#ifndef FARMTOP_CALLOCATOR_H
#define FARMTOP_CALLOCATOR_H

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/// Gives the system back what the allocator holds and nobody uses. Here, because Swift's Glibc module leaves malloc.h out.
static inline void farm_return_free_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

#endif
