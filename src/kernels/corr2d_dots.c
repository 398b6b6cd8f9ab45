/* Cross-correlations of few results, each a long dot product, such as the
 * gradient of a small kernel:
 *
 *     y[a][b] = sum_ij x[i + a][j + b] k[i][j]
 *
 * A tile of rows x columns results is held in registers while image and kernel
 * pass by once. Row p of the image meets row p - a of the kernel. */
#include "corr2d_tile.h"

#include "parallel.h"
#include "vectors.h"

enum {
    PATCH = 32,      /* columns of results that share a pass over the memory */
    BANDS = 16,      /* of image rows, each with sums of its own */
    BAND_ROWS = 64,  /* at least */
    MOST_SUMS = 512, /* a lane adds before it begins anew */
    BLOCK = 2048 / sizeof(real), /* columns at a time */
    PACKED = 48 * 1024 / sizeof(real),
    MANY = 6 /* columns of results, for which packing pays */
};

/* Rows of the image and the kernel's rows that result row 0 meets there, both
 * from the columns of result column 0 on: n of the kernel's. */
typedef struct stretch {
    const real *x, *k;
    size_t x_row, k_row, n_rows, n;
} stretch;

/* The lanes of the last vector that the one before it does not have. */
static inline mask last_lanes(size_t n)
{
    mask m;

    for (int l = 0; l < LANES; l++)
        m[l] = (size_t)(LANES - l) <= n % LANES ? -1 : 0;
    return m;
}

ALWAYS_INLINE void add_products(int columns, const vec *x, vec k, vec *sums)
{
    sums[0] += x[0] * k;
    if (columns > 1)
        sums[1] += x[1] * k;
    if (columns > 2)
        sums[2] += x[2] * k;
}

/* A vector of the kernel's rows and what it meets in one row of the image; of
 * the last vector only the lanes m. */
ALWAYS_INLINE void add_vector(int rows, int columns, const stretch *s,
                              const real *x, const real *k, const mask *m,
                              vec sums[MOST_ROWS][COLUMNS])
{
    vec v[COLUMNS] = {load(x)};
    if (columns > 1)
        v[1] = load(x + 1);
    if (columns > 2)
        v[2] = load(x + 2);
    if (m != NULL)
        for (int c = 0; c < columns; c++)
            v[c] = keep(*m, v[c]);
#define ADD_TO_ROW(r)                                                          \
    if (r < rows) {                                                            \
        vec u = load(k - r * s->k_row);                                        \
        add_products(columns, v, m != NULL ? keep(*m, u) : u, sums[r]);        \
    }
    EACH_ROW(ADD_TO_ROW)
}

static inline double sum_wide(const vec *sums)
{
    const real *p = (const real *)sums;
    wide w = widen(p);
    double half[WIDE];

    for (int l = WIDE; l < LANES; l += WIDE)
        w += widen(p + l);
    memcpy(half, &w, sizeof w);
    for (int n = WIDE / 2; n > 0; n /= 2)
        for (int l = 0; l < n; l++)
            half[l] += half[l + n];
    return half[0];
}

/* Not for each shape of a tile anew: most of its code would be this. */
static __attribute__((noinline)) void
add_to_totals(int rows, int columns, vec sums[MOST_ROWS][COLUMNS],
              double *totals)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < columns; c++)
            totals[r * PATCH + c] += sum_wide(&sums[r][c]);
}

/* Fetches the columns to the right meanwhile, which are next. */
ALWAYS_INLINE void add_stretch(int rows, int columns, const stretch *s,
                               double *totals)
{
    vec sums[MOST_ROWS][COLUMNS] = {0}, done[MOST_ROWS][COLUMNS];
    mask m = last_lanes(s->n);

    for (size_t p = 0; p < s->n_rows; p++) {
        const real *x = s->x + p * s->x_row, *k = s->k + p * s->k_row;
        UNROLL_TWICE
        for (size_t j = 0; j + LANES <= s->n; j += LANES) {
            __builtin_prefetch(x + j + BLOCK, 0, 2);
            __builtin_prefetch(k + j + BLOCK, 0, 2);
            add_vector(rows, columns, s, x + j, k + j, NULL, sums);
        }
        if (s->n % LANES != 0)
            add_vector(rows, columns, s, x + s->n - LANES, k + s->n - LANES, &m,
                       sums);
    }
#define KEEP_ROW(r)                                                            \
    if (r < rows) {                                                            \
        done[r][0] = sums[r][0];                                               \
        if (columns > 1)                                                       \
            done[r][1] = sums[r][1];                                           \
        if (columns > 2)                                                       \
            done[r][2] = sums[r][2];                                           \
    }
    EACH_ROW(KEEP_ROW)
    add_to_totals(rows, columns, done, totals);
}

typedef void tile_of_dots(const stretch *s, double *totals);

#define DOTS(rows, columns)                                                    \
    static void dots_##rows##_##columns(const stretch *s, double *totals)      \
    {                                                                          \
        add_stretch(rows, columns, s, totals);                                 \
    }
#define EACH_WIDTH(rows) DOTS(rows, 1) DOTS(rows, 2) DOTS(rows, 3)
#define NAMES(rows)                                                            \
    {                                                                          \
        dots_##rows##_1, dots_##rows##_2, dots_##rows##_3                      \
    }

EACH_WIDTH(1)
EACH_WIDTH(2)
EACH_WIDTH(3)
EACH_WIDTH(4)
#if TG_VECTOR == 64
EACH_WIDTH(5)
EACH_WIDTH(6)
EACH_WIDTH(7)
EACH_WIDTH(8)
static tile_of_dots *const dots[][COLUMNS] = {NAMES(1), NAMES(2), NAMES(3),
                                              NAMES(4), NAMES(5), NAMES(6),
                                              NAMES(7), NAMES(8)};
#else
static tile_of_dots *const dots[][COLUMNS] = {NAMES(1), NAMES(2), NAMES(3),
                                              NAMES(4)};
#endif

/* Rows shorter than a vector. */
static void add_short(size_t rows, size_t columns, const stretch *s,
                      double *totals)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++)
            for (size_t p = 0; p < s->n_rows; p++)
                for (size_t j = 0; j < s->n; j++)
                    totals[r * PATCH + c] +=
                        (double)s->x[p * s->x_row + c + j] *
                        (double)s->k[p * s->k_row - r * s->k_row + j];
}

static void add_tiles(size_t rows, size_t columns, const stretch *s,
                      double *totals)
{
    size_t pieces = (columns + COLUMNS - 1) / COLUMNS;

    for (size_t i = 0; i < pieces; i++) {
        size_t c = cut(columns, pieces, i);
        size_t n = cut(columns, pieces, i + 1) - c;
        stretch moved = *s;
        moved.x += c;
        if (s->n < LANES)
            add_short(rows, n, &moved, totals + c);
        else
            dots[rows - 1][n - 1](&moved, totals + c);
    }
}

/* ---- patches of results */

typedef struct patch {
    const real *x, *k; /* what result (0, 0) meets */
    size_t W, h, w;
    size_t rows, columns;                /* of results */
    size_t bands, last;                  /* rows of the image */
    double (*totals)[MOST_ROWS * PATCH]; /* for each band */
} patch;

/* The kernel's rows, vector by vector in lines of the cache: a load that takes
 * part of two counts twice, which one of 64 bytes does unless it is a line. */
static void pack_rows(stretch *s, size_t rows, real *to)
{
    size_t pitch = (s->n + LANES - 1) / LANES * LANES;
    const real *k = s->k - (rows - 1) * s->k_row;

    if ((s->n_rows + rows - 1) * pitch > PACKED)
        return;
    for (size_t i = 0; i < s->n_rows + rows - 1; i++)
        memcpy(to + i * pitch, k + i * s->k_row, s->n * sizeof *to);
    s->k = to + (rows - 1) * pitch;
    s->k_row = pitch;
}

/* Adds rows [first, last) of the image for `rows` rows of results from r on,
 * all of which meet them. */
static void add_rows(const patch *t, size_t first, size_t last, size_t r,
                     size_t rows, double *totals)
{
    size_t width = t->w < BLOCK ? t->w : BLOCK, n_rows;
    size_t most = MOST_SUMS * LANES / width;
    real packed[PACKED] __attribute__((aligned(64)));

    for (size_t p = first; p < last; p += n_rows) {
        n_rows = last - p < most ? last - p : most;
        for (size_t j = 0; j < t->w; j += width) {
            size_t n = t->w - j < width ? t->w - j : width;
            stretch s = {t->x + p * t->W + j,
                         t->k + (p - r) * t->w + j,
                         t->W,
                         t->w,
                         n_rows,
                         n};
            if (TG_VECTOR == 64 && t->columns >= MANY)
                pack_rows(&s, rows, packed);
            add_tiles(rows, t->columns, &s, totals + r * PATCH);
        }
    }
}

/* Rows [first, last) of the image: those that all rows of the patch meet are
 * added for all at once. */
static void add_band(const patch *t, size_t first, size_t last, double *totals)
{
    size_t begin = t->rows - 1, end = larger(t->h, begin);

    memset(totals, 0, MOST_ROWS * PATCH * sizeof *totals);
    add_rows(t, larger(first, begin), smaller(last, end), 0, t->rows, totals);
    for (size_t r = 0; r < t->rows; r++) {
        add_rows(t, larger(first, r), smaller(last, smaller(begin, r + t->h)),
                 r, 1, totals);
        add_rows(t, larger(first, end), smaller(last, r + t->h), r, 1, totals);
    }
}

static void some_bands(void *loop, size_t first, size_t last)
{
    const patch *t = loop;

    for (size_t i = first; i < last; i++)
        add_band(t, cut(t->last, t->bands, i), cut(t->last, t->bands, i + 1),
                 t->totals[i]);
}

/* The bands' sums are added in order, whichever threads made them. */
static void run_patch(patch *t, real *y, size_t y_row)
{
    double totals[BANDS][MOST_ROWS * PATCH];

    t->totals = totals;
    tg_parallel(t->bands, 1, products_cost(t->rows * t->columns, t->h * t->w),
                some_bands, t);
    for (size_t r = 0; r < t->rows; r++)
        for (size_t c = 0; c < t->columns; c++) {
            double sum = 0;
            for (size_t i = 0; i < t->bands; i++)
                sum += totals[i][r * PATCH + c];
            y[r * y_row + c] = (real)sum;
        }
}

void KERNEL(corr2d_dots)(size_t H, size_t W, size_t h, size_t w, const real *x,
                         const real *k, real *y)
{
    size_t m = H - h + 1, n = W - w + 1;
    size_t down = (m + ROWS - 1) / ROWS, across = (n + PATCH - 1) / PATCH;

    for (size_t i = 0; i < down; i++)
        for (size_t j = 0; j < across; j++) {
            size_t a = cut(m, down, i), b = cut(n, across, j);
            patch t = {.x = x + a * W + b,
                       .k = k,
                       .W = W,
                       .h = h,
                       .w = w,
                       .rows = cut(m, down, i + 1) - a,
                       .columns = cut(n, across, j + 1) - b};
            t.last = h + t.rows - 1;
            t.bands = smaller(BANDS, 1 + t.last / BAND_ROWS);
            run_patch(&t, y + a * n + b, n);
        }
}
