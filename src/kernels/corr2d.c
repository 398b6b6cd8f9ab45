/* Two-dimensional cross-correlation and full convolution.
 *
 * Tiles of results are held in registers over the taps of the kernel, and the
 * image is read in rows. Where the kernel is the larger one (as when it is
 * itself a gradient, and the result the gradient of a small kernel), each
 * result is a long dot product, and several are summed in one pass. */
#include "kernel.h"

/* Where a tile's taps lie: x + a * row + b, with a and b counted downwards for
 * a convolution (row and column negative). */
typedef struct taps {
    const real *k;
    size_t first, last; /* rows of the kernel */
    size_t w;
    ptrdiff_t row, column;
} taps;

/* Sums over more taps than this begin anew, which keeps rounding small. */
enum { MANY_TAPS = 1024 };

static size_t rows_at_once(const taps *t)
{
    return t->w < MANY_TAPS ? MANY_TAPS / t->w : 1;
}

#define ROWS 4
#define COLUMNS 2

/* sums += x at the taps of kernel rows [first, last), rows x columns vectors.
 */
static inline __attribute__((always_inline)) void
add_taps(int rows, int columns, const taps *t, size_t first, size_t last,
         const real *x, size_t x_row, vec sums[ROWS][COLUMNS])
{
    for (size_t a = first; a < last; a++) {
        const real *at = x + (ptrdiff_t)a * t->row;
        const real *k = t->k + a * t->w;
        for (size_t b = 0; b < t->w; b++, at += t->column)
            for (int r = 0; r < rows; r++)
                for (int c = 0; c < columns; c++)
                    sums[r][c] +=
                        load(at + (size_t)r * x_row + c * LANES) * k[b];
    }
}

/* rows x columns vectors of results. */
static inline __attribute__((always_inline)) void
tile(int rows, int columns, const taps *t, const real *x, size_t x_row, real *y,
     size_t y_row)
{
    vec totals[ROWS][COLUMNS] = {0};
    size_t step = rows_at_once(t);

    for (size_t a = t->first; a < t->last; a += step) {
        size_t last = a + step < t->last ? a + step : t->last;
        vec sums[ROWS][COLUMNS] = {0};
        add_taps(rows, columns, t, a, last, x, x_row, sums);
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++)
                totals[r][c] += sums[r][c];
    }
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < columns; c++)
            store(y + (size_t)r * y_row + c * LANES, totals[r][c]);
}

static real single(const taps *t, const real *x)
{
    double sum = 0;

    for (size_t a = t->first; a < t->last; a++)
        for (size_t b = 0; b < t->w; b++)
            sum += (double)x[(ptrdiff_t)a * t->row + (ptrdiff_t)b * t->column] *
                   (double)t->k[a * t->w + b];
    return (real)sum;
}

/* Some rows of n results each. The last vector overlaps the one before it and
 * writes the same numbers again. */
static inline __attribute__((always_inline)) void strip(int rows, const taps *t,
                                                        size_t n, const real *x,
                                                        size_t x_row, real *y,
                                                        size_t y_row)
{
    size_t j = 0;

    for (; j + COLUMNS * LANES <= n; j += COLUMNS * LANES)
        tile(rows, COLUMNS, t, x + j, x_row, y + j, y_row);
    for (; j + LANES <= n; j += LANES)
        tile(rows, 1, t, x + j, x_row, y + j, y_row);
    if (j < n && n >= LANES) {
        j = n - LANES;
        tile(rows, 1, t, x + j, x_row, y + j, y_row);
        return;
    }
    for (; j < n; j++)
        for (size_t r = 0; r < (size_t)rows; r++)
            y[r * y_row + j] = single(t, x + r * x_row + j);
}

/* m x n results, x and y at the first one. */
static void area(const taps *t, size_t m, size_t n, const real *x, size_t x_row,
                 real *y, size_t y_row)
{
    size_t i = 0;

    for (; i + ROWS <= m; i += ROWS)
        strip(ROWS, t, n, x + i * x_row, x_row, y + i * y_row, y_row);
    for (; i < m; i++)
        strip(1, t, n, x + i * x_row, x_row, y + i * y_row, y_row);
}

/* ---- few results, many taps */

enum { DOTS = 4, DOT_BLOCK = 2048 };

/* sums[d] += x[d + j] k[j] over one row, vectors first. */
static inline __attribute__((always_inline)) void
add_dots(int dots, size_t w, const real *x, const real *k, vec *lanes,
         double *sums)
{
    size_t j = 0;

    for (; j + LANES <= w; j += LANES) {
        vec v = load(k + j);
        for (int d = 0; d < dots; d++)
            lanes[d] += load(x + j + d) * v;
    }
    for (; j < w; j++)
        for (int d = 0; d < dots; d++)
            sums[d] += (double)x[j + (size_t)d] * (double)k[j];
}

/* `dots` neighbouring results in one pass over the kernel. */
static inline __attribute__((always_inline)) void
dot_products(int dots, size_t W, size_t h, size_t w, const real *x,
             const real *k, real *y)
{
    double sums[DOTS] = {0};
    size_t step = w < DOT_BLOCK ? DOT_BLOCK / w : 1;

    for (size_t first = 0; first < h; first += step) {
        vec lanes[DOTS] = {0};
        size_t last = first + step < h ? first + step : h;
        for (size_t a = first; a < last; a++)
            add_dots(dots, w, x + a * W, k + a * w, lanes, sums);
        for (int d = 0; d < dots; d++)
            sums[d] += sum_lanes(lanes[d]);
    }
    for (int d = 0; d < dots; d++)
        y[d] = (real)sums[d];
}

static void few_results(size_t H, size_t W, size_t h, size_t w, const real *x,
                        const real *k, real *y)
{
    size_t m = H - h + 1, n = W - w + 1;

    for (size_t i = 0; i < m; i++) {
        size_t j = 0;
        for (; j + DOTS <= n; j += DOTS)
            dot_products(DOTS, W, h, w, x + i * W + j, k, y + i * n + j);
        for (; j < n; j++)
            dot_products(1, W, h, w, x + i * W + j, k, y + i * n + j);
    }
}

void KERNEL(corr2d)(size_t H, size_t W, size_t h, size_t w, const real *x,
                    const real *k, real *y)
{
    size_t m = H - h + 1, n = W - w + 1;
    taps all = {k, 0, h, w, (ptrdiff_t)W, 1};

    if (h * w > m * n)
        few_results(H, W, h, w, x, k, y);
    else
        area(&all, m, n, x, W, y, n);
}

/* ---- full convolution */

/* Result (i, j) where not all taps lie on the image. */
static real border(size_t H, size_t W, size_t h, size_t w, const real *x,
                   const real *k, size_t i, size_t j)
{
    size_t a0 = i >= H ? i - H + 1 : 0, a1 = i < h ? i + 1 : h;
    size_t b0 = j >= W ? j - W + 1 : 0, b1 = j < w ? j + 1 : w;
    double sum = 0;

    for (size_t a = a0; a < a1; a++)
        for (size_t b = b0; b < b1; b++)
            sum += (double)x[(i - a) * W + j - b] * (double)k[a * w + b];
    return (real)sum;
}

/* Rows i to i + m of results, all of which have the taps t on the image. */
static void full_rows(size_t H, size_t W, size_t h, size_t w, const real *x,
                      const taps *t, size_t i, size_t m, real *y)
{
    size_t row = W + w - 1, inner = W - w + 1;

    for (size_t r = i; r < i + m; r++) {
        for (size_t j = 0; j < w - 1; j++)
            y[r * row + j] = border(H, W, h, w, x, t->k, r, j);
        for (size_t j = W; j < row; j++)
            y[r * row + j] = border(H, W, h, w, x, t->k, r, j);
    }
    area(t, m, inner, x + i * W + w - 1, W, y + i * row + w - 1, row);
}

/* Of the two, the convolution's image is the larger one. */
static void full(size_t H, size_t W, size_t h, size_t w, const real *x,
                 const real *k, real *y)
{
    taps t = {k, 0, h, w, -(ptrdiff_t)W, -1};

    for (size_t i = 0; i < h - 1; i++) {
        t.last = i + 1;
        full_rows(H, W, h, w, x, &t, i, 1, y);
    }
    t.last = h;
    full_rows(H, W, h, w, x, &t, h - 1, H - h + 1, y);
    for (size_t i = H; i < H + h - 1; i++) {
        t.first = i - H + 1;
        full_rows(H, W, h, w, x, &t, i, 1, y);
    }
}

static void scatter(size_t H, size_t W, size_t h, size_t w, const real *x,
                    const real *k, real *y)
{
    for (size_t i = 0; i < H + h - 1; i++)
        for (size_t j = 0; j < W + w - 1; j++)
            y[i * (W + w - 1) + j] = border(H, W, h, w, x, k, i, j);
}

void KERNEL(conv2d_full)(size_t H, size_t W, size_t h, size_t w, const real *x,
                         const real *k, real *y)
{
    if (H >= h && W >= w)
        full(H, W, h, w, x, k, y);
    else if (h >= H && w >= W)
        full(h, w, H, W, k, x, y);
    else
        scatter(H, W, h, w, x, k, y);
}
