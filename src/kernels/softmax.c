/* Exponentials that share a sum. The largest number is taken off first, so that
 * none overflows; sums are taken in double. */
#include "kernel.h"

#include <math.h>

#define FUNCTION(name, x) _Generic((x), float : name##f, double : name)(x)

/* What is taken off: the largest number, or 0 where that is infinite. */
static real offset(size_t n, size_t step, const real *x)
{
    real largest = -(real)INFINITY;

    for (size_t i = 0; i < n; i++)
        largest = x[i * step] > largest ? x[i * step] : largest;
    return isfinite(largest) ? largest : 0;
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
    real off = offset(n, step, x);

    *y = (real)((double)off + log(sum_exp(n, step, x, off)));
}

void KERNEL(log_softmax)(size_t n, size_t step, const real *x, real *y)
{
    real off = offset(n, step, x);
    real rest = (real)log(sum_exp(n, step, x, off));

    for (size_t i = 0; i < n; i++)
        y[i * step] = x[i * step] - off - rest;
}

void KERNEL(softmax)(size_t n, size_t step, const real *x, real *y)
{
    real off = offset(n, step, x);
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        y[i * step] = FUNCTION(exp, x[i * step] - off);
        sum += (double)y[i * step];
    }
    for (size_t i = 0; i < n; i++)
        y[i * step] = (real)((double)y[i * step] / sum);
}
