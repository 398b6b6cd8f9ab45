/* Exponentials that share a sum. The largest number is taken off first, so that
 * none overflows; sums are taken in double. An infinite one makes the shares
 * NaN, as in PyTorch, but not their sum's logarithm. */
#include "kernel.h"

#include <math.h>

#define FUNCTION(name, x) _Generic((x), float : name##f, double : name)(x)

static real largest(size_t n, size_t step, const real *x)
{
    real most = -(real)INFINITY;

    for (size_t i = 0; i < n; i++)
        most = x[i * step] > most ? x[i * step] : most;
    return most;
}

static double sum_exp(size_t n, size_t step, const real *x, real off)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (double)FUNCTION(exp, x[i * step] - off);
    return sum;
}

void KERNEL(logsumexp)(size_t n, size_t step, const real *x, real *y)
{
    real most = largest(n, step, x), off = isfinite(most) ? most : 0;

    *y = (real)((double)off + log(sum_exp(n, step, x, off)));
}

void KERNEL(log_softmax)(size_t n, size_t step, const real *x, real *y)
{
    real off = largest(n, step, x);
    real rest = (real)log(sum_exp(n, step, x, off));

    for (size_t i = 0; i < n; i++)
        y[i * step] = x[i * step] - off - rest;
}

void KERNEL(softmax)(size_t n, size_t step, const real *x, real *y)
{
    real off = largest(n, step, x);
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        y[i * step] = FUNCTION(exp, x[i * step] - off);
        sum += (double)y[i * step];
    }
    for (size_t i = 0; i < n; i++)
        y[i * step] = (real)((double)y[i * step] / sum);
}
