/* Correlations in which the lanes of a vector are windows of one line: for dy
 * of few channels.
 *
 * Tiles are some rows of dy times some taps, whose sums stay in registers, a
 * window a lane, over a box; then in `sums` over GROUP boxes, and as doubles
 * over a part of all boxes. Which parts there are depends on the sizes alone.
 */
#include "correlation.h"

#include "lines.h"
#include "parallel.h"

enum {
    MOST_ROWS_AT_ONCE = 8,
    MOST_TAPS_AT_ONCE = 9,
    MOST_SUMS = 256, /* of some rows and taps */
    GROUP = 64
};

typedef struct workplace {
    vec sums[MOST_SUMS], dy[MOST_SEGMENTS * MOST_ROWS_AT_ONCE];
    double totals[MOST_SUMS];
    real patch[PATCH + LANES];
    segment segments[MOST_SEGMENTS];
    ptrdiff_t tap[MOST_SUMS];
} workplace;

/* Some rows and taps of one part of all boxes. */
typedef struct share {
    size_t row, rows, tap, taps;
    size_t segments;
    const real *at;
} share;

typedef struct job {
    const correlation *p;
    boxes boxes;
    size_t parts;
    real *room; /* results of each part */
} job;

/* ---- tiles */

ALWAYS_INLINE void add_tile(int rows, int taps, workplace *a, const share *s,
                            size_t first)
{
    size_t left = s->taps - first;
    const real *x[MOST_TAPS_AT_ONCE];
    const vec *dy = a->dy;
    vec sums[MOST_ROWS_AT_ONCE][MOST_TAPS_AT_ONCE] = {0};
    vec *to = a->sums + first * s->rows;

    for (size_t k = 0; k < (size_t)taps; k++)
        x[k] = s->at + a->tap[first + (k < left ? k : 0)];
    for (size_t i = 0; i < s->segments; i++, dy += rows) {
        ptrdiff_t at = a->segments[i].at;
#pragma GCC unroll 9
        for (int k = 0; k < taps; k++) {
            vec v = load(x[k] + at);
#pragma GCC unroll 8
            for (int r = 0; r < rows; r++)
                sums[r][k] += dy[r] * v;
        }
    }
#pragma GCC unroll 9
    for (size_t k = 0; k < (size_t)taps; k++, to += rows) {
        if (k == left)
            return;
#pragma GCC unroll 8
        for (int r = 0; r < rows; r++)
            to[r] += sums[r][k];
    }
}

ALWAYS_INLINE void add_tiles(int rows, int taps, workplace *a, const share *s)
{
    for (size_t k = 0; k < s->taps; k += (size_t)taps)
        add_tile(rows, taps, a, s, k);
}

static void add_box(workplace *a, const share *s)
{
    enum { MANY = TG_VECTOR == 64 };

    switch (s->rows) {
    case 8:
        add_tiles(8, MANY ? 3 : 1, a, s);
        break;
    case 6:
        add_tiles(6, MANY ? 4 : 2, a, s);
        break;
    case 4:
        add_tiles(4, MANY ? 5 : 2, a, s);
        break;
    case 3:
        add_tiles(3, MANY ? 8 : 3, a, s);
        break;
    case 2:
        add_tiles(2, MANY ? 9 : 5, a, s);
        break;
    default:
        add_tiles(1, 9, a, s);
    }
}

/* ---- boxes */

/* Vectors of dy, in the order of the segments and of rows; what is no window or
 * one that comes again is 0. */
static void copy_dy(workplace *a, const correlation *p, const share *s,
                    size_t windows)
{
    vec *to = a->dy;
    const real *dy = p->dy + (ptrdiff_t)s->row * p->dy_row;

    for (size_t i = 0; i < s->segments; i++)
        for (size_t r = 0; r < s->rows; r++, to++) {
            const real *from = dy + (ptrdiff_t)r * p->dy_row + a->segments[i].y;
            if (windows == LANES && a->segments[i].again == 0) {
                *to = load(from);
                continue;
            }
            *to = (vec){0};
            for (size_t l = a->segments[i].again; l < windows; l++)
                (*to)[l] = from[l];
        }
}

/* What lies beyond the reach of short lines' windows must not be read, for it
 * may be no number; the patch has zeros there. */
static patch take_lines(workplace *a, const correlation *p, const share *s,
                        const box *b)
{
    size_t of_channel = (size_t)(p->x.at[0].taps * p->x.at[1].taps);
    wanted want = {
        .channel = s->tap / of_channel, .split = p->x.at[1].step, .beyond = 0};
    images m = p->x;
    box wide = *b;

    want.channels = (s->tap + s->taps - 1) / of_channel + 1 - want.channel;
    if (b->length[2] < LANES) {
        reach at = find_reach(&m.at[1], b->first[2], b->length[2]);
        if (m.at[1].in > at.low + at.length)
            m.at[1].in = at.low + at.length;
        wide.length[2] = LANES;
    }
    return take_patch(&m, &wide, want, a->patch);
}

static void run_boxes(workplace *a, const job *j, share *s, size_t first,
                      size_t last)
{
    const correlation *p = j->p;

    memset(a->sums, 0, s->rows * s->taps * sizeof *a->sums);
    for (size_t i = first; i < last; i++) {
        box b = find_box(&j->boxes, i);
        patch at = take_lines(a, p, s, &b);
        s->at = at.at;
        s->segments = find_segments(&p->x, &p->y, &at, &b, a->segments);
        find_taps(&p->x, &at, s->tap, s->taps, a->tap);
        copy_dy(a, p, s, windows_of(&b));
        add_box(a, s);
    }
}

static void run_part(workplace *a, const job *j, share *s, size_t part)
{
    const correlation *p = j->p;
    size_t first = j->boxes.count * part / j->parts;
    size_t last = j->boxes.count * (part + 1) / j->parts;
    real *to = j->room + part * p->rows * p->taps + s->row * p->taps + s->tap;

    memset(a->totals, 0, sizeof a->totals);
    for (size_t i = first; i < last; i += GROUP) {
        run_boxes(a, j, s, i, last - i < GROUP ? last : i + GROUP);
        for (size_t n = 0; n < s->rows * s->taps; n++)
            a->totals[n] += sum_lanes(a->sums[n]);
    }
    for (size_t k = 0; k < s->taps; k++)
        for (size_t r = 0; r < s->rows; r++)
            to[r * p->taps + k] = (real)a->totals[k * s->rows + r];
}

/* All rows, and as many taps as there is room for, from `tap` on. */
static size_t run_taps(workplace *a, const job *j, size_t first, size_t part)
{
    const correlation *p = j->p;
    box widest = {
        .length = {j->boxes.length[0], j->boxes.length[1], j->boxes.length[2]}};
    share s = {.tap = first};

    if (widest.length[2] < LANES)
        widest.length[2] = LANES;
    s.taps = taps_at_once(&p->x, &widest, first, p->taps,
                          MOST_SUMS / MOST_ROWS_AT_ONCE, PATCH);
    for (; s.row < p->rows; s.row += s.rows) {
        s.rows = rows_of_tile(p->rows - s.row);
        run_part(a, j, &s, part);
    }
    return s.taps;
}

static void run_parts(void *loop, size_t first, size_t last)
{
    const job *j = loop;
    workplace a;

    for (size_t part = first; part < last; part++)
        for (size_t k = 0; k < j->p->taps;)
            k += run_taps(&a, j, k, part);
}

static void finish(const job *j)
{
    size_t n = j->p->rows * j->p->taps;

    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t part = 0; part < j->parts; part++)
            sum += (double)j->room[part * n + i];
        j->p->dw[i] = (real)sum;
    }
}

bool KERNEL(correlate_lines)(const correlation *p, real *room)
{
    job j = {.p = p, .boxes = cut_lines(p->N, &p->x), .room = room};
    boxes wide = j.boxes;

    if (wide.length[2] < LANES)
        wide.length[2] = LANES;
    if (room == NULL || p->rows >= 12 || j.boxes.count == 0 ||
        !boxes_fit(&wide, &p->x, PATCH))
        return false;
    j.parts = p->parts < j.boxes.count ? p->parts : j.boxes.count;
    double cost =
        (double)p->rows * (double)p->taps * (double)p->windows / (2.0 * LANES);
    tg_parallel(j.parts, 1, cost, run_parts, &j);
    finish(&j);
    return true;
}
