// Layers as a list of tasks. See `CKernels.h`; which items a layer has is said in `convolution.c`.
#include "kernels.h"

#include <stdlib.h>
#include <string.h>

const double ck_program_least = 2e5;

typedef struct kept {
    struct kept *next;
    max_align_t value[];
} kept;

struct ck_program {
    const ck_kernels *kernels;
    int threads;
    double least;
    bool is_whole;
    kept *kept;
    ck_task *tasks;
    int count, capacity;
    int step;
    // The layer added last, the step it belongs to, and its tasks, each of `per_task` items.
    ck_cut last;
    int last_step, first, per_task;
};

ck_program *ck_program_create(ck_isa isa, int threads, double least) {
    ck_program *program = calloc(1, sizeof *program);
    if (!program) return NULL;
    program->kernels = ck_kernels_of(isa);
    program->threads = ck_max(1, threads);
    program->least = least;
    program->is_whole = true;
    program->step = -1;
    return program;
}

void ck_program_destroy(ck_program *program) {
    if (!program) return;
    for (kept *each = program->kept; each;) {
        kept *next = each->next;
        free(each);
        each = next;
    }
    free(program->tasks);
    free(program);
}

const ck_kernels *ck_program_kernels(const ck_program *program) { return program->kernels; }
int ck_program_threads(const ck_program *program) { return program->threads; }
bool ck_program_is_whole(const ck_program *program) { return program->is_whole; }

void *ck_program_keep(ck_program *program, const void *value, size_t size) {
    kept *room = malloc(sizeof(kept) + size);
    if (!room) {
        program->is_whole = false;
        return NULL;
    }
    room->next = program->kept;
    program->kept = room;
    return memcpy(room->value, value, size);
}

static void add(ck_program *program, const ck_cut *cut, int step, int first, int end, int needs) {
    if (program->count == program->capacity) {
        int capacity = ck_max(64, 2 * program->capacity);
        ck_task *tasks = realloc(program->tasks, (size_t)capacity * sizeof *tasks);
        if (!tasks) {
            program->is_whole = false;
            return;
        }
        program->tasks = tasks;
        program->capacity = capacity;
    }
    program->tasks[program->count++] = (ck_task){
        .work = cut->work, .context = cut->job, .first = first, .end = end, .needs = needs, .step = step};
}

/// Pixels of the layer before, from its first, that the first `pixels` of a convolution's outputs read.
static int pixels_read(const ck_conv *c, int pixels) {
    if (c->size == 1 && c->stride == 1 && c->padding == 0) return pixels;
    int last = (pixels - 1) / c->out_width;
    int rows = ck_min(c->in_height, last * c->stride - c->padding + c->size);
    return ck_max(1, rows) * c->in_width;
}

/// True where a convolution reads the layer added last, row by row as that one writes them.
static bool reads_last(const ck_program *program, const ck_cut *cut, const ck_conv *conv, const float *in) {
    const ck_cut *last = &program->last;
    return conv && cut->chunk > 0 && last->chunk > 0 && last->out == in &&
           last->pixels == (size_t)conv->in_height * conv->in_width;
}

/// Items of the last layer, from its first, that items up to `end` of a convolution read.
static int items_read(const ck_program *program, const ck_cut *cut, int end, const ck_conv *conv) {
    const ck_cut *last = &program->last;
    int pixels = ck_min((int)cut->pixels, ck_ceil(end, cut->parts) * cut->chunk);
    return ck_min(last->items, ck_ceil(pixels_read(conv, pixels), last->chunk) * last->parts);
}

/// Floats of a map that is too large for the caches near a core, so that reading it takes longer than computing with it.
static const size_t LARGE = 1 << 20;

/// One thread: rows of a depthwise layer right after those that they read, which are still in a cache then. Takes the place
/// of the last layer's task.
static void add_in_turn(ck_program *program, const ck_cut *cut, const ck_conv *conv) {
    program->count = program->first;
    int written = 0;
    for (int item = 0; item < cut->items; item += cut->parts) {
        int read = items_read(program, cut, item + cut->parts, conv);
        if (read > written) add(program, &program->last, program->last_step, written, read, program->count);
        written = ck_max(written, read);
        add(program, cut, program->step, item, item + cut->parts, program->count);
    }
    if (written < program->last.items)
        add(program, &program->last, program->last_step, written, program->last.items, program->count);
}

void ck_program_add_cut(ck_program *program, ck_cut cut, const ck_conv *conv, const float *in) {
    int first = program->count, per_task = cut.items;
    bool by_rows = reads_last(program, &cut, conv, in);
    bool is_large = by_rows && program->last.pixels * (size_t)conv->in_channels > LARGE;
    bool in_turn = program->threads == 1 && (is_large || program->least == 0);
    if (in_turn && by_rows && conv->method == CK_DEPTHWISE) {
        add_in_turn(program, &cut, conv);
        cut.chunk = 0;  // its tasks lie between others
    } else {
        double each = cut.operations / cut.items;
        if (program->threads > 1 && cut.operations >= 5 * program->least)
            per_task = each >= program->least ? 1 : ck_min(cut.items, (int)(program->least / each) + 1);
        for (int item = 0; item < cut.items; item += per_task) {
            int end = ck_min(cut.items, item + per_task);
            // All layers before the last one have to be done in any case.
            int needs = by_rows ? program->first + ck_ceil(items_read(program, &cut, end, conv), program->per_task) : first;
            add(program, &cut, program->step, item, end, needs);
        }
    }
    program->last = cut;
    program->last_step = program->step;
    program->first = first;
    program->per_task = per_task;
}

static void move_item(void *context, int item, int worker) {
    (void)item, (void)worker;
    const ck_move *m = context;
    size_t pixels = (size_t)m->height * m->width;
    switch (m->kind) {
    case CK_COPY: ck_copy_channels(m->in, m->from, m->channels, pixels, m->out, m->to); break;
    case CK_UPSAMPLE: ck_upsample(m->in, m->channels, m->height, m->width, m->stride, m->out); break;
    case CK_SPACE_TO_DEPTH: ck_space_to_depth(m->in, m->channels, m->height, m->width, m->stride, m->out); break;
    case CK_REORG: ck_reorg(m->in, m->channels, m->height, m->width, m->stride, m->out); break;
    case CK_AVERAGE: ck_average(m->in, m->channels, pixels, m->out); break;
    }
}

void ck_program_move(ck_program *program, ck_move move) {
    ck_cut cut = {.work = move_item, .job = ck_program_keep(program, &move, sizeof move), .items = 1};
    ck_program_add_cut(program, cut, NULL, NULL);
}

void ck_program_begin(ck_program *program) { program->step++; }

const ck_task *ck_program_tasks(const ck_program *program, int *count) {
    *count = program->count;
    return program->tasks;
}
