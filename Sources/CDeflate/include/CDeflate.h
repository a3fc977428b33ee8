#ifndef FARMTOP_CDEFLATE_H
#define FARMTOP_CDEFLATE_H

#include <stdbool.h>
#include <stdint.h>
#include <zlib.h>

/// Compresses all of `input`, as gzip (RFC 1952) or as zlib (RFC 1950, what HTTP calls deflate). In C, because deflateInit2
/// is a macro.
/// - Returns: the bytes written, or -1 when they do not fit or there is no memory.
static inline long farm_deflate(
    const uint8_t *input, unsigned input_count, uint8_t *output, unsigned output_count, bool is_gzip) {
    z_stream stream = {0};
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, is_gzip ? 15 + 16 : 15, 8, Z_DEFAULT_STRATEGY) != Z_OK) return -1;
    // zlib does not change its input, though it says no const.
    stream.next_in = (uint8_t *)input;
    stream.avail_in = input_count;
    stream.next_out = output;
    stream.avail_out = output_count;
    int result = deflate(&stream, Z_FINISH);
    long written = (long)stream.total_out;
    deflateEnd(&stream);
    return result == Z_STREAM_END ? written : -1;
}

#endif
