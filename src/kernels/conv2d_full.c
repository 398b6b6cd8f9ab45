/* Full convolution: a correlation with the kernel turned around, of an image
 * that the kernel may overhang. */
#include "corr2d_tile.h"

#include "parallel.h"

typedef struct convolution {
    image x;
    kernel2d k;
    size_t n;
    bool finite; /* the kernel */
    real *y;
} convolution;

/* Result (i, j) from the taps that lie on the image. */
static real overhanging(const convolution *c, size_t i, size_t j)
{
    const image *x = &c->x;
    double sum = 0;

    for (size_t a = 0; a < c->k.h; a++)
        for (size_t b = 0; b < c->k.w; b++) {
            size_t p = i + a + (size_t)x->row, q = j + b + (size_t)x->column;
            if (p < x->H && q < x->W)
                sum +=
                    (double)x->x[p * x->W + q] *
                    (double)c->k
                        .k[(ptrdiff_t)a * c->k.row + (ptrdiff_t)b * c->k.step];
        }
    return (real)sum;
}

/* Zeros beside the image would turn a tap of infinity into NaN. */
static void mend_columns(const convolution *c, size_t first, size_t last)
{
    for (size_t i = first; i < last; i++)
        for (size_t j = 0; j < c->n; j++)
            if (j + 1 < c->k.w || j >= c->x.W)
                c->y[i * c->n + j] = overhanging(c, i, j);
}

static void some_rows(void *loop, size_t first, size_t last)
{
    convolution *c = loop;

    KERNEL(correlate)(&c->x, &c->k, first, last, c->n, c->y);
    if (!c->finite)
        mend_columns(c, first, last);
}

static bool all_finite(const real *k, size_t n)
{
    real zero = 0;

    for (size_t i = 0; i < n; i++)
        zero += k[i] * 0;
    return zero == 0;
}

/* The smaller of the two is the kernel. */
void KERNEL(conv2d_full)(size_t H, size_t W, size_t h, size_t w, const real *x,
                         const real *k, real *y)
{
    size_t m = H + h - 1, n = W + w - 1;

    if (h * w > H * W) {
        KERNEL(conv2d_full)(h, w, H, W, k, x, y);
        return;
    }
    convolution c = {
        .x = {x, H, W, 1 - (ptrdiff_t)h, 1 - (ptrdiff_t)w},
        .k = {k + h * w - 1, h, w, -(ptrdiff_t)w, -1},
        .n = n,
        .finite = all_finite(k, h * w),
        .y = y,
    };
    if (c.finite && KERNEL(conv2d_full_small)(H, W, &c.k, x, y))
        return;
    tg_parallel(m, GRAIN, products_cost(m * n, h * w), some_rows, &c);
}
