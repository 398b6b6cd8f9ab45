/* Average pooling, and its transpose. */
#include "windows.h"

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

/* The usual windows: 2 x 2, side by side. */
static bool is_halving(const tg_windows2d *s)
{
    for (int d = 0; d < 2; d++)
        if (s->kernel[d] != 2 || s->stride[d] != 2 || s->padding[d] != 0)
            return false;
    return true;
}

static void halve(size_t n, const real *x, size_t W, real *y)
{
    for (size_t j = 0; j < n; j++)
        y[j] =
            (x[2 * j] + x[2 * j + 1] + (x[W + 2 * j] + x[W + 2 * j + 1])) / 4;
}

void KERNEL(avg_pool2d)(size_t n, const tg_windows2d *s, const real *x, real *y)
{
    bool halving = is_halving(s);

    for (; n > 0; n--, x += s->in[0] * s->in[1])
        for (size_t i = 0; i < s->out[0]; i++, y += s->out[1])
            if (halving)
                halve(s->out[1], x + 2 * i * s->in[1], s->in[1], y);
            else
                for (size_t j = 0; j < s->out[1]; j++)
                    y[j] = (real)mean(s, x, i, j);
}

static void spread(const tg_windows2d *s, real dy, size_t i, size_t j, real *dx)
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

void KERNEL(avg_pool2d_dx)(size_t n, const tg_windows2d *s, const real *dy,
                           real *dx)
{
    real area = (real)s->kernel[0] * (real)s->kernel[1];
    bool halving = is_halving(s);

    memset(dx, 0, n * s->in[0] * s->in[1] * sizeof *dx);
    for (; n > 0; n--, dx += s->in[0] * s->in[1])
        for (size_t i = 0; i < s->out[0]; i++, dy += s->out[1])
            if (halving)
                spread_halves(s->out[1], dy, s->in[1], dx + 2 * i * s->in[1]);
            else
                for (size_t j = 0; j < s->out[1]; j++)
                    spread(s, dy[j] / area, i, j, dx);
}
