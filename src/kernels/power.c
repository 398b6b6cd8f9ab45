/* Powers of floats. Whole and half exponents are products and square roots, in
 * double; the others are the C library's. */
#include "kernel.h"

#include <math.h>

enum { BLOCK = 64, MOST = 32 };

/* y = x^(twice / 2), twice >= 0. Of a square root, -0 and -infinity count as
 * positive, as in pow. */
static void raise(unsigned twice, double x[BLOCK], double y[BLOCK])
{
    for (size_t i = 0; i < BLOCK; i++) {
        if (twice % 2 != 0)
            x[i] = x[i] == 0 || x[i] == -INFINITY ? fabs(x[i]) : x[i];
        y[i] = twice % 2 != 0 ? sqrt(x[i]) : 1;
    }
    for (unsigned rest = twice / 2; rest > 0; rest /= 2)
        for (size_t i = 0; i < BLOCK; i++) {
            if (rest % 2 != 0)
                y[i] *= x[i];
            x[i] *= x[i];
        }
}

static void run_halves(size_t n, int twice, const float *from, float *to)
{
    double x[BLOCK], y[BLOCK];

    for (size_t i = 0; i < BLOCK; i++)
        x[i] = i < n ? (double)from[i] : 1;
    raise((unsigned)(twice < 0 ? -twice : twice), x, y);
    for (size_t i = 0; i < n; i++)
        to[i] = (float)(twice < 0 ? 1 / y[i] : y[i]);
}

void KERNEL(power)(size_t n, double p, const real *x, real *y)
{
    bool halves = fabs(p) <= MOST && rint(2 * p) == 2 * p;

    if (!halves)
        for (size_t i = 0; i < n; i++)
            y[i] = powf(x[i], (real)p);
    for (size_t i = 0; halves && i < n; i += BLOCK)
        run_halves(n - i < BLOCK ? n - i : BLOCK, (int)(2 * p), x + i, y + i);
}
