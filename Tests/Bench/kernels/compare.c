// Compares the kernels of one instruction set with sums in double precision, written as their definitions are.
//
//     compare [portable|NEON|AVX2|AVX-512]
//
// Without an argument the fastest set of the machine is looked at. Prints what was compared, and the first difference of each
// kind that is too large; exit code 1 if there was one. Built and run by Tests/Bench/kernels.sh, and for 64-bit Arm by neon.sh.
#include "CKernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned long long state = 27;
static double uniform(void) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (double)(state >> 33) / 2147483648.0 * 2 - 1;
}
static int below(int count) { return (int)((uniform() + 1) / 2 * count) % count; }

static void *memory(size_t floats) {
    void *start = NULL;
    size_t bytes = (floats * sizeof(float) + 63) / 64 * 64 + 64;
    if (posix_memalign(&start, 64, bytes) != 0) exit(2);
    memset(start, 0, bytes);
    return start;
}

static double activated(double x, ck_activation activation) {
    switch (activation) {
    case CK_LINEAR: return x;
    case CK_LEAKY: return x > 0 ? x : 0.1 * x;
    case CK_RELU: return x > 0 ? x : 0;
    case CK_RELU6: return x < 0 ? 0 : x > 6 ? 6 : x;
    case CK_LOGISTIC: return 1 / (1 + exp(-x));
    case CK_MISH: return x * tanh(log1p(exp(x)));
    case CK_SWISH: return x / (1 + exp(-x));
    }
    return NAN;
}

static int failures = 0, compared = 0;
static double worst[16];

static void judge(const char *what, int kind, const float *found, const double *wanted, size_t count, double allowed) {
    compared++;
    for (size_t i = 0; i < count; i++) {
        double apart = fabs(found[i] - wanted[i]);
        if (apart > worst[kind]) worst[kind] = apart;
        if (!(apart <= allowed)) {
            printf("%s: number %zu is %.7g, not %.7g\n", what, i, found[i], wanted[i]);
            failures++;
            return;
        }
    }
}

static void run(ck_program *program) {
    int count;
    if (!ck_program_is_whole(program)) exit(2);
    const ck_task *tasks = ck_program_tasks(program, &count);
    ck_pool_run_tasks(NULL, tasks, count, NULL);
}

static const char *method_names[] = {"stem", "pointwise", "pointwise bfloat16", "pointwise int8", "Winograd 2", "Winograd 3",
                                     "Winograd 4", "depthwise", "general"};

static void convolution(ck_isa isa, ck_method method) {
    ck_conv conv = {.size = 3, .stride = 1, .padding = 1, .groups = 1, .method = method};
    conv.in_channels = 1 + below(method == CK_STEM ? 4 : 50);
    conv.out_channels = 1 + below(50);
    conv.in_height = 3 + below(14);
    conv.in_width = 3 + below(14);
    if (method == CK_POINTWISE) conv.size = 1, conv.padding = 0;
    if (method == CK_DEPTHWISE) conv.out_channels = conv.groups = conv.in_channels;
    if (method == CK_DEPTHWISE || method == CK_GENERAL || method == CK_STEM) {
        conv.size = 1 + 2 * below(3);
        conv.padding = conv.size / 2;
        conv.stride = 1 + below(2);
    }
    if (method == CK_STEM) conv.size = 3, conv.padding = 1;
    if (method == CK_GENERAL && below(2)) {
        conv.groups = 1 + below(4);
        conv.in_channels = conv.groups * (1 + below(12));
        conv.out_channels = conv.groups * (1 + below(12));
    }
    conv.out_height = (conv.in_height + 2 * conv.padding - conv.size) / conv.stride + 1;
    conv.out_width = (conv.in_width + 2 * conv.padding - conv.size) / conv.stride + 1;
    conv.activation = (ck_activation)below(7);

    int each = conv.in_channels / conv.groups, area = conv.size * conv.size;
    int blocks = (conv.out_channels + 15) / 16, in_blocks = (conv.in_channels + 15) / 16;
    size_t pixels = (size_t)conv.in_height * conv.in_width, out_pixels = (size_t)conv.out_height * conv.out_width;
    float *planar = memory(conv.in_channels * pixels), *filters = memory((size_t)conv.out_channels * each * area);
    for (size_t i = 0; i < conv.in_channels * pixels; i++) planar[i] = (float)uniform();
    for (int i = 0; i < conv.out_channels * each * area; i++) filters[i] = (float)uniform();
    conv.weights = memory(ck_conv_weights_count(&conv));
    conv.bias = memory((size_t)blocks * 16);
    for (int i = 0; i < conv.out_channels; i++) conv.bias[i] = (float)uniform();
    double factor[16];
    for (int i = 0; i < 16; i++) factor[i] = 1;
    for (int block = 0; block < blocks; block++)
        if (!ck_conv_pack(&conv, block, filters + (size_t)block * 16 * each * area, factor)) exit(2);

    int margin = conv.padding, wide = conv.in_width + 2 * margin, high = conv.in_height + 2 * margin;
    float *in = memory(method == CK_STEM ? (size_t)conv.in_channels * wide * high : in_blocks * 16 * pixels);
    if (method == CK_STEM) {
        for (int c = 0; c < conv.in_channels; c++)
            for (int y = 0; y < conv.in_height; y++)
                memcpy(in + ((size_t)c * high + y + margin) * wide + margin, planar + c * pixels + (size_t)y * conv.in_width,
                       sizeof(float) * conv.in_width);
    } else {
        ck_block_from_planar(planar, conv.in_channels, conv.in_height, conv.in_width, 0, in);
    }
    float *out = memory((size_t)blocks * 16 * out_pixels), *found = memory(conv.out_channels * out_pixels);
    float *scratch = memory(ck_conv_scratch_count(&conv, 1));
    ck_program *program = ck_program_create(isa, 1, ck_program_least);
    ck_program_begin(program);
    ck_program_conv(program, &conv, in, NULL, out, scratch);
    run(program);
    ck_program_destroy(program);
    ck_planar_from_block(out, conv.out_channels, out_pixels, found);

    double *wanted = malloc(sizeof(double) * conv.out_channels * out_pixels);
    for (int f = 0; f < conv.out_channels; f++)
        for (int y = 0; y < conv.out_height; y++)
            for (int x = 0; x < conv.out_width; x++) {
                double sum = conv.bias[f];
                for (int c = 0; c < each; c++)
                    for (int dy = 0; dy < conv.size; dy++)
                        for (int dx = 0; dx < conv.size; dx++) {
                            int sy = y * conv.stride + dy - margin, sx = x * conv.stride + dx - margin;
                            if (sy < 0 || sx < 0 || sy >= conv.in_height || sx >= conv.in_width) continue;
                            int channel = f / (conv.out_channels / conv.groups) * each + c;
                            sum += (double)planar[channel * pixels + (size_t)sy * conv.in_width + sx]
                                * filters[((size_t)f * each + c) * area + dy * conv.size + dx];
                        }
                wanted[f * out_pixels + (size_t)y * conv.out_width + x] = activated(sum, conv.activation);
            }
    double scale = sqrt((double)each * area);
    judge(method_names[method], method, found, wanted, conv.out_channels * out_pixels,
          (method == CK_WINOGRAD_4 ? 1e-4 : method == CK_WINOGRAD_3 ? 5e-5 : 5e-6) * (scale + 1));
    free(planar), free(filters), free(conv.weights), free(conv.bias), free(in), free(out), free(found), free(scratch);
    free(wanted);
}

static void maximum(ck_isa isa) {
    ck_maxpool shape = {.channels = 1 + below(40), .in_height = 2 + below(14), .in_width = 2 + below(14)};
    shape.size = 2 + below(5);
    shape.stride = 1 + below(2);
    shape.offset = (shape.size - 1) / 2;
    shape.out_height = (shape.in_height + shape.size - 1 - shape.size) / shape.stride + 1;
    shape.out_width = (shape.in_width + shape.size - 1 - shape.size) / shape.stride + 1;
    size_t pixels = (size_t)shape.in_height * shape.in_width, out_pixels = (size_t)shape.out_height * shape.out_width;
    int blocks = (shape.channels + 15) / 16;
    float *planar = memory(shape.channels * pixels), *in = memory(blocks * 16 * pixels);
    for (size_t i = 0; i < shape.channels * pixels; i++) planar[i] = (float)uniform();
    ck_block_from_planar(planar, shape.channels, shape.in_height, shape.in_width, 0, in);
    float *out = memory(blocks * 16 * out_pixels), *found = memory(shape.channels * out_pixels);
    float *scratch = memory(ck_maxpool_scratch_count(&shape, 1));
    ck_program *program = ck_program_create(isa, 1, ck_program_least);
    ck_program_begin(program);
    ck_program_maxpool(program, &shape, in, out, scratch);
    run(program);
    ck_program_destroy(program);
    ck_planar_from_block(out, shape.channels, out_pixels, found);
    double *wanted = malloc(sizeof(double) * shape.channels * out_pixels);
    for (int c = 0; c < shape.channels; c++)
        for (int y = 0; y < shape.out_height; y++)
            for (int x = 0; x < shape.out_width; x++) {
                double most = -INFINITY;
                for (int dy = 0; dy < shape.size; dy++)
                    for (int dx = 0; dx < shape.size; dx++) {
                        int sy = y * shape.stride - shape.offset + dy, sx = x * shape.stride - shape.offset + dx;
                        if (sy < 0 || sx < 0 || sy >= shape.in_height || sx >= shape.in_width) continue;
                        most = fmax(most, planar[c * pixels + (size_t)sy * shape.in_width + sx]);
                    }
                wanted[c * out_pixels + (size_t)y * shape.out_width + x] = most;
            }
    judge("maximum", 9, found, wanted, shape.channels * out_pixels, 0);
    free(planar), free(in), free(out), free(found), free(scratch), free(wanted);
}

static void addition(ck_isa isa) {
    size_t count = 16 * (size_t)(1 + below(40));
    float *a = memory(count), *b = memory(count), *out = memory(count);
    double *wanted = malloc(sizeof(double) * count);
    ck_activation activation = (ck_activation)below(7);
    for (size_t i = 0; i < count; i++) {
        a[i] = (float)(uniform() * 4), b[i] = (float)(uniform() * 4);
        wanted[i] = activated((double)a[i] + b[i], activation);
    }
    ck_program *program = ck_program_create(isa, 1, ck_program_least);
    ck_program_begin(program);
    ck_program_add(program, a, b, out, count, activation);
    run(program);
    ck_program_destroy(program);
    judge("sum", 10, out, wanted, count, 5e-6);
    free(a), free(b), free(out), free(wanted);
}

static void resizing(ck_isa isa) {
    int width = 4 + below(60), height = 4 + below(60), taps[2] = {1 + below(4), 1 + below(4)}, sides[2] = {1 + below(40), 1 + below(40)};
    unsigned char *pixels = malloc((size_t)width * height * 3 + 64);
    for (int i = 0; i < width * height * 3; i++) pixels[i] = (unsigned char)below(256);
    int *firsts[2];
    float *weights[2];
    for (int axis = 0; axis < 2; axis++) {
        int length = axis == 0 ? width : height;
        firsts[axis] = malloc(sizeof(int) * sides[axis]);
        weights[axis] = memory((size_t)sides[axis] * taps[axis] + 16);
        for (int i = 0; i < sides[axis]; i++) {
            firsts[axis][i] = below(length - taps[axis] + 1);
            for (int tap = 0; tap < taps[axis]; tap++) weights[axis][i * taps[axis] + tap] = (float)uniform();
        }
    }
    size_t plane = (size_t)sides[0] * sides[1];
    float *out = memory(3 * plane + 16);
    ck_resize resize = {pixels, width, sides[0], sides[1], firsts[0], firsts[1], weights[0], weights[1], taps[0], taps[1],
                        out, (size_t)sides[0], plane};
    float *scratch = memory(ck_resize_scratch_count(&resize, 1));
    ck_resize_run(&resize, isa, NULL, scratch);
    double *wanted = malloc(sizeof(double) * 3 * plane);
    double largest = 0;
    for (int c = 0; c < 3; c++)
        for (int y = 0; y < sides[1]; y++)
            for (int x = 0; x < sides[0]; x++) {
                double sum = 0;
                for (int ty = 0; ty < taps[1]; ty++)
                    for (int tx = 0; tx < taps[0]; tx++)
                        sum += (double)weights[1][y * taps[1] + ty] * weights[0][x * taps[0] + tx]
                            * pixels[((size_t)(firsts[1][y] + ty) * width + firsts[0][x] + tx) * 3 + c];
                wanted[c * plane + (size_t)y * sides[0] + x] = sum;
                largest = fmax(largest, fabs(sum));
            }
    judge("another size", 11, out, wanted, 3 * plane, 1e-5 * (largest + 256));
    free(pixels), free(out), free(scratch), free(wanted);
    for (int axis = 0; axis < 2; axis++) free(firsts[axis]), free(weights[axis]);
}

int main(int count, char **arguments) {
    ck_isa isa = ck_isa_best();
    if (count > 1) {
        isa = CK_ISA_PORTABLE;
        while (isa <= CK_ISA_AVX512 && strcmp(arguments[1], ck_isa_name(isa)) != 0) isa++;
        if (isa > CK_ISA_AVX512) {
            fprintf(stderr, "%s: no such instructions\n", arguments[1]);
            return 2;
        }
        if (!ck_isa_available(isa)) {
            printf("%s: not on this machine\n", arguments[1]);
            return 0;
        }
    }
    static const ck_method methods[] = {CK_STEM, CK_POINTWISE, CK_WINOGRAD_2, CK_WINOGRAD_3, CK_WINOGRAD_4, CK_DEPTHWISE, CK_GENERAL};
    for (int round = 0; round < 60; round++) {
        for (unsigned i = 0; i < sizeof methods / sizeof *methods; i++) convolution(isa, methods[i]);
        maximum(isa);
        addition(isa);
        resizing(isa);
    }
    printf("%s: %d comparisons, %d failed; largest differences:", ck_isa_name(isa), compared, failures);
    for (unsigned i = 0; i < sizeof methods / sizeof *methods; i++) printf(" %s %.1e,", method_names[methods[i]], worst[methods[i]]);
    printf(" sums %.1e, sizes %.1e\n", worst[10], worst[11]);
    return failures > 0;
}
