/* Pooling as its formulas read. */
#include "kernel.h"

/* What window i covers along an axis of the image: [first, last). */
static size_t first(const tg_windows2d *s, int axis, size_t i)
{
    size_t at = i * s->stride[axis];

    return at > s->padding[axis] ? at - s->padding[axis] : 0;
}

static size_t last(const tg_windows2d *s, int axis, size_t i)
{
    size_t end = i * s->stride[axis] + s->kernel[axis];

    end = end > s->padding[axis] ? end - s->padding[axis] : 0;
    return end < s->in[axis] ? end : s->in[axis];
}

/* For every pixel `at` of window (i, j). */
#define FOR_EACH_PIXEL(s, i, j, at)                                            \
    for (size_t I = first(s, 0, i); I < last(s, 0, i); I++)                    \
        for (size_t J = first(s, 1, j);                                        \
             (at) = I * (s)->in[1] + J, J < last(s, 1, j); J++)

static size_t largest(const tg_windows2d *s, const real *x, size_t i, size_t j)
{
    size_t at, best = SIZE_MAX;

    FOR_EACH_PIXEL(s, i, j, at)
    if (best == SIZE_MAX || x[at] > x[best] || x[at] != x[at])
        best = at;
    return best;
}

void KERNEL(max_pool2d)(size_t n, const tg_windows2d *s, const real *x,
                        int64_t *at)
{
    for (size_t image = 0; image < n; image++)
        for (size_t i = 0; i < s->out[0]; i++)
            for (size_t j = 0; j < s->out[1]; j++)
                *at++ =
                    (int64_t)largest(s, x + image * s->in[0] * s->in[1], i, j);
}

void KERNEL(pick)(size_t n, size_t from, size_t m, const real *x,
                  const int64_t *at, real *y)
{
    for (size_t i = 0; i < n * m; i++)
        y[i] = x[i / m * from + (size_t)at[i]];
}

void KERNEL(unpick)(size_t n, size_t from, size_t m, const real *y,
                    const int64_t *at, real *x)
{
    for (size_t i = 0; i < n * from; i++)
        x[i] = 0;
    for (size_t i = 0; i < n * m; i++)
        x[i / m * from + (size_t)at[i]] += y[i];
}

void KERNEL(avg_pool2d)(size_t n, const tg_windows2d *s, const real *x, real *y)
{
    double area = (double)s->kernel[0] * (double)s->kernel[1];
    size_t at;

    for (size_t image = 0; image < n; image++, x += s->in[0] * s->in[1])
        for (size_t i = 0; i < s->out[0]; i++)
            for (size_t j = 0; j < s->out[1]; j++) {
                double sum = 0;
                FOR_EACH_PIXEL(s, i, j, at)
                sum += (double)x[at];
                *y++ = (real)(sum / area);
            }
}

void KERNEL(avg_pool2d_dx)(size_t n, const tg_windows2d *s, const real *dy,
                           real *dx)
{
    real area = (real)s->kernel[0] * (real)s->kernel[1];
    size_t at;

    for (size_t i = 0; i < n * s->in[0] * s->in[1]; i++)
        dx[i] = 0;
    for (size_t image = 0; image < n; image++, dx += s->in[0] * s->in[1])
        for (size_t i = 0; i < s->out[0]; i++)
            for (size_t j = 0; j < s->out[1]; j++, dy++)
                FOR_EACH_PIXEL(s, i, j, at)
    dx[at] += *dy / area;
}
