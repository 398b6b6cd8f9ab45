#include "kernel.h"

/* Short enough that a lane adds few numbers before it goes on in double, long
 * enough that this is rare. Fixed: a sum's bits depend on nothing else. */
enum { BLOCK = 512 };

static double sum_block(size_t n, const real *x)
{
    real lanes[16] = {0};
    size_t whole = n / 16 * 16;
    double sum = 0;

    for (size_t i = 0; i < whole; i += 16)
        for (size_t l = 0; l < 16; l++)
            lanes[l] += x[i + l];
    for (size_t l = 0; l < 16; l++)
        sum += (double)lanes[l];
    for (size_t i = whole; i < n; i++)
        sum += (double)x[i];
    return sum;
}

void KERNEL(sum)(size_t n, const real *x, double *y)
{
    double sum = 0;

    for (; n > BLOCK; n -= BLOCK, x += BLOCK)
        sum += sum_block(BLOCK, x);
    *y = sum + sum_block(n, x);
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
