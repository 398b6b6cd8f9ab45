/* Correlations in which the lanes of a vector are rows of dy.
 *
 * A box of dy is turned over, to a row of lanes for each window; taps are rows
 * of a tile and read the image where it lies, but for windows at its edges,
 * whose patch is copied.
 *
 * Sums over so many windows are taken in four steps: in registers over a box,
 * in `sums` over GROUP boxes, in `totals` over a part of all boxes, and last
 * over the parts. Which parts there are depends on the sizes alone. */
#include "correlation.h"

#include "lanes.h"
#include "parallel.h"
#include "patch.h"
#include "transpose.h"

enum {
    MOST_WINDOWS = 112,
    MOST_TAPS = 256,
    PATCH = 24 * 1024 / sizeof(real),
    GROUP = 64
};

typedef struct workplace {
    real dy[MOST_WINDOWS * WIDTH] __attribute__((aligned(64)));
    real patch[PATCH + LANES];
    ptrdiff_t window[MOST_WINDOWS], tap[MOST_TAPS];
} workplace;

typedef struct job {
    const correlation *p;
    boxes boxes;
    size_t parts;
    real *room; /* sums and totals of each part of each block */
} job;

static void turn_box(const correlation *p, const box *b, size_t row, real *to)
{
    size_t width = width_from(p->rows, row), n = b->length[1] * b->length[2];
    const real *dy = p->dy + (ptrdiff_t)row * p->dy_row +
                     (ptrdiff_t)b->first[0] * p->y.image +
                     (ptrdiff_t)b->first[1] * p->y.step[0] +
                     (ptrdiff_t)b->first[2];

    for (size_t i = 0; i < b->length[0]; i++, dy += p->y.image, to += n * width)
        turn(dy, (size_t)p->dy_row, n, p->rows - row, to, width);
}

/* ---- boxes */

static void add_box(workplace *a, const correlation *p, const box *b,
                    size_t row, real *sums, bool first)
{
    size_t of_channel = (size_t)(p->x.at[0].taps * p->x.at[1].taps);
    size_t room = box_is_inside(&p->x, b) ? UNLIMITED : PATCH;
    strip t = {.row = a->tap,
               .column = a->window,
               .columns = b->windows,
               .width = width_from(p->rows, row),
               .panel = a->dy,
               .first = first,
               .far = of_channel == 1};

    turn_box(p, b, row, a->dy);
    for (size_t k = 0; k < p->taps; k += t.rows) {
        t.rows = taps_at_once(&p->x, b, k, p->taps, MOST_TAPS, room);
        t.sums = sums + k * t.width;
        size_t channel = k / of_channel;
        size_t channels = (k + t.rows - 1) / of_channel + 1 - channel;
        patch at =
            take_patch(&p->x, b, (wanted){channel, channels, 1, 0}, a->patch);
        t.at = at.at;
        find_windows(&p->x, &at, b, a->window);
        find_taps(&p->x, &at, k, t.rows, a->tap);
        KERNEL(multiply_strip)(&t);
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
static void run_part(workplace *a, const job *j, size_t row, size_t number)
{
    const correlation *p = j->p;
    size_t n = p->taps * width_from(p->rows, row);
    real *totals = j->room + 2 * (row * p->taps * j->parts + number * n);
    size_t first = j->boxes.count * number / j->parts;
    size_t last = j->boxes.count * (number + 1) / j->parts;

    for (size_t i = first; i < last; i++) {
        size_t in_group = (i - first) % GROUP;
        box b = find_box(&j->boxes, i);
        add_box(a, p, &b, row, totals + n, in_group == 0);
        if (in_group == GROUP - 1 || i + 1 == last)
            add_to_totals(n, totals + n, totals, i - first < GROUP);
    }
}

static void run_parts(void *loop, size_t first, size_t last)
{
    const job *j = loop;
    workplace a;

    for (size_t i = first; i < last; i++)
        run_part(&a, j, i / j->parts * WIDTH, i % j->parts);
}

/* The parts of a block of rows become dw. */
static void finish_blocks(void *loop, size_t first, size_t last)
{
    const job *j = loop;
    const correlation *p = j->p;

    for (size_t row = first; row < last; row += WIDTH) {
        size_t width = width_from(p->rows, row);
        real *totals = j->room + 2 * row * p->taps * j->parts;
        for (size_t i = 1; i < j->parts; i++)
            add_to_totals(p->taps * width, totals + 2 * i * p->taps * width,
                          totals, false);
        turn_back(&(turned){.from = totals,
                            .width = width,
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
    double cost = (double)p->rows * (double)p->taps / (3.0 * LANES);
    size_t blocks = (p->rows + WIDTH - 1) / WIDTH;
    tg_parallel(blocks * j.parts, 1, cost * (double)p->windows, run_parts, &j);
    tg_parallel(p->rows, WIDTH, cost * (double)j.parts, finish_blocks, &j);
    return true;
}
