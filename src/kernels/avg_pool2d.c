/* Average pooling, and its transpose. */
#include "parallel.h"
#include "windows.h"

typedef struct pooling {
    const tg_windows2d *at;
    bool halving;
    const real *from;
    real *to;
} pooling;

static void run(size_t n, const tg_windows2d *s, tg_piece *images,
                const real *from, real *to)
{
    pooling l = {s, is_halving(s), from, to};

    tg_parallel(n, 1, windows_cost(n, s), images, &l);
}

/* ---- means of windows */

static double mean(const tg_windows2d *s, const real *x, size_t i, size_t j)
{
    extent rows = on_image(s, 0, i), columns = on_image(s, 1, j);
    size_t width = columns.last - columns.first;
    double sum = 0, line;

    for (size_t a = rows.first; a < rows.last; a++) {
        KERNEL(sum)(width, x + a * s->in[1] + columns.first, &line);
        sum += line;
    }
    return sum / ((double)s->kernel[0] * (double)s->kernel[1]);
}

static void halve(size_t n, const real *x, size_t W, real *y)
{
    for (size_t j = 0; j < n; j++)
        y[j] =
            (x[2 * j] + x[2 * j + 1] + (x[W + 2 * j] + x[W + 2 * j + 1])) / 4;
}

static void pool(const pooling *l, const real *x, real *y)
{
    const tg_windows2d *s = l->at;

    for (size_t i = 0; i < s->out[0]; i++, y += s->out[1])
        if (l->halving)
            halve(s->out[1], x + 2 * i * s->in[1], s->in[1], y);
        else
            for (size_t j = 0; j < s->out[1]; j++)
                y[j] = (real)mean(s, x, i, j);
}

static void pool_images(void *loop, size_t first, size_t last)
{
    const pooling *l = loop;
    size_t in = pixels(l->at->in), out = pixels(l->at->out);

    for (; first < last; first++)
        pool(l, l->from + first * in, l->to + first * out);
}

void KERNEL(avg_pool2d)(size_t n, const tg_windows2d *s, const real *x, real *y)
{
    run(n, s, pool_images, x, y);
}

/* ---- shares of windows */

static void add_share(const tg_windows2d *s, real dy, size_t i, size_t j,
                      real *dx)
{
    extent rows = on_image(s, 0, i), columns = on_image(s, 1, j);

    for (size_t a = rows.first; a < rows.last; a++)
        for (size_t b = columns.first; b < columns.last; b++)
            dx[a * s->in[1] + b] += dy;
}

static void spread_halves(size_t n, const real *dy, size_t W, real *dx)
{
    for (size_t j = 0; j < n; j++)
        dx[2 * j] = dx[2 * j + 1] = dx[W + 2 * j] = dx[W + 2 * j + 1] =
            dy[j] / 4;
}

/* Halves leave nothing out but an odd row or column at the end. */
static void spread(const pooling *l, const real *dy, real *dx)
{
    const tg_windows2d *s = l->at;
    real area = (real)s->kernel[0] * (real)s->kernel[1];

    if (!l->halving || s->in[0] % 2 != 0 || s->in[1] % 2 != 0)
        memset(dx, 0, pixels(s->in) * sizeof *dx);
    for (size_t i = 0; i < s->out[0]; i++, dy += s->out[1])
        if (l->halving)
            spread_halves(s->out[1], dy, s->in[1], dx + 2 * i * s->in[1]);
        else
            for (size_t j = 0; j < s->out[1]; j++)
                add_share(s, dy[j] / area, i, j, dx);
}

static void spread_images(void *loop, size_t first, size_t last)
{
    const pooling *l = loop;
    size_t in = pixels(l->at->in), out = pixels(l->at->out);

    for (; first < last; first++)
        spread(l, l->from + first * out, l->to + first * in);
}

void KERNEL(avg_pool2d_dx)(size_t n, const tg_windows2d *s, const real *dy,
                           real *dx)
{
    run(n, s, spread_images, dy, dx);
}
