#ifndef FARMTOP_CALLOCATOR_H
#define FARMTOP_CALLOCATOR_H

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/// Has every block of a quarter of a megabyte or more come from the system and go back to it at once. Left alone, the
/// allocator raises that size with each such block that is freed, and keeps what bodies of requests took. Few arenas keep
/// less. Here, because Swift's Glibc module leaves malloc.h out.
static inline void farm_keep_little_memory(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    mallopt(M_ARENA_MAX, 4);
#endif
}

/// Gives the system back what the allocator holds and nobody uses. Here, because Swift's Glibc module leaves malloc.h out.
static inline void farm_return_free_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

#endif
