/* Correlations in which the lanes of a vector are taps: panels have a row for
 * each window and a column for each tap (c, t, u).
 *
 * Sums over so many windows are taken in three steps: in registers over the
 * windows of a panel, next to the panel over GROUP panels, then in dw. */
#include "correlation.h"

enum {
    WINDOWS = 64 * 64 * 3 / (PANEL * (int)sizeof(real)),
    ROWS_AT_ONCE = 64,
    GROUP = 64
};

/* Taps that lie side by side: `length` of them from (c, t, u) on, which go to
 * column `at` of the panel; `from` is where they lie from the first tap. */
typedef struct segment {
    ptrdiff_t from, c, t, u;
    size_t at, length;
} segment;

typedef struct part {
    real panel[WINDOWS * PANEL] __attribute__((aligned(64)));
    real sums[ROWS_AT_ONCE * PANEL] __attribute__((aligned(64)));
    ptrdiff_t offset[WINDOWS];
    segment segments[PANEL];
    run runs[WINDOWS];
    size_t depth, taps, n_segments, row, rows;
    ptrdiff_t reach; /* of the last segment's last tap, from the first tap */
} part;

static void find_segments(part *a, const images *x, size_t tap)
{
    size_t U = (size_t)x->at[1].taps, T = (size_t)x->at[0].taps;

    a->n_segments = 0;
    for (size_t at = 0; at < a->taps;) {
        size_t u = (tap + at) % U, left = a->taps - at;
        segment s = {.c = (ptrdiff_t)((tap + at) / U / T),
                     .t = (ptrdiff_t)((tap + at) / U % T),
                     .u = (ptrdiff_t)u,
                     .at = at,
                     .length = U - u < left ? U - u : left};
        s.from = s.c * x->channel + s.t * x->at[0].tap * x->line +
                 s.u * x->at[1].tap;
        a->segments[a->n_segments++] = s;
        at += s.length;
    }
    const segment *last = &a->segments[a->n_segments - 1];
    a->reach = last->from + (ptrdiff_t)(last->length - 1) * x->at[1].tap;
}

/* ---- panels */

/* Some windows of one line that have all taps on the image. */
typedef struct inner {
    const real *x; /* first tap of the first window */
    size_t count;
    real *to;
} inner;

/* Numbers are moved by fours; those behind a segment are yet to come. */
enum { FEW = 4 };
typedef real few __attribute__((vector_size(FEW * sizeof(real))));

static inline void copy_few(const inner *w, ptrdiff_t step, ptrdiff_t from,
                            size_t at)
{
    const real *x = w->x + from;
    real *to = w->to + at;

    for (size_t l = 0; l < w->count; l++, x += step, to += PANEL) {
        few v;
        memcpy(&v, x, sizeof v);
        memcpy(to, &v, sizeof v);
    }
}

static inline void copy_one(const inner *w, ptrdiff_t step, ptrdiff_t from,
                            size_t at)
{
    const real *x = w->x + from;
    real *to = w->to + at;

    for (size_t l = 0; l < w->count; l++, x += step, to += PANEL)
        *to = *x;
}

static void fill_inner(const part *a, const images *m, const inner *w)
{
    ptrdiff_t step = m->at[1].step, tap = m->at[1].tap;
    const real *last = w->x + (ptrdiff_t)(w->count - 1) * step + a->reach;
    bool few_fit = tap == 1 && m->end - last > FEW;

    for (const segment *s = a->segments; s < a->segments + a->n_segments; s++) {
        size_t k = 0;
        for (; few_fit && s->length > 1 && k < s->length &&
               s->at + k + FEW <= PANEL;
             k += FEW)
            copy_few(w, step, s->from + (ptrdiff_t)k, s->at + k);
        for (; k < s->length; k++)
            copy_one(w, step, s->from + (ptrdiff_t)k * tap, s->at + k);
    }
}

/* One window at (i, j) some of whose taps lie outside. */
static void fill_outer(const part *a, const images *m, const run *r,
                       ptrdiff_t j, real *to)
{
    for (const segment *s = a->segments; s < a->segments + a->n_segments; s++) {
        ptrdiff_t row = r->i + s->t * m->at[0].tap;
        ptrdiff_t line = s->c * m->channel + row * m->line;
        for (size_t k = 0; k < s->length; k++) {
            ptrdiff_t at = j + (s->u + (ptrdiff_t)k) * m->at[1].tap;
            bool inside =
                row >= 0 && row < m->at[0].in && at >= 0 && at < m->at[1].in;
            to[s->at + k] = inside ? r->x[line + at] : 0;
        }
    }
}

/* The windows of a run: some at its ends may have taps outside. */
static void fill_run_rows(const part *a, const images *m, const run *r,
                          real *to)
{
    const axis *rows = &m->at[0], *columns = &m->at[1];
    ptrdiff_t reach = (columns->taps - 1) * columns->tap;
    bool inside = r->i >= 0 && r->i + (rows->taps - 1) * rows->tap < rows->in;
    size_t low = 0, high = 0;

    if (inside) {
        high =
            count_before(columns->in - reach, r->j, columns->step, r->length);
        low = r->j < 0 ? count_before(0, r->j, columns->step, high) : 0;
    }
    for (size_t l = 0; l < r->length; l++)
        if (l < low || l >= high)
            fill_outer(a, m, r, r->j + (ptrdiff_t)l * columns->step,
                       to + l * PANEL);
    ptrdiff_t first = r->j + (ptrdiff_t)low * columns->step;
    if (low < high)
        fill_inner(a, m,
                   &(inner){r->x + r->i * m->line + first, high - low,
                            to + low * PANEL});
}

static void fill_windows(part *a, const correlation *p, size_t window)
{
    size_t n = find_runs(&p->x, &p->y, window, a->depth, a->runs);
    ptrdiff_t *offset = a->offset;

    for (const run *r = a->runs; r < a->runs + n; r++) {
        fill_run_rows(a, &p->x, r, a->panel + r->at * PANEL);
        for (size_t l = 0; l < r->length; l++)
            *offset++ = r->y + (ptrdiff_t)l;
    }
}

/* ---- products */

ALWAYS_INLINE void add_tile(int rows, int columns, part *a,
                            const correlation *p, size_t row)
{
    vec sums[MOST_ROWS][MOST_COLUMNS] = {0};
    factors f = {.offset = a->offset,
                 .depth = a->depth,
                 .panel = a->panel,
                 .pitch = PANEL};
    real *to = a->sums + row * PANEL;

    for (int r = 0; r < rows; r++)
        f.x[r] = p->dy + ((ptrdiff_t)(a->row + row) + r) * p->dy_row;
    multiply(rows, columns, &f, sums);
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < columns; c++) {
            real *at = to + r * PANEL + c * LANES;
            store(at, load(at) + sums[r][c]);
        }
}

ALWAYS_INLINE void add_rows(int columns, part *a, const correlation *p)
{
    size_t row = 0;

    for (; row + ROWS <= a->rows; row += ROWS)
        add_tile(ROWS, columns, a, p, row);
    if (ROWS > 4 && row + 4 <= a->rows) {
        add_tile(4, columns, a, p, row);
        row += 4;
    }
    if (row + 2 <= a->rows) {
        add_tile(2, columns, a, p, row);
        row += 2;
    }
    if (row < a->rows)
        add_tile(1, columns, a, p, row);
}

static void add_part(part *a, const correlation *p)
{
    if (a->taps > 2 * LANES)
        add_rows(3, a, p);
    else if (a->taps > LANES)
        add_rows(2, a, p);
    else
        add_rows(1, a, p);
}

/* dw += sums, which are cleared. */
static void flush(part *a, const correlation *p, size_t tap, bool first)
{
    real *to = p->dw + a->row * p->taps + tap;

    for (size_t r = 0; r < a->rows; r++, to += p->taps)
        for (size_t k = 0; k < a->taps; k++)
            to[k] = (first ? 0 : to[k]) + a->sums[r * PANEL + k];
    memset(a->sums, 0, sizeof a->sums);
}

/* Some rows and up to PANEL taps, over all windows. */
static void put_taps(part *a, const correlation *p, size_t tap)
{
    size_t first = 0;

    do {
        size_t left = p->windows - first, group = GROUP * WINDOWS;
        size_t last = first + (left < group ? left : group);
        for (size_t w = first; w < last; w += a->depth) {
            a->depth = last - w < WINDOWS ? last - w : WINDOWS;
            fill_windows(a, p, w);
            add_part(a, p);
        }
        flush(a, p, tap, first == 0);
        first = last;
    } while (first < p->windows);
}

void KERNEL(correlate_taps)(const correlation *p)
{
    part a;

    memset(a.sums, 0, sizeof a.sums);
    for (size_t tap = 0; tap < p->taps; tap += PANEL) {
        a.taps = p->taps - tap < PANEL ? p->taps - tap : PANEL;
        find_segments(&a, &p->x, tap);
        for (a.row = 0; a.row < p->rows; a.row += ROWS_AT_ONCE) {
            size_t left = p->rows - a.row;
            a.rows = left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE;
            put_taps(&a, p, tap);
        }
    }
}
