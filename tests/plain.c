#include "plain.h"
#include "support.h"

#include <stdlib.h>

void plain_coordinates(tg_shape shape, int64_t i, int64_t *at)
{
    for (int axis = shape.ndim - 1; axis >= 0; axis--) {
        at[axis] = i % shape.dim[axis];
        i /= shape.dim[axis];
    }
}

int64_t plain_index(tg_shape shape, const int64_t *at)
{
    int64_t i = 0;

    for (int axis = 0; axis < shape.ndim; axis++)
        i = i * shape.dim[axis] + at[axis];
    return i;
}

int64_t plain_source(tg_shape from, tg_shape to, int64_t i)
{
    int64_t at[TG_MAX_DIMS], source[TG_MAX_DIMS];

    plain_coordinates(to, i, at);
    for (int axis = 0; axis < from.ndim; axis++)
        source[axis] = from.dim[axis] == 1 ? 0 : at[axis + to.ndim - from.ndim];
    return plain_index(from, source);
}

double *plain_zeros(int64_t count)
{
    double *zeros = calloc((size_t)count + 1, sizeof *zeros);

    ck_assert_ptr_nonnull(zeros);
    return zeros;
}

void plain_corr2d(int64_t H, int64_t W, const double *x, int64_t h, int64_t w,
                  const double *k, double *y)
{
    int64_t columns = W - w + 1;

    for (int64_t i = 0; i < H - h + 1; i++)
        for (int64_t j = 0; j < columns; j++) {
            double sum = 0;
            for (int64_t a = 0; a < h; a++)
                for (int64_t b = 0; b < w; b++)
                    sum += x[(i + a) * W + j + b] * k[a * w + b];
            y[i * columns + j] = sum;
        }
}

/* Every product of the forward pass tells where its two gradients go. */
void plain_corr2d_dx(int64_t H, int64_t W, int64_t h, int64_t w,
                     const double *k, const double *dy, double *dx)
{
    int64_t columns = W - w + 1;

    for (int64_t i = 0; i < H * W; i++)
        dx[i] = 0;
    for (int64_t i = 0; i < H - h + 1; i++)
        for (int64_t j = 0; j < columns; j++)
            for (int64_t a = 0; a < h; a++)
                for (int64_t b = 0; b < w; b++)
                    dx[(i + a) * W + j + b] +=
                        dy[i * columns + j] * k[a * w + b];
}

void plain_corr2d_dk(int64_t H, int64_t W, const double *x, int64_t h,
                     int64_t w, const double *dy, double *dk)
{
    int64_t columns = W - w + 1;

    for (int64_t i = 0; i < h * w; i++)
        dk[i] = 0;
    for (int64_t i = 0; i < H - h + 1; i++)
        for (int64_t j = 0; j < columns; j++)
            for (int64_t a = 0; a < h; a++)
                for (int64_t b = 0; b < w; b++)
                    dk[a * w + b] +=
                        dy[i * columns + j] * x[(i + a) * W + j + b];
}

void plain_matmul(int64_t m, int64_t l, int64_t n, const double *a,
                  const double *b, double *y)
{
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++) {
            double sum = 0;
            for (int64_t c = 0; c < l; c++)
                sum += a[i * l + c] * b[c * n + j];
            y[i * n + j] = sum;
        }
}
