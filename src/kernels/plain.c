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

void KERNEL(repeat)(size_t n, const real *x, size_t sx, real *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = x[sx * i];
}

void KERNEL(scaled_mul)(size_t n, double c, const real *a, const real *b,
                        real *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (real)c * (a[i] * b[i]);
}

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

void KERNEL(sum_blocks)(size_t n, const real *x, double *numbers)
{
    for (size_t i = 0; i < n; i++)
        numbers[0] += (double)x[i];
}

void KERNEL(sum_numbers)(const double *numbers, double *y)
{
    *y = numbers[0];
}

void KERNEL(sum_rows)(size_t rows, size_t n, size_t step, const real *x,
                      double *sums)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < n; i++)
            sums[r] += (double)x[r * step + i];
}

void KERNEL(sum_columns)(size_t rows, size_t n, size_t step, const real *x,
                         double *sums)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < n; i++)
            sums[i] += (double)x[r * step + i];
}

void KERNEL(round_sums)(size_t n, const double *sums, real *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (real)sums[i];
}

static real dot(size_t n, const real *a, size_t a_step, const real *b,
                size_t b_step)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (double)a[i * a_step] * (double)b[i * b_step];
    return (real)sum;
}

static void multiply(const tg_matmul_sizes *s, const real *a, const real *b,
                     real *y)
{
    size_t a_row = s->a_transposed ? 1 : s->k;
    size_t a_column = s->a_transposed ? s->m : 1;
    size_t b_row = s->b_transposed ? 1 : s->n;
    size_t b_column = s->b_transposed ? s->k : 1;

    for (size_t i = 0; i < s->m; i++)
        for (size_t j = 0; j < s->n; j++)
            y[i * s->n + j] =
                dot(s->k, a + i * a_row, a_column, b + j * b_column, b_row);
}

void KERNEL(matmul)(const tg_matmul_sizes *s, const real *a, const real *b,
                    real *room, real *y)
{
    (void)room;
    for (size_t i = 0; i < s->count; i++)
        multiply(s, a + i * s->a_next, b + i * s->b_next, y + i * s->y_next);
}

void KERNEL(transpose)(size_t count, size_t m, size_t n, const real *x, real *y)
{
    for (; count > 0; count--, x += m * n, y += m * n)
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++)
                y[j * m + i] = x[i * n + j];
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
