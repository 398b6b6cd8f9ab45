/* Two-dimensional cross-correlation. */
#include "corr2d_tile.h"

#include "parallel.h"

typedef struct correlation {
    image x;
    kernel2d k;
    size_t n;
    real *y;
} correlation;

static void some_rows(void *loop, size_t first, size_t last)
{
    correlation *c = loop;

    KERNEL(correlate)(&c->x, &c->k, first, last, c->n, c->y);
}

void KERNEL(corr2d)(size_t H, size_t W, size_t h, size_t w, const real *x,
                    const real *k, real *y)
{
    size_t m = H - h + 1, n = W - w + 1;

    if (h * w > m * n) {
        if (!KERNEL(corr2d_dots_small)(H, W, h, w, x, k, y))
            KERNEL(corr2d_dots)(H, W, h, w, x, k, y);
        return;
    }
    correlation c = {{x, H, W, 0, 0}, {k, h, w, (ptrdiff_t)w, 1}, n, y};
    if (!KERNEL(corr2d_small)(H, W, &c.k, x, y))
        tg_parallel(m, GRAIN, products_cost(m * n, h * w), some_rows, &c);
}
