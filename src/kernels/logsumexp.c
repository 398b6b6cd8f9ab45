/* The logarithm of a sum of exponentials; it is infinite where the largest
 * number is. */
#include "softmax_lanes.h"

static real logarithm_of(double sum, real off)
{
    return (real)((double)off + log(sum));
}

MATH void logsumexp_lanes(size_t n, size_t step, size_t part, const real *x,
                          real *y)
{
    vec most = largest_of(n, step, part, x);
    vec off = keep(magnitude(most) < (real)INFINITY, most);
    sums s = sum_exp(n, step, part, x, off);
    double lanes[LANES];

    memcpy(lanes, &s, sizeof lanes);
    for (size_t l = 0; l < (part == 0 ? LANES : part); l++)
        y[l] = logarithm_of(lanes[l], off[l]);
}

static void logsumexp_row(size_t n, const real *x, real *y)
{
    real most = largest_of_row(n, x);
    real off = fabsf(most) < (real)INFINITY ? most : 0;

    *y = logarithm_of(sum_exp_of_row(n, x, off), off);
}

static void logsumexp_of_short_rows(size_t rows, size_t n, const real *x,
                                    real *y)
{
    real lanes[LONG][LANES] = {{0}};

    for (size_t r = 0; r < rows; r += LANES) {
        size_t count = rows - r < LANES ? rows - r : LANES;
        turn(count, n, x + r * n, lanes);
        logsumexp_lanes(n, LANES, count % LANES, lanes[0], y + r);
    }
}

/* The logarithm of 0. */
static void set_empty(size_t blocks, size_t step, size_t width, real *y)
{
    for (size_t k = 0; k < blocks; k++)
        for (size_t i = 0; i < width; i++)
            y[k * step + i] = -(real)INFINITY;
}

MATH void logsumexp_columns(size_t n, size_t step, size_t width, const real *x,
                            real *y)
{
    size_t i = 0;

    for (; width - i >= LANES; i += LANES)
        logsumexp_lanes(n, step, 0, x + i, y + i);
    if (i < width)
        logsumexp_lanes(n, step, width - i, x + i, y + i);
}

void KERNEL(logsumexp)(size_t blocks, size_t n, size_t step, size_t width,
                       const real *x, real *y)
{
    if (n == 0)
        set_empty(blocks, step, width, y);
    else if (step == 1 && n < LONG)
        logsumexp_of_short_rows(blocks, n, x, y);
    if (n == 0 || (step == 1 && n < LONG))
        return;
    for (size_t k = 0; k < blocks; k++, x += n * step, y += step) {
        if (step == 1)
            logsumexp_row(n, x, y);
        else
            logsumexp_columns(n, step, width, x, y);
    }
}
