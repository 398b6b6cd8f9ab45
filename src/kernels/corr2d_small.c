/* Correlations of images that are small enough to lie on the stack, for which
 * tiles would be too much ado.
 *
 * The rows of an image follow each other, so its results can be computed as if
 * it had a single row; those whose taps wrap around are left out. */
#include "corr2d_tile.h"

enum { MOST = 256, MOST_PRODUCTS = 512 };

static vec add_taps(const real *x, size_t row, const kernel2d *k)
{
    vec sum = {0};

    for (size_t a = 0; a < k->h; a++)
        for (size_t b = 0; b < k->w; b++)
            sum += load(x + a * row + b) *
                   k->k[(ptrdiff_t)a * k->row + (ptrdiff_t)b * k->step];
    return sum;
}

/* n results, no fewer than a vector has, of an image in a single row. The last
 * vector overlaps the one before it. */
static void correlate_line(const real *x, size_t row, const kernel2d *k,
                           size_t n, real *y)
{
    for (size_t i = 0; i + LANES <= n; i += LANES)
        store(y + i, add_taps(x + i, row, k));
    if (n % LANES != 0)
        store(y + n - LANES, add_taps(x + n - LANES, row, k));
}

/* m rows of n from rows of `row`. A vector that is too long is put right by
 * the next row. */
static void copy_rows(size_t m, size_t n, const real *x, size_t row, real *y)
{
    size_t i = 0;

    for (; n <= LANES && i * n + LANES <= m * n; i++)
        store(y + i * n, load(x + i * row));
    for (; i < m; i++)
        memcpy(y + i * n, x + i * row, n * sizeof *y);
}

bool KERNEL(corr2d_small)(size_t H, size_t W, const kernel2d *k, const real *x,
                          real *y)
{
    size_t m = H - k->h + 1, n = W - k->w + 1, length = (m - 1) * W + n;
    real line[MOST + LANES];

    if (H * W > MOST || length < LANES)
        return false;
    correlate_line(x, W, k, length, line);
    copy_rows(m, n, line, W, y);
    return true;
}

/* The image with zeros around it, which stand between one row and the next. */
bool KERNEL(conv2d_full_small)(size_t H, size_t W, const kernel2d *k,
                               const real *x, real *y)
{
    size_t m = H + k->h - 1, n = W + k->w - 1;
    size_t before = (k->h - 1) * n + k->w - 1;
    real padded[2 * MOST];

    if (m * n < LANES || before + m * n > 2 * MOST)
        return false;
    memset(padded, 0, (before + m * n) * sizeof *padded);
    for (size_t i = 0; i < H; i++)
        memcpy(padded + before + i * n, x + i * W, W * sizeof *x);
    correlate_line(padded, n, k, m * n, y);
    return true;
}

/* Two neighbouring results at once. */
typedef real pair __attribute__((vector_size(2 * sizeof(real))));

static inline pair load_pair(const real *p)
{
    pair v;
    memcpy(&v, p, sizeof v);
    return v;
}

static void dot_products(size_t h, size_t w, const real *x, size_t row,
                         const real *k, real *y)
{
    double totals[2] = {0};

    for (size_t a = 0; a < h; a++) {
        pair sum = {0};
        for (size_t b = 0; b < w; b++)
            sum += load_pair(x + a * row + b) * k[a * w + b];
        totals[0] += (double)sum[0];
        totals[1] += (double)sum[1];
    }
    y[0] = (real)totals[0];
    y[1] = (real)totals[1];
}

/* The last pair may overlap the one before it. */
bool KERNEL(corr2d_dots_small)(size_t H, size_t W, size_t h, size_t w,
                               const real *x, const real *k, real *y)
{
    size_t m = H - h + 1, n = W - w + 1;

    if (n < 2 || m * n * h * w > MOST_PRODUCTS)
        return false;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j += 2) {
            size_t at = j + 2 <= n ? j : n - 2;
            dot_products(h, w, x + i * W + at, W, k, y + i * n + at);
        }
    return true;
}
