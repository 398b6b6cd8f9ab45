/* Exponentials that share a sum, one sum after the other; this is also how they
 * are computed in f64. The largest number is taken off first, so that none
 * overflows; sums are taken in double. */
#include "kernel.h"

#include <math.h>

static double largest(size_t n, size_t step, const real *x)
{
    real most = -(real)INFINITY;

    for (size_t i = 0; i < n; i++)
        most = x[i * step] > most ? x[i * step] : most;
    return (double)most;
}

static double sum_exp(size_t n, size_t step, const real *x, double off)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += exp((double)x[i * step] - off);
    return sum;
}

static void logsumexp(size_t n, size_t step, const real *x, real *y)
{
    double most = largest(n, step, x), off = isfinite(most) ? most : 0;

    *y = (real)(off + log(sum_exp(n, step, x, off)));
}

static void log_softmax(size_t n, size_t step, const real *x, real *y)
{
    double off = largest(n, step, x), rest = log(sum_exp(n, step, x, off));

    for (size_t i = 0; i < n; i++)
        y[i * step] = (real)((double)x[i * step] - off - rest);
}

static void softmax(size_t n, size_t step, const real *x, real *y)
{
    double off = largest(n, step, x), sum = 0;

    for (size_t i = 0; i < n; i++) {
        double e = exp((double)x[i * step] - off);
        y[i * step] = (real)e;
        sum += e;
    }
    for (size_t i = 0; i < n; i++)
        y[i * step] = (real)((double)y[i * step] / sum);
}

static void softmax_slope(size_t n, size_t step, const real *y, const real *dy,
                          real *dx)
{
    double mean = 0;

    for (size_t i = 0; i < n; i++)
        mean += (double)y[i * step] * (double)dy[i * step];
    for (size_t i = 0; i < n; i++)
        dx[i * step] =
            (real)((double)y[i * step] * ((double)dy[i * step] - mean));
}

static void log_softmax_slope(size_t n, size_t step, const real *y,
                              const real *dy, real *dx)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (double)dy[i * step];
    for (size_t i = 0; i < n; i++)
        dx[i * step] =
            (real)((double)dy[i * step] - exp((double)y[i * step]) * sum);
}

#define SHARES(name)                                                           \
    void KERNEL(name)(size_t blocks, size_t n, size_t step, size_t width,      \
                      const real *x, real *y)                                  \
    {                                                                          \
        for (size_t k = 0; k < blocks; k++)                                    \
            for (size_t i = 0; i < width; i++)                                 \
                name(n, step, x + k * n * step + i, y + k * n * step + i);     \
    }

#define SLOPE(name)                                                            \
    void KERNEL(name)(size_t blocks, size_t n, size_t step, size_t width,      \
                      const real *y, const real *dy, real *dx)                 \
    {                                                                          \
        for (size_t k = 0; k < blocks; k++)                                    \
            for (size_t i = 0; i < width; i++)                                 \
                name(n, step, y + k * n * step + i, dy + k * n * step + i,     \
                     dx + k * n * step + i);                                   \
    }

SHARES(softmax)
SHARES(log_softmax)
SLOPE(softmax_slope)
SLOPE(log_softmax_slope)

void KERNEL(logsumexp)(size_t blocks, size_t n, size_t step, size_t width,
                       const real *x, real *y)
{
    for (size_t k = 0; k < blocks; k++)
        for (size_t i = 0; i < width; i++)
            logsumexp(n, step, x + k * n * step + i, y + k * step + i);
}
