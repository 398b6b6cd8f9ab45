/* Areas of results, tile by tile. Tiles whose taps do not all lie on the image
 * take them from a copy with zeros around it. */
#include "corr2d_tile.h"

ALWAYS_INLINE void add_products(int columns, const vec *x, real k, vec *sums)
{
    sums[0] += x[0] * k;
    if (columns > 1)
        sums[1] += x[1] * k;
    if (columns > 2)
        sums[2] += x[2] * k;
}

/* Image row i, which meets rows [first, last) of the results. */
ALWAYS_INLINE void add_row(int first, int last, int columns, const tap_block *t,
                           const image_rows *in, size_t i,
                           vec sums[MOST_ROWS][COLUMNS])
{
    if (i < in->first || i >= in->last)
        return;
    const real *x = in->x + (i - in->first) * in->step;
    const real *k = t->k + i - first;

    UNROLL_TWICE
    for (size_t b = 0; b < t->w; b++, k += t->h) {
        vec v[COLUMNS] = {load(x + b)};
        if (columns > 1)
            v[1] = load(x + b + LANES);
        if (columns > 2)
            v[2] = load(x + b + 2 * LANES);
#define ADD_TO_ROW(r)                                                          \
    if (first <= r && r < last)                                                \
        add_products(columns, v, k[first - r], sums[r]);
        EACH_ROW(ADD_TO_ROW)
    }
}

/* The first image rows do not meet the last results, nor the last the first. */
ALWAYS_INLINE void add_taps(int n, int columns, const tap_block *t,
                            const image_rows *in, vec sums[MOST_ROWS][COLUMNS])
{
#define ADD_ABOVE(r)                                                           \
    if (r < n - 1)                                                             \
        add_row(0, r + 1, columns, t, in, r, sums);
    EACH_ROW(ADD_ABOVE)
    for (size_t i = (size_t)n - 1; i < t->h; i++)
        add_row(0, n, columns, t, in, i, sums);
#define ADD_BELOW(r)                                                           \
    if (0 < r && r < n)                                                        \
        add_row(r, n, columns, t, in, t->h - 1 + r, sums);
    EACH_ROW(ADD_BELOW)
}

ALWAYS_INLINE void put(vec sum, real *y, bool add)
{
    store(y, add ? load(y) + sum : sum);
}

ALWAYS_INLINE void put_row(int columns, const vec *sums, real *y, bool add)
{
    put(sums[0], y, add);
    if (columns > 1)
        put(sums[1], y + LANES, add);
    if (columns > 2)
        put(sums[2], y + 2 * LANES, add);
}

ALWAYS_INLINE void run_tile(int n, int columns, const tap_block *t,
                            const image_rows *in, real *y, size_t y_row,
                            bool add)
{
    vec sums[MOST_ROWS][COLUMNS] = {0};

    add_taps(n, columns, t, in, sums);
#define PUT_ROW(r)                                                             \
    if (r < n)                                                                 \
        put_row(columns, sums[r], y + r * y_row, add);
    EACH_ROW(PUT_ROW)
}

#define TILE(n)                                                                \
    static void wide_##n(const tap_block *t, const image_rows *in, real *y,    \
                         size_t y_row, bool add)                               \
    {                                                                          \
        run_tile(n, COLUMNS, t, in, y, y_row, add);                            \
    }                                                                          \
    static void narrow_##n(const tap_block *t, const image_rows *in, real *y,  \
                           size_t y_row, bool add)                             \
    {                                                                          \
        run_tile(n, 1, t, in, y, y_row, add);                                  \
    }

TILE(1)
TILE(2)
TILE(3)
TILE(4)
#if TG_VECTOR == 64
TILE(5)
TILE(6)
TILE(7)
TILE(8)
static tile *const wide[] = {wide_1, wide_2, wide_3, wide_4,
                             wide_5, wide_6, wide_7, wide_8};
static tile *const narrow[] = {narrow_1, narrow_2, narrow_3, narrow_4,
                               narrow_5, narrow_6, narrow_7, narrow_8};
#else
static tile *const wide[] = {wide_1, wide_2, wide_3, wide_4};
static tile *const narrow[] = {narrow_1, narrow_2, narrow_3, narrow_4};
#endif

/* ---- strips: as many rows of results as a tile has */

typedef struct strip {
    const tap_block *t;
    const image *x;
    size_t i, n_rows; /* of the results */
    size_t n;         /* results in a row */
    real *y;          /* the first one */
    bool add;
    bool next; /* another whole strip follows */
} strip;

/* The image rows that the strip meets, from a column on. */
static image_rows rows_of(const strip *s, size_t column)
{
    const image *x = s->x;
    ptrdiff_t top = (ptrdiff_t)s->i + x->row;
    ptrdiff_t first = top < 0 ? -top : 0;
    ptrdiff_t last = (ptrdiff_t)(s->n_rows + s->t->h) - 1;

    if (last > (ptrdiff_t)x->H - top)
        last = (ptrdiff_t)x->H - top;
    if (first >= last)
        return (image_rows){x->x, x->W, 0, 0};
    return (image_rows){x->x + (size_t)(top + first) * x->W + column, x->W,
                        (size_t)first, (size_t)last};
}

/* What the next strip's tile here will meet is fetched while this one is
 * computed: prefetching hardware that follows rows would not know of it. */
static inline void prefetch_below(const strip *s, const image_rows *in, real *y)
{
    const real *x = in->x + (in->last - in->first) * in->step;

    for (size_t r = 0; r < s->n_rows; r++)
        for (int c = 0; c < COLUMNS; c++) {
            __builtin_prefetch(x + r * in->step + c * LANES, 0, 2);
            __builtin_prefetch(y + (s->n_rows + r) * s->n + c * LANES, 1, 2);
        }
}

/* The same rows with zeros outside of the image, from column `left` on. */
static image_rows pad(const strip *s, ptrdiff_t left, size_t width,
                      real *padded)
{
    size_t before = left < 0 ? (size_t)-left : 0;
    size_t column = left < 0 ? 0 : (size_t)left, there = 0;

    if (column < s->x->W && before < width)
        there = width - before;
    if (there > s->x->W - column)
        there = s->x->W - column;
    image_rows in = rows_of(s, there > 0 ? column : 0);
    memset(padded, 0, (in.last - in.first) * width * sizeof *padded);
    for (size_t i = 0; i < in.last - in.first; i++)
        memcpy(padded + i * width + before, in.x + i * in.step,
               there * sizeof *padded);
    return (image_rows){padded, width, in.first, in.last};
}

/* n results, no more than a vector, whose taps may lie outside. */
static void run_edge(const strip *s, size_t j, size_t n)
{
    enum { MOST = 2 * MOST_TAPS + (MOST_TAP_ROWS + MOST_ROWS) * LANES };
    real padded[MOST], y[MOST_ROWS * LANES];
    image_rows in =
        pad(s, (ptrdiff_t)j + s->x->column, LANES - 1 + s->t->w, padded);

    for (size_t r = 0; s->add && r < s->n_rows; r++)
        memcpy(y + r * LANES, s->y + r * s->n + j, n * sizeof *y);
    narrow[s->n_rows - 1](s->t, &in, y, LANES, s->add);
    for (size_t r = 0; r < s->n_rows; r++)
        memcpy(s->y + r * s->n + j, y + r * LANES, n * sizeof *y);
}

/* How many results from column j on have all their taps on the image. */
static size_t count_inside(const strip *s, size_t j)
{
    ptrdiff_t first = (ptrdiff_t)j + s->x->column;
    ptrdiff_t count = (ptrdiff_t)s->x->W - (ptrdiff_t)s->t->w + 1 - first;

    if (first < 0 || count < 0)
        return 0;
    return smaller((size_t)count, s->n - j);
}

/* How many come before those, or after them. */
static size_t count_outside(const strip *s, size_t j)
{
    ptrdiff_t first = (ptrdiff_t)j + s->x->column;

    return smaller(first < 0 ? (size_t)-first : s->n - j, s->n - j);
}

/* Computes some results from column j on; returns how many. */
static size_t run_step(const strip *s, size_t j)
{
    size_t inside = count_inside(s, j);
    bool is_wide = inside >= COLUMNS * LANES;

    if (inside < LANES) {
        size_t n = smaller(count_outside(s, j), LANES);
        run_edge(s, j, n);
        return n;
    }
    image_rows in = rows_of(s, (size_t)((ptrdiff_t)j + s->x->column));
    if (s->next && is_wide)
        prefetch_below(s, &in, s->y + j);
    tile *const *tiles = is_wide ? wide : narrow;
    tiles[s->n_rows - 1](s->t, &in, s->y + j, s->n, s->add);
    return is_wide ? COLUMNS * LANES : LANES;
}

static void run_block(const tap_block *t, const image *x, size_t first,
                      size_t last, size_t n, real *y, bool add)
{
    size_t most = t->h < ROWS ? t->h : ROWS, n_rows;

    for (size_t i = first; i < last; i += n_rows) {
        n_rows = last - i < most ? last - i : most;
        ptrdiff_t below = (ptrdiff_t)(i + t->h - 1 + 2 * n_rows) + x->row;
        bool next = i + 2 * n_rows <= last && below <= (ptrdiff_t)x->H;
        strip s = {t, x, i, n_rows, n, y + i * n, add, next};
        for (size_t j = 0; j < n;)
            j += run_step(&s, j);
    }
}

/* ---- blocks of taps */

static void pack(const kernel2d *k, size_t a, size_t b, tap_block *t)
{
    for (size_t v = 0; v < t->w; v++)
        for (size_t u = 0; u < t->h; u++)
            t->k[v * t->h + u] = k->k[(ptrdiff_t)(a + u) * k->row +
                                      (ptrdiff_t)(b + v) * k->step];
}

void KERNEL(correlate)(const image *x, const kernel2d *k, size_t first,
                       size_t last, size_t n, real *y)
{
    size_t across = 1 + (k->w - 1) / (MOST_TAPS / ROWS);
    size_t most = MOST_TAPS / (1 + (k->w - 1) / across);
    size_t down = 1 + (k->h - 1) / smaller(most, MOST_TAP_ROWS);

    for (size_t i = 0; i < down; i++)
        for (size_t j = 0; j < across; j++) {
            size_t a = cut(k->h, down, i), b = cut(k->w, across, j);
            tap_block t = {.h = cut(k->h, down, i + 1) - a,
                           .w = cut(k->w, across, j + 1) - b};
            image moved = {x->x, x->H, x->W, x->row + (ptrdiff_t)a,
                           x->column + (ptrdiff_t)b};
            pack(k, a, b, &t);
            run_block(&t, &moved, first, last, n, y, i + j > 0);
        }
}
