// Layers that only move numbers, and the mean. See `CKernels.h` for the layouts.
#include "kernels.h"

#include <string.h>

static const float *pixel(const float *tensor, size_t pixels, int channel, size_t index) {
    return tensor + ((size_t)(channel / CK_BLOCK) * pixels + index) * CK_BLOCK + channel % CK_BLOCK;
}

void ck_block_from_planar(const float *planar, int channels, int height, int width, int margin, float *out) {
    size_t row = (size_t)width + 2 * margin, plane = row * ((size_t)height + 2 * margin);
    size_t pixels = (size_t)height * width;
    memset(out, 0, pixels * ck_up(channels, CK_BLOCK) * sizeof(float));
    for (int c = 0; c < channels; c++)
        for (int y = 0; y < height; y++) {
            const float *source = planar + c * plane + (size_t)(y + margin) * row + margin;
            float *to = (float *)pixel(out, pixels, c, (size_t)y * width);
            for (int x = 0; x < width; x++) to[(size_t)x * CK_BLOCK] = source[x];
        }
}

void ck_planar_from_block(const float *in, int channels, size_t pixels, float *planar) {
    for (int c = 0; c < channels; c++) {
        const float *from = pixel(in, pixels, c, 0);
        for (size_t i = 0; i < pixels; i++) planar[(size_t)c * pixels + i] = from[i * CK_BLOCK];
    }
}

void ck_copy_channels(const float *in, int from, int count, size_t pixels, float *out, int to) {
    if (from % CK_BLOCK == 0 && to % CK_BLOCK == 0) {
        // What a last, partial block brings along is overwritten by the next copy or never read.
        memcpy(
            (float *)pixel(out, pixels, to, 0), pixel(in, pixels, from, 0),
            pixels * ck_up(count, CK_BLOCK) * sizeof(float));
        return;
    }
    for (int c = 0; c < count; c++) {
        const float *source = pixel(in, pixels, from + c, 0);
        float *destination = (float *)pixel(out, pixels, to + c, 0);
        for (size_t i = 0; i < pixels; i++) destination[i * CK_BLOCK] = source[i * CK_BLOCK];
    }
}

void ck_upsample(const float *in, int channels, int height, int width, int stride, float *out) {
    size_t pixel_bytes = CK_BLOCK * sizeof(float), wide = (size_t)width * stride;
    for (int block = 0; block < ck_ceil(channels, CK_BLOCK); block++)
        for (int y = 0; y < height; y++) {
            float *row = out;
            for (int x = 0; x < width; x++, in += CK_BLOCK)
                for (int i = 0; i < stride; i++, out += CK_BLOCK) memcpy(out, in, pixel_bytes);
            for (int i = 1; i < stride; i++, out += wide * CK_BLOCK) memcpy(out, row, wide * pixel_bytes);
        }
}

void ck_space_to_depth(const float *in, int channels, int height, int width, int stride, float *out) {
    int out_height = height / stride, out_width = width / stride;
    size_t out_pixels = (size_t)out_height * out_width, in_pixels = (size_t)height * width;
    for (int part = 0; part < stride * stride; part++)
        for (int c = 0; c < channels; c++) {
            const float *source = pixel(in, in_pixels, c, (size_t)(part / stride) * width + part % stride);
            float *destination = (float *)pixel(out, out_pixels, part * channels + c, 0);
            for (int y = 0; y < out_height; y++)
                for (int x = 0; x < out_width; x++)
                    destination[((size_t)y * out_width + x) * CK_BLOCK] =
                        source[((size_t)y * stride * width + (size_t)x * stride) * CK_BLOCK];
        }
}

void ck_reorg(const float *in, int channels, int height, int width, int stride, float *out) {
    size_t in_pixels = (size_t)height * width, out_pixels = in_pixels / ((size_t)stride * stride);
    int depth = channels / (stride * stride);
    size_t flat = 0;  // of the planar output
    for (int c = 0; c < channels; c++) {
        int part = c / depth;
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++, flat++) {
                size_t wide = (size_t)x * stride + part % stride, high = (size_t)y * stride + part / stride;
                size_t source = wide + (size_t)width * stride * (high + (size_t)height * stride * (c % depth));
                *(float *)pixel(out, out_pixels, (int)(flat / out_pixels), flat % out_pixels) =
                    *pixel(in, in_pixels, (int)(source / in_pixels), source % in_pixels);
            }
    }
}

void ck_average(const float *in, int channels, size_t pixels, float *out) {
    for (int block = 0; block < ck_ceil(channels, CK_BLOCK); block++, in += pixels * CK_BLOCK, out += CK_BLOCK) {
        double sum[CK_BLOCK] = {0};
        for (size_t i = 0; i < pixels; i++)
            for (int lane = 0; lane < CK_BLOCK; lane++) sum[lane] += in[i * CK_BLOCK + lane];
        for (int lane = 0; lane < CK_BLOCK; lane++) out[lane] = (float)(sum[lane] / (double)pixels);
    }
}
