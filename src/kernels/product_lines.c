/* Products in which the lanes of a vector are windows of one line: for results
 * of few channels.
 *
 * Tiles are some channels times some such vectors, which are read straight from
 * the patch, so that nothing is arranged for them. */
#include "product.h"

#include "lines.h"
#include "parallel.h"
#include "vectors.h"

enum { ROWS_AT_ONCE = 8, DEPTH = 256 };

typedef struct workplace {
    vec sums[MOST_SEGMENTS * ROWS_AT_ONCE];
    real patch[PATCH + LANES];
    segment segments[MOST_SEGMENTS];
    ptrdiff_t tap[DEPTH], weight[DEPTH];
} workplace;

typedef struct job {
    const product *p;
    boxes boxes;
    size_t taps;
} job;

static void find_weights(const product *p, size_t first, size_t n,
                         ptrdiff_t *offset)
{
    tap k = find_tap(&p->x, first);

    for (; n > 0; next_row(&p->x, &k)) {
        ptrdiff_t row = k.c * p->w_channel + k.t * p->w_tap[0];
        for (; n > 0 && k.u < p->x.at[1].taps; n--, k.u++)
            *offset++ = row + k.u * p->w_tap[1];
    }
}

/* ---- tiles */

/* Some taps of a box for some rows. */
typedef struct part {
    const images *x;
    const real *at, *w;
    ptrdiff_t w_row;
    size_t segments, depth, rows;
    bool first;
    bool whole;  /* all taps of each channel */
    size_t taps; /* of a channel; or else of all */
} part;

/* Of a channel's taps, those that meet the image from some segments. */
static void find_met(const part *t, const segment *first, const segment *last,
                     size_t met[2])
{
    const axis *lines = &t->x->at[0];

    met[0] = 0;
    met[1] = t->taps;
    if (!t->whole || meets_all(lines, first->row) ||
        meets_all(lines, last->row))
        return;
    rows_met rows = find_rows_met(lines, first->row, last->row);
    met[0] = (size_t)(rows.first * t->x->at[1].taps);
    met[1] = (size_t)(rows.last * t->x->at[1].taps);
}

ALWAYS_INLINE void put_tile(int rows, int columns, workplace *a, const part *t,
                            size_t first)
{
    const real *x[8], *w[ROWS_AT_ONCE];
    vec sums[ROWS_AT_ONCE][8] = {0};
    size_t left = t->segments - first, met[2];
    size_t last =
        left < (size_t)columns ? t->segments : first + (size_t)columns;

    find_met(t, &a->segments[first], &a->segments[last - 1], met);
    for (int c = 0; c < columns; c++)
        x[c] =
            t->at + a->segments[first + ((size_t)c < left ? (size_t)c : 0)].at;
    for (int r = 0; r < rows; r++)
        w[r] = t->w + r * t->w_row;
    for (size_t channel = 0; channel < t->depth; channel += t->taps)
        for (size_t k = channel + met[0]; k < channel + met[1]; k++) {
            ptrdiff_t offset = a->tap[k], weight = a->weight[k];
            vec v[8];
#pragma GCC unroll 8
            for (int c = 0; c < columns; c++)
                v[c] = load(x[c] + offset);
#pragma GCC unroll 8
            for (int r = 0; r < rows; r++)
#pragma GCC unroll 8
                for (int c = 0; c < columns; c++)
                    sums[r][c] += v[c] * w[r][weight];
        }
    vec *to = a->sums + first * t->rows;
#pragma GCC unroll 8
    for (int c = 0; c < columns; c++, to += t->rows) {
        if ((size_t)c == left)
            return;
#pragma GCC unroll 8
        for (int r = 0; r < rows; r++)
            to[r] = t->first ? sums[r][c] : sums[r][c] + to[r];
    }
}

ALWAYS_INLINE void put_tiles(int rows, int columns, workplace *a, const part *t)
{
    for (size_t i = 0; i < t->segments; i += (size_t)columns)
        put_tile(rows, columns, a, t, i);
}

enum { MOST_ACROSS = TG_VECTOR == 64 ? 8 : 4 };

static void put_part(workplace *a, const part *t)
{
    if (t->rows == 8)
        put_tiles(8, TG_VECTOR == 64 ? 3 : 1, a, t);
    else if (t->rows == 6)
        put_tiles(6, MOST_ACROSS / 2, a, t);
    else if (t->rows == 4)
        put_tiles(4, MOST_ACROSS / 4 * 3, a, t);
    else if (t->rows == 3)
        put_tiles(3, MOST_ACROSS, a, t);
    else if (t->rows == 2)
        put_tiles(2, MOST_ACROSS, a, t);
    else
        put_tiles(1, MOST_ACROSS, a, t);
}

/* ---- boxes */

/* The first n lanes. */
static inline void put_sum(vec sum, size_t n, real *y, ptrdiff_t step)
{
    real lanes[LANES];

    if (step == 1 && n == LANES) {
        store(y, sum);
    } else if (step == 1) {
        store_part(n, y, sum);
    } else {
        store(lanes, sum);
        for (size_t l = 0; l < n; l++)
            y[(ptrdiff_t)l * step] = lanes[l];
    }
}

static void put_results(const workplace *a, const product *p, const part *t,
                        size_t n, size_t row)
{
    const vec *from = a->sums;

    for (size_t i = 0; i < t->segments; i++)
        for (size_t r = 0; r < t->rows; r++)
            put_sum(*from++ + (p->b != NULL ? p->b[row + r] : 0), n,
                    p->y + (ptrdiff_t)(row + r) * p->y_row + a->segments[i].y,
                    p->at.step[1]);
}

static void put_rows(workplace *a, const job *j, const box *b, size_t row,
                     size_t rows)
{
    const product *p = j->p;
    size_t of_channel = (size_t)(p->x.at[0].taps * p->x.at[1].taps);
    part t = {.x = &p->x,
              .rows = rows,
              .w = p->w + (ptrdiff_t)row * p->w_row,
              .w_row = p->w_row};

    for (size_t k = 0; k < j->taps; k += t.depth) {
        t.depth = taps_at_once(&p->x, b, k, j->taps, DEPTH, PATCH);
        t.first = k == 0;
        t.whole = k % of_channel == 0 && t.depth % of_channel == 0;
        t.taps = t.whole ? of_channel : t.depth;
        wanted want = {.channel = k / of_channel,
                       .split = p->x.at[1].step,
                       .beyond = LANES};
        want.channels = (k + t.depth - 1) / of_channel + 1 - want.channel;
        patch at = take_patch(&p->x, b, want, a->patch);
        t.at = at.at;
        t.segments = find_segments(&p->x, &p->at, &at, b, a->segments);
        find_taps(&p->x, &at, k, t.depth, a->tap);
        find_weights(p, k, t.depth, a->weight);
        put_part(a, &t);
    }
    put_results(a, p, &t, windows_of(b), row);
}

static void put_boxes(void *loop, size_t first, size_t last)
{
    const job *j = loop;
    workplace a;

    for (size_t n = first; n < last; n++) {
        box b = find_box(&j->boxes, n);
        for (size_t row = 0, rows; row < j->p->rows; row += rows) {
            rows = rows_of_tile(j->p->rows - row);
            put_rows(&a, j, &b, row, rows);
        }
    }
}

bool KERNEL(run_lines)(const product *p)
{
    size_t taps =
        p->channels * (size_t)p->x.at[0].taps * (size_t)p->x.at[1].taps;
    job j = {.p = p, .boxes = cut_lines(p->N, &p->x), .taps = taps};

    if (taps == 0 || j.boxes.count == 0 || !boxes_fit(&j.boxes, &p->x, PATCH))
        return false;
    size_t windows = p->N * (size_t)p->x.at[0].out * (size_t)p->x.at[1].out;
    double cost =
        (double)p->rows * (double)taps * (double)windows / (2.0 * LANES);
    tg_parallel(j.boxes.count, 1, cost, put_boxes, &j);
    return true;
}
