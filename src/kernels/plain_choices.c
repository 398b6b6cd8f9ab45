/* Kernels that choose between numbers. What is not chosen does not count: no
 * NaN or infinity of it reaches the result. */
#include "kernel.h"

/* NaN goes on, whichever of the two it is. */
static inline real larger(real a, real b)
{
    return a > b || a != a ? a : b;
}

static inline real smaller(real a, real b)
{
    return a < b || a != a ? a : b;
}

/* dy's share of the one of two numbers that is chosen unless it `lost`. */
static inline real share(real dy, bool lost, bool tie)
{
    return lost ? 0 : tie ? dy / 2 : dy;
}

void KERNEL(maximum)(size_t n, const real *a, size_t sa, const real *b,
                     size_t sb, real *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = larger(a[sa * i], b[sb * i]);
}

void KERNEL(minimum)(size_t n, const real *a, size_t sa, const real *b,
                     size_t sb, real *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = smaller(a[sa * i], b[sb * i]);
}

void KERNEL(maximum_share)(size_t n, const real *dy, const real *a, size_t sa,
                           const real *b, size_t sb, real *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = share(dy[i], a[sa * i] < b[sb * i], a[sa * i] == b[sb * i]);
}

void KERNEL(minimum_share)(size_t n, const real *dy, const real *a, size_t sa,
                           const real *b, size_t sb, real *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = share(dy[i], a[sa * i] > b[sb * i], a[sa * i] == b[sb * i]);
}

void KERNEL(equal)(size_t n, const real *a, size_t sa, const real *b, size_t sb,
                   real *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = a[sa * i] == b[sb * i] ? 1 : 0;
}

void KERNEL(largest)(size_t rows, size_t n, size_t step, const real *x, real *y)
{
    for (size_t r = 0; r < rows; r++, x += step) {
        y[r] = x[0];
        for (size_t i = 1; i < n; i++)
            y[r] = larger(y[r], x[i]);
    }
}

void KERNEL(smallest)(size_t rows, size_t n, size_t step, const real *x,
                      real *y)
{
    for (size_t r = 0; r < rows; r++, x += step) {
        y[r] = x[0];
        for (size_t i = 1; i < n; i++)
            y[r] = smaller(y[r], x[i]);
    }
}

void KERNEL(select)(size_t n, const int64_t *c, size_t sc, const real *a,
                    size_t sa, const real *b, size_t sb, real *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = c[sc * i] != 0 ? a[sa * i] : b[sb * i];
}

void KERNEL(relu)(size_t n, const real *x, real *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = x[i] > 0 || x[i] != x[i] ? x[i] : 0;
}

void KERNEL(relu_slope)(size_t n, const real *x, const real *dy, real *dx)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = x[i] <= 0 ? 0 : dy[i];
}

void KERNEL(leaky_relu)(size_t n, double c, const real *x, real *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = x[i] > 0 ? x[i] : (real)c * x[i];
}

void KERNEL(leaky_relu_slope)(size_t n, double c, const real *x, const real *dy,
                              real *dx)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = x[i] > 0 ? dy[i] : (real)c * dy[i];
}

void KERNEL(clamp)(size_t n, double low, double high, const real *x, real *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = smaller(larger(x[i], (real)low), (real)high);
}

void KERNEL(clamp_slope)(size_t n, double low, double high, const real *x,
                         const real *dy, real *dx)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = x[i] >= (real)low && x[i] <= (real)high ? dy[i] : 0;
}

static int64_t first_largest(size_t n, size_t step, const real *x)
{
    size_t first = 0;

    for (size_t i = 1; i < n; i++)
        if (x[first * step] == x[first * step] &&
            !(x[i * step] <= x[first * step]))
            first = i;
    return (int64_t)first;
}

void KERNEL(argmax)(size_t blocks, size_t n, size_t step, size_t width,
                    const real *x, int64_t *y)
{
    for (size_t k = 0; k < blocks; k++)
        for (size_t i = 0; i < width; i++)
            y[k * step + i] = first_largest(n, step, x + k * n * step + i);
}
