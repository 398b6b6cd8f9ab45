/* Every kernel once more, as its formula reads: what the others are tested
 * against. Sums are taken in double, one term after the other. */
#include "kernel.h"

#define BINARY(name, operator)                                                 \
    void KERNEL(name)(size_t n, const real *a, size_t sa, const real *b,       \
                      size_t sb, real *y)                                      \
    {                                                                          \
        for (size_t i = 0; i < n; i++)                                         \
            y[i] = a[sa * i] operator b[sb * i];                               \
    }

#define UNARY(name, expression)                                                \
    void KERNEL(name)(size_t n, const real *x, real *y)                        \
    {                                                                          \
        for (size_t i = 0; i < n; i++)                                         \
            y[i] = (expression);                                               \
    }

BINARY(add, +)
BINARY(sub, -)
BINARY(mul, *)
BINARY(div, /)

UNARY(neg, -x[i])
UNARY(abs, x[i] < 0 ? -x[i] : x[i] == 0 ? 0 : x[i])
UNARY(sign, x[i] > 0 ? 1 : x[i] < 0 ? -1 : x[i])
UNARY(square, x[i] * x[i])

void KERNEL(sum)(size_t n, const real *x, double *y)
{
    *y = 0;
    for (size_t i = 0; i < n; i++)
        *y += (double)x[i];
}

void KERNEL(add_to_sums)(size_t n, const real *x, double *sums)
{
    for (size_t i = 0; i < n; i++)
        sums[i] += (double)x[i];
}

void KERNEL(round_sums)(size_t n, const double *sums, real *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (real)sums[i];
}

void KERNEL(matmul)(size_t m, size_t n, size_t k, const real *a, const real *b,
                    real *y)
{
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++) {
            double sum = 0;
            for (size_t l = 0; l < k; l++)
                sum += (double)a[i * k + l] * (double)b[l * n + j];
            y[i * n + j] = (real)sum;
        }
    }
}

static real corr2d_at(size_t W, size_t h, size_t w, const real *x,
                      const real *k)
{
    double sum = 0;

    for (size_t a = 0; a < h; a++)
        for (size_t b = 0; b < w; b++)
            sum += (double)x[a * W + b] * (double)k[a * w + b];
    return (real)sum;
}

void KERNEL(corr2d)(size_t H, size_t W, size_t h, size_t w, const real *x,
                    const real *k, real *y)
{
    size_t m = H - h + 1, n = W - w + 1;

    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            y[i * n + j] = corr2d_at(W, h, w, x + i * W + j, k);
}

static real conv2d_full_at(size_t H, size_t W, size_t h, size_t w,
                           const real *x, const real *k, size_t i, size_t j)
{
    double sum = 0;

    for (size_t a = 0; a < h; a++)
        for (size_t b = 0; b < w; b++)
            if (a <= i && i - a < H && b <= j && j - b < W)
                sum += (double)x[(i - a) * W + j - b] * (double)k[a * w + b];
    return (real)sum;
}

void KERNEL(conv2d_full)(size_t H, size_t W, size_t h, size_t w, const real *x,
                         const real *k, real *y)
{
    size_t m = H + h - 1, n = W + w - 1;

    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            y[i * n + j] = conv2d_full_at(H, W, h, w, x, k, i, j);
}
