/* How far the functions of floats are from the C library's in double, for every
 * STRIDE-th float. */
#include "arrays.h"

#include <string.h>

#ifndef STRIDE
#define STRIDE 40009
#endif

static double sigmoid(double x)
{
    double e = exp(-fabs(x));

    return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

static double softplus(double x)
{
    return log1p(exp(-fabs(x))) + (x < 0 ? 0 : x);
}

static double silu(double x)
{
    return x * sigmoid(x);
}

static double gelu(double x)
{
    return x * erfc(-x * 0.70710678118654752440) / 2;
}

/* The distance of neighbouring floats at y. */
static double unit_at(double y)
{
    int e;

    frexp(y, &e);
    return ldexp(1, e < -125 ? -149 : e - 24);
}

/* Beyond the range of floats it is infinite; else in units. */
static double error(float got, double expected)
{
    double rounded = (double)(float)expected;

    if (isnan(expected) || isinf(rounded) || isinf(got))
        return (isnan(expected) ? isnan(got) : (double)got == rounded)
                   ? 0
                   : INFINITY;
    return fabs((double)got - expected) / unit_at(expected);
}

enum { N = 4096 };
typedef void kernel(size_t n, const float *x, float *y);

static void check(const char *set, const char *name, kernel *f,
                  double (*expected)(double), double most)
{
    static float x[N], y[N];
    uint64_t bits = 0;

    while (bits <= UINT32_MAX) {
        for (size_t i = 0; i < N; i++, bits += STRIDE) {
            uint32_t low = (uint32_t)bits;
            memcpy(&x[i], &low, sizeof low);
        }
        f(N, x, y);
        for (size_t i = 0; i < N; i++)
            if (!(error(y[i], expected((double)x[i])) <= most))
                ck_abort_msg("%s, %s: %a -> %a, not %a", set, name,
                             (double)x[i], (double)y[i],
                             expected((double)x[i]));
    }
}

TEST(functions_are_within_2_units)
{
    FOR_EACH_SET({
        (void)plain;
        check(set->name, "exp", set->f32->exp, exp, 1);
        check(set->name, "log", set->f32->log, log, 1);
        check(set->name, "sin", set->f32->sin, sin, 1);
        check(set->name, "cos", set->f32->cos, cos, 1);
        check(set->name, "tanh", set->f32->tanh, tanh, 1.5);
        check(set->name, "sigmoid", set->f32->sigmoid, sigmoid, 2);
        check(set->name, "softplus", set->f32->softplus, softplus, 2);
        check(set->name, "silu", set->f32->silu, silu, 2);
        /* where products are not fused one more rounding counts */
        check(set->name, "gelu", set->f32->gelu, gelu, 2.5);
    });
}
END_TEST

TEST_MAIN("kernels_ulp", functions_are_within_2_units)
