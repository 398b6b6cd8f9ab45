/* Correlations in which the lanes of a vector are rows of dy.
 *
 * A box of dy is turned over, to a row of lanes for each window; taps are rows
 * of a tile and read the image where it lies, but for windows at its edges,
 * whose patch is copied. Several blocks of lanes share a patch.
 *
 * Sums over so many windows are taken in four steps: in registers over a box,
 * in `sums` over GROUP boxes, in `totals` over a part of all boxes, and last
 * over the parts. Which parts there are depends on the sizes alone. */
#include "correlation.h"

#include "lanes.h"
#include "offsets.h"
#include "parallel.h"
#include "transpose.h"

enum {
    MOST_WINDOWS = 112,
    MOST_TAPS = 256,
    GROUP = 64,
    SHARED = 512 / sizeof(real) /* rows with one patch: whole blocks */
};

typedef struct workplace {
    real dy[MOST_WINDOWS * SHARED] __attribute__((aligned(64)));
    real patch[PATCH + LANES];
    ptrdiff_t window[MOST_WINDOWS], tap[MOST_TAPS];
    soon soon;
} workplace;

typedef struct job {
    const correlation *p;
    boxes boxes;
    size_t parts;
    real *room; /* sums and totals of each part of each block */
    bool far;   /* images, from the processor */
} job;

static size_t size_of_block(const correlation *p, size_t row)
{
    return p->taps * width_from(p->rows, row);
}

/* Of a block and a part of all boxes; behind them are its sums. */
static real *totals_of(const job *j, size_t row, size_t part)
{
    size_t before = row * j->p->taps * j->parts;

    return j->room + 2 * (before + part * size_of_block(j->p, row));
}

static real *sums_of(const job *j, size_t row, size_t part)
{
    return totals_of(j, row, part) + size_of_block(j->p, row);
}

/* A row of dy, from the first window of a box on. */
static const real *dy_of(const correlation *p, const box *b, size_t row)
{
    return p->dy + (ptrdiff_t)row * p->dy_row +
           (ptrdiff_t)b->first[0] * p->y.image +
           (ptrdiff_t)b->first[1] * p->y.step[0] + (ptrdiff_t)b->first[2];
}

static void turn_block_of_box(const correlation *p, const box *b, size_t row,
                              real *to)
{
    size_t width = width_from(p->rows, row), n = b->length[1] * b->length[2];
    const real *dy = dy_of(p, b, row);

    for (size_t i = 0; i < b->length[0]; i++, dy += p->y.image, to += n * width)
        turn(dy, (size_t)p->dy_row, n, p->rows - row, to, width);
}

/* ---- boxes */

/* The taps of t, from number k on. */
static void add_taps(workplace *a, const job *j, const box *b,
                     const row_range *r, size_t part, size_t k, strip *t)
{
    const correlation *p = j->p;

    for (size_t row = r->first; row < r->last; row += WIDTH) {
        t->width = width_from(p->rows, row);
        t->panel = a->dy + (row - r->first) * b->windows;
        t->sums = sums_of(j, row, part) + k * t->width;
        t->soon = j->far && row == r->first ? &a->soon : NULL;
        KERNEL(multiply_strip)(t);
    }
}

/* What comes after some taps: the next ones' patch; or the next box's, and its
 * dy. */
static void want_next(soon *s, const job *j, const box *b, const row_range *r,
                      const channel_taps *done)
{
    const correlation *p = j->p;
    box at = *b;
    size_t k = done->k + done->taps;

    s->count = 0;
    if (k == p->taps && b->number + 1 == j->boxes.count)
        return;
    if (k == p->taps) {
        k = 0;
        at = find_box(&j->boxes, b->number + 1);
        for (size_t n = 0; n < at.length[0]; n++)
            for (size_t row = r->first; row < r->last; row++)
                want_lines(s, dy_of(p, &at, row) + (ptrdiff_t)n * p->y.image, 1,
                           0, at.length[1] * at.length[2]);
    }
    channel_taps next = find_channel_taps(&p->x, &at, k, p->taps, MOST_TAPS);
    want_patch(s, &p->x, &at, next.channel, next.channels);
}

static void add_box(workplace *a, const job *j, const box *b,
                    const row_range *r, size_t part, bool first)
{
    const correlation *p = j->p;
    channel_taps of;
    strip t = {.row = a->tap,
               .column = a->window,
               .columns = b->windows,
               .first = first};

    for (size_t row = r->first; row < r->last; row += WIDTH)
        turn_block_of_box(p, b, row, a->dy + (row - r->first) * b->windows);
    for (size_t k = 0; k < p->taps; k += of.taps) {
        of = find_channel_taps(&p->x, b, k, p->taps, MOST_TAPS);
        patch at = take_patch(&p->x, b, (wanted){of.channel, of.channels, 1, 0},
                              a->patch);
        t.at = at.at;
        t.rows = of.taps;
        find_windows(&p->x, &at, b, a->window);
        find_taps(&p->x, &at, k, t.rows, a->tap);
        if (j->far)
            want_next(&a->soon, j, b, r, &of);
        add_taps(a, j, b, r, part, k, &t);
    }
}

static void add_to_totals(size_t n, const real *sums, real *totals, bool first)
{
    for (size_t i = 0; i < n; i += LANES) {
        vec sum = load(sums + i);
        store(totals + i, first ? sum : sum + load(totals + i));
    }
}

/* Totals of a part of all boxes. */
static void run_part(workplace *a, const job *j, const row_range *r,
                     size_t part)
{
    size_t first = j->boxes.count * part / j->parts;
    size_t last = j->boxes.count * (part + 1) / j->parts;

    for (size_t i = first; i < last; i++) {
        size_t in_group = (i - first) % GROUP;
        box b = find_box(&j->boxes, i);
        add_box(a, j, &b, r, part, in_group == 0);
        if (in_group < GROUP - 1 && i + 1 < last)
            continue;
        for (size_t row = r->first; row < r->last; row += WIDTH)
            add_to_totals(size_of_block(j->p, row), sums_of(j, row, part),
                          totals_of(j, row, part), i - first < GROUP);
    }
}

/* Blocks of each part, one part after the other. Which ones run together
 * depends on the number of threads, but no sum does. */
static void run_parts(void *loop, size_t first, size_t last)
{
    const job *j = loop;
    size_t blocks = (j->p->rows + WIDTH - 1) / WIDTH;
    workplace a;

    for (size_t i = first, count; i < last; i += count) {
        size_t block = i % blocks, left = blocks - block;
        count = last - i < left ? last - i : left;
        count = count < SHARED / WIDTH ? count : SHARED / WIDTH;
        row_range r = {block * WIDTH, (block + count) * WIDTH};
        r.last = r.last < j->p->rows ? r.last : j->p->rows;
        run_part(&a, j, &r, i / blocks);
    }
}

/* The parts of a block of rows become dw. */
static void finish_blocks(void *loop, size_t first, size_t last)
{
    const job *j = loop;
    const correlation *p = j->p;

    for (size_t row = first; row < last; row += WIDTH) {
        real *totals = totals_of(j, row, 0);
        for (size_t i = 1; i < j->parts; i++)
            add_to_totals(size_of_block(p, row), totals_of(j, row, i), totals,
                          false);
        turn_back(&(turned){.from = totals,
                            .width = width_from(p->rows, row),
                            .n = p->taps,
                            .channels = channels_from(p->rows, row),
                            .to = p->dw + row * p->taps,
                            .row = (ptrdiff_t)p->taps,
                            .step = 1});
    }
}

bool KERNEL(correlate_channels)(const correlation *p, real *room)
{
    job j = {
        .p = p, .boxes = cut_windows(p->N, &p->x, MOST_WINDOWS), .room = room};

    if (room == NULL || j.boxes.count == 0 ||
        !boxes_fit(&j.boxes, &p->x, PATCH))
        return false;
    j.parts = p->parts < j.boxes.count ? p->parts : j.boxes.count;
    j.far = are_far((size_t)(p->x.end - p->x.x) + p->windows * p->rows);
    double cost = (double)p->rows * (double)p->taps / (3.0 * LANES);
    size_t blocks = (p->rows + WIDTH - 1) / WIDTH;
    tg_parallel(blocks * j.parts, 1, cost * (double)p->windows, run_parts, &j);
    tg_parallel(p->rows, WIDTH, cost * (double)j.parts, finish_blocks, &j);
    return true;
}
