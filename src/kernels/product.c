#include "product.h"

enum { DEPTH = PANEL_BYTES / (PANEL * (int)sizeof(real)) };

/* One panel and where its results go. */
typedef struct part {
    real panel[DEPTH * PANEL + LANES] __attribute__((aligned(64)));
    ptrdiff_t offset[DEPTH];
    run runs[PANEL];
    size_t n_runs, count, depth;
    bool first;    /* of the parts that a result is the sum of */
    bool in_order; /* results lie one behind the other, in whole vectors */
} part;

static void set_offsets(part *a, const product *p, size_t first)
{
    size_t T = (size_t)p->x.at[0].taps, U = (size_t)p->x.at[1].taps;

    for (size_t k = 0; k < a->depth; k++) {
        size_t u = (first + k) % U, t = (first + k) / U % T,
               c = (first + k) / U / T;
        a->offset[k] = (ptrdiff_t)c * p->w_channel +
                       (ptrdiff_t)t * p->w_tap[0] + (ptrdiff_t)u * p->w_tap[1];
    }
}

static void put_runs(const product *p, const part *a, real start,
                     const real *sums, real *y)
{
    ptrdiff_t step = p->at.step[1];

    for (size_t r = 0; r < a->n_runs; r++) {
        real *to = y + a->runs[r].y;
        const real *from = sums + a->runs[r].at;
        for (size_t l = 0; l < a->runs[r].length; l++, to += step)
            *to = (a->first ? start : *to) + from[l];
    }
}

ALWAYS_INLINE void put_row(int columns, const product *p, const part *a,
                           size_t row, const vec *sums)
{
    real start = p->b != NULL ? p->b[row] : 0;
    real *y = p->y + (ptrdiff_t)row * p->y_row, line[PANEL];

    if (a->in_order) {
        y += a->runs[0].y;
        for (int c = 0; c < columns; c++, y += LANES)
            store(y, a->first ? sums[c] + start : load(y) + sums[c]);
        return;
    }
    for (int c = 0; c < columns; c++)
        store(line + c * LANES, sums[c]);
    put_runs(p, a, start, line, y);
}

ALWAYS_INLINE void put_tile(int rows, int columns, const product *p,
                            const part *a, size_t row)
{
    vec sums[MOST_ROWS][MOST_COLUMNS] = {0};
    factors f = {.offset = a->offset,
                 .depth = a->depth,
                 .panel = a->panel,
                 .pitch = PANEL};

    for (int r = 0; r < rows; r++)
        f.x[r] = p->w + ((ptrdiff_t)row + r) * p->w_row;
    multiply(rows, columns, &f, sums);
    for (int r = 0; r < rows; r++)
        put_row(columns, p, a, row + (size_t)r, sums[r]);
}

ALWAYS_INLINE void put_rows(int columns, const product *p, const part *a)
{
    size_t row = 0;

    for (; row + ROWS <= p->rows; row += ROWS)
        put_tile(ROWS, columns, p, a, row);
    if (ROWS > 4 && row + 4 <= p->rows) {
        put_tile(4, columns, p, a, row);
        row += 4;
    }
    if (row + 2 <= p->rows) {
        put_tile(2, columns, p, a, row);
        row += 2;
    }
    if (row < p->rows)
        put_tile(1, columns, p, a, row);
}

static void put_part(const product *p, const part *a)
{
    if (a->count > 2 * LANES)
        put_rows(3, p, a);
    else if (a->count > LANES)
        put_rows(2, p, a);
    else
        put_rows(1, p, a);
}

/* The results one behind the other are those of one image. */
static bool are_in_order(const product *p, const part *a)
{
    return a->count % LANES == 0 && p->at.step[1] == 1 &&
           p->at.step[0] == p->x.at[1].out &&
           a->runs[0].x == a->runs[a->n_runs - 1].x;
}

/* Up to PANEL windows, over all taps. */
static void put_windows(const product *p, part *a, size_t first)
{
    size_t taps =
        p->channels * (size_t)p->x.at[0].taps * (size_t)p->x.at[1].taps;
    size_t k = 0;

    a->n_runs = find_runs(&p->x, &p->at, first, a->count, a->runs);
    a->in_order = are_in_order(p, a);
    do {
        a->depth = taps - k < DEPTH ? taps - k : DEPTH;
        a->first = k == 0;
        set_offsets(a, p, k);
        if (a->depth > 0)
            fill_panel(a->panel, &p->x, a->runs, a->n_runs, k, k + a->depth);
        put_part(p, a);
        k += a->depth;
    } while (k < taps);
}

/* Windows of one tap that follow one another line by line are one line. */
static void join_lines(product *p)
{
    axis *rows = &p->x.at[0], *columns = &p->x.at[1];

    for (int d = 0; d < 2; d++)
        if (p->x.at[d].taps != 1 || p->x.at[d].step != 1 ||
            p->x.at[d].first != 0 || p->x.at[d].in != p->x.at[d].out)
            return;
    if (p->at.step[0] != columns->out * p->at.step[1])
        return;
    columns->in = columns->out = rows->in * columns->in;
    rows->in = rows->out = 1;
    p->at.step[0] *= columns->in;
}

void KERNEL(run_product)(product p, real *room)
{
    part a;

    join_lines(&p);
    if (KERNEL(run_channels)(&p, room) || KERNEL(run_lines)(&p))
        return;
    size_t windows = p.N * (size_t)p.x.at[0].out * (size_t)p.x.at[1].out;
    for (size_t first = 0; first < windows; first += PANEL) {
        a.count = windows - first < PANEL ? windows - first : PANEL;
        put_windows(&p, &a, first);
    }
}
