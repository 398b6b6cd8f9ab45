/* Panels: a part of an image's taps, laid out for tile.h.
 *
 * A panel has a row for each tap (channel c, tap t of the rows, tap u of the
 * columns, u the fastest) and a column for each window, of all images one after
 * the other. It is small enough for the first cache. */
#ifndef TINYGRAD_PANEL_H
#define TINYGRAD_PANEL_H

#include "squares.h"
#include "tile.h"

enum { PANEL_BYTES = 24 * 1024 };

/* Along one axis, tap t of window i lies at i step + first + t tap. */
typedef struct axis {
    ptrdiff_t in, out, taps;
    ptrdiff_t step, first, tap;
} axis;

static inline axis forward_axis(const tg_windows2d *at, int d)
{
    return (axis){.in = (ptrdiff_t)at->in[d],
                  .out = (ptrdiff_t)at->out[d],
                  .taps = (ptrdiff_t)at->kernel[d],
                  .step = (ptrdiff_t)at->stride[d],
                  .first = -(ptrdiff_t)at->padding[d],
                  .tap = (ptrdiff_t)at->dilation[d]};
}

typedef struct images {
    axis at[2];
    const real *x, *end;            /* nothing is read from the end on */
    ptrdiff_t image, channel, line; /* from one to the next */
} images;

/* Neighbouring windows in one line of results. */
typedef struct run {
    const real *x;  /* the image */
    ptrdiff_t i, j; /* where the first tap of the first window lies */
    ptrdiff_t y;    /* where the results go */
    size_t at, length;
} run;

/* Where results go, from one to the next. */
typedef struct places {
    ptrdiff_t image, step[2];
} places;

/* Splits `count` windows from number `first` on into runs. */
static inline size_t find_runs(const images *m, const places *y, size_t first,
                               size_t count, run *runs)
{
    const axis *rows = &m->at[0], *columns = &m->at[1];
    ptrdiff_t j = (ptrdiff_t)first % columns->out;
    ptrdiff_t i = (ptrdiff_t)first / columns->out % rows->out;
    ptrdiff_t n = (ptrdiff_t)first / columns->out / rows->out;
    size_t n_runs = 0;

    for (size_t at = 0; at < count; j = 0) {
        size_t left = count - at, line = (size_t)(columns->out - j);
        size_t length = line < left ? line : left;
        runs[n_runs++] = (run){m->x + n * m->image,
                               i * rows->step + rows->first,
                               j * columns->step + columns->first,
                               n * y->image + i * y->step[0] + j * y->step[1],
                               at,
                               length};
        at += length;
        if (++i == rows->out) {
            i = 0;
            n++;
        }
    }
    return n_runs;
}

/* Copies n numbers, step apart. Whole vectors are written: what lies behind
 * `to` is yet to come. */
static inline void copy_line(real *to, const real *from, ptrdiff_t step,
                             size_t n, const real *end)
{
    size_t room = (n + LANES - 1) / LANES * LANES * (size_t)step;

    if (step > 2 || room > (size_t)(end - from))
        for (size_t l = 0; l < n; l++)
            to[l] = from[(ptrdiff_t)l * step];
    else if (step == 1)
        for (size_t l = 0; l < n; l += LANES)
            store(to + l, load(from + l));
    else
        for (size_t l = 0; l < n; l += LANES)
            store(to + l, every_second(load(from + 2 * l),
                                       load(from + 2 * l + LANES), 0));
}

static inline void clear_line(real *to, size_t n)
{
    for (size_t l = 0; l < n; l += LANES)
        store(to + l, (vec){0});
}

/* How many of the n numbers at j, j + step, ... lie before `bound`. */
static inline size_t count_before(ptrdiff_t bound, ptrdiff_t j, ptrdiff_t step,
                                  size_t n)
{
    if (j >= bound)
        return 0;
    size_t count = (size_t)((bound - j + step - 1) / step);
    return count < n ? count : n;
}

/* Windows of one run at one tap: line is the row of the image, j the column of
 * the first. */
static inline void fill_run(real *to, const images *m, const real *line,
                            ptrdiff_t j, size_t n)
{
    ptrdiff_t step = m->at[1].step, in = m->at[1].in;
    size_t low = 0, high = n;

    if (j < 0)
        low = count_before(0, j, step, n);
    if (j + (ptrdiff_t)(n - 1) * step >= in)
        high = count_before(in, j, step, n);
    clear_line(to, low);
    if (low < high)
        copy_line(to + low, line + (j + (ptrdiff_t)low * step), step,
                  high - low, m->end);
    clear_line(to + high, n - high);
}

/* Fills rows [first, last) of a panel whose rows are PANEL numbers apart, of
 * which there must be a vector more than the panel has. */
static inline void fill_panel(real *panel, const images *m, const run *runs,
                              size_t n_runs, size_t first, size_t last)
{
    const axis *rows = &m->at[0], *columns = &m->at[1];
    ptrdiff_t u = (ptrdiff_t)first % columns->taps;
    ptrdiff_t t = (ptrdiff_t)first / columns->taps % rows->taps;
    ptrdiff_t c = (ptrdiff_t)first / columns->taps / rows->taps;

    for (size_t k = first; k < last; k++, panel += PANEL) {
        for (const run *r = runs; r < runs + n_runs; r++) {
            ptrdiff_t i = r->i + t * rows->tap;
            if (i < 0 || i >= rows->in)
                clear_line(panel + r->at, r->length);
            else
                fill_run(panel + r->at, m, r->x + c * m->channel + i * m->line,
                         r->j + u * columns->tap, r->length);
        }
        if (++u < columns->taps)
            continue;
        u = 0;
        if (++t == rows->taps) {
            t = 0;
            c++;
        }
    }
}

#endif
