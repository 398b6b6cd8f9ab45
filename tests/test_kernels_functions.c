/* The kernels of one operand, and slopes, in every instruction set: the plain
 * loops' values, special ones among them, wherever in an array they stand. */
#include "arrays.h"

#include <float.h>
#include <string.h>

#define CASES(X)                                                               \
    X(neg, neg, n, x, y)                                                       \
    X(abs, abs, n, x, y)                                                       \
    X(sign, sign, n, x, y)                                                     \
    X(square, square, n, x, y)                                                 \
    X(sqrt, sqrt, n, x, y)                                                     \
    X(exp, exp, n, x, y)                                                       \
    X(log, log, n, x, y)                                                       \
    X(sin, sin, n, x, y)                                                       \
    X(cos, cos, n, x, y)                                                       \
    X(tanh, tanh, n, x, y)                                                     \
    X(sigmoid, sigmoid, n, x, y)                                               \
    X(softplus, softplus, n, x, y)                                             \
    X(silu, silu, n, x, y)                                                     \
    X(gelu, gelu, n, x, y)                                                     \
    X(relu, relu, n, x, y)                                                     \
    X(power_2, power, n, 2, x, y)                                              \
    X(power_3, power, n, 3, x, y)                                              \
    X(power_17, power, n, 17, x, y)                                            \
    X(power_0, power, n, 0, x, y)                                              \
    X(power_minus_1, power, n, -1, x, y)                                       \
    X(power_minus_4, power, n, -4, x, y)                                       \
    X(power_half, power, n, 0.5, x, y)                                         \
    X(power_minus_5_halves, power, n, -2.5, x, y)                              \
    X(power_other, power, n, 1.37, x, y)                                       \
    X(leaky_relu, leaky_relu, n, 0.1, x, y)                                    \
    X(clamp, clamp, n, -0.5, 1.5, x, y)                                        \
    X(tanh_slope, tanh_slope, n, x, dy, y)                                     \
    X(sigmoid_slope, sigmoid_slope, n, x, dy, y)                               \
    X(silu_slope, silu_slope, n, x, dy, y)                                     \
    X(gelu_slope, gelu_slope, n, x, dy, y)                                     \
    X(relu_slope, relu_slope, n, x, dy, y)                                     \
    X(leaky_relu_slope, leaky_relu_slope, n, 0.1, x, dy, y)                    \
    X(clamp_slope, clamp_slope, n, -0.5, 1.5, x, dy, y)

#define DEFINE(name, kernel, ...)                                              \
    static void name##_f32(const tg_kernels *set, size_t n, const float *x,    \
                           const float *dy, float *y)                          \
    {                                                                          \
        (void)dy;                                                              \
        set->f32->kernel(__VA_ARGS__);                                         \
    }                                                                          \
    static void name##_f64(const tg_kernels *set, size_t n, const double *x,   \
                           const double *dy, double *y)                        \
    {                                                                          \
        (void)dy;                                                              \
        set->f64->kernel(__VA_ARGS__);                                         \
    }
CASES(DEFINE)

typedef struct kernel {
    const char *name;
    void (*f32)(const tg_kernels *, size_t, const float *, const float *,
                float *);
    void (*f64)(const tg_kernels *, size_t, const double *, const double *,
                double *);
} kernel;

#define ENTRY(name, ...) {#name, name##_f32, name##_f64},
static const kernel kernels[] = {CASES(ENTRY)};
enum { N_KERNELS = sizeof kernels / sizeof *kernels };

/* Ends, limits of what is handled alike, and what rounding is hard on. */
static const double special[] = {
    0.0,     -0.0,     INFINITY,   -INFINITY, NAN,       1,         -1,
    FLT_MAX, -FLT_MAX, FLT_MIN,    -FLT_MIN,  0x1p-149,  -0x1p-149, 0x1p-140,
    88.72,   88.73,    89,         -87.3,     -87.4,     -103.9,    -104.1,
    0.5,     -0.5,     1.5,        0.5625,    0.56249,   80,        -80,
    -112,    -111.9,   0x1p20,     1048577,   -1e30,     1e30,      14.6,
    -14.6,   -13.5,    -5.5,       1.000001,  0.999999,  -1.00001,  3.14159274,
    22.0,    355.0,    1.57079637, 4.712389,  0x1p-126,  0x1p-12,   -0x1p-30,
    0.70710, 1.414213, 0.41421356, 9.01,      -9.01,     10,        1e-3,
    -20,     20,       -0.3465736, 0.3465736, 0.6931472, 65504,     1e-20};
enum { N_SPECIAL = sizeof special / sizeof *special, N = 4096 };

/* The special values, then numbers of all magnitudes up to 2^9, or up to 2 for
 * the second operand. */
static arrays values(uint64_t seed, bool second)
{
    arrays a = make(N, seed);

    for (size_t i = 0; i < N; i++) {
        int e = second ? 1 : (int)(i % 23) - 13;
        double v = (double)ldexpf(a.f32[i], e);
        a.f32[i] = (float)(!second && i < N_SPECIAL ? special[i] : v);
        a.f64[i] = (double)a.f32[i];
    }
    return a;
}

static bool is_near(double got, double expected, double ulps, double unit,
                    double least)
{
    if (isnan(expected) || isinf(expected))
        return isnan(expected) ? isnan(got) : got == expected;
    return fabs(got - expected) <= ulps * (fabs(expected) * unit + least);
}

/* A slope may be small where it is a difference: held to dy times what it is a
 * difference of. */
static double scale_of(const kernel *k, double x, double dy)
{
    bool slope = strstr(k->name, "_slope") != NULL;

    return slope && isfinite(x) ? 4 * fabs(dy) * (1 + x * x) : 0;
}

static void check_values(const tg_kernels *set, const kernel *k)
{
    arrays x = values(1, false), dy = values(2, true), y = make(N, 3);
    arrays z = make(N, 4);

    k->f32(set, N, x.f32, dy.f32, y.f32);
    k->f64(set, N, x.f64, dy.f64, y.f64);
    k->f32(tg_kernels_plain(), N, x.f32, dy.f32, z.f32);
    k->f64(tg_kernels_plain(), N, x.f64, dy.f64, z.f64);
    for (size_t i = 0; i < N; i++) {
        double scale = scale_of(k, x.f64[i], dy.f64[i]);
        if (!is_near((double)y.f32[i], (double)z.f32[i], 2.5, 0x1p-23,
                     0x1p-149 + scale * 0x1p-23))
            ck_abort_msg("%s, %s: %a -> %a, not %a", set->name, k->name,
                         (double)x.f32[i], (double)y.f32[i], (double)z.f32[i]);
        if (!is_near(y.f64[i], z.f64[i], 4, 0x1p-52,
                     0x1p-1074 + scale * 0x1p-52))
            ck_abort_msg("%s, %s: %a -> %a, not %a", set->name, k->name,
                         x.f64[i], y.f64[i], z.f64[i]);
    }
    release(x), release(dy), release(y), release(z);
}

TEST(they_are_the_plain_loops)
{
    FOR_EACH_SET({
        (void)plain;
        for (size_t k = 0; k < N_KERNELS; k++)
            check_values(set, &kernels[k]);
    });
}
END_TEST

/* The bits of a run over [offset, offset + n) are those of single runs. */
static void check_cut(const tg_kernels *set, const kernel *k, size_t offset,
                      size_t n, arrays x, arrays dy, arrays single)
{
    arrays y = make(n + 2, 7);
    float after = y.f32[n + 1];

    k->f32(set, n, x.f32 + offset, dy.f32 + offset, y.f32 + 1);
    k->f64(set, n, x.f64 + offset, dy.f64 + offset, y.f64 + 1);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(memcmp(&y.f32[i + 1], &single.f32[offset + i], 4) == 0 &&
                          memcmp(&y.f64[i + 1], &single.f64[offset + i], 8) ==
                              0,
                      "%s, %s: %zu of %zu differs from it alone", set->name,
                      k->name, i, n);
    ck_assert(memcmp(&after, &y.f32[n + 1], 4) == 0);
    release(y);
}

static void check_in_place(const tg_kernels *set, const kernel *k, size_t n,
                           arrays x, arrays dy, arrays single)
{
    arrays y = make(n, 7), z = make(n, 8);

    memcpy(y.f32, x.f32, n * 4), memcpy(y.f64, x.f64, n * 8);
    memcpy(z.f32, dy.f32, n * 4), memcpy(z.f64, dy.f64, n * 8);
    k->f32(set, n, y.f32, dy.f32, y.f32);
    k->f64(set, n, y.f64, dy.f64, y.f64);
    ck_assert_msg(memcmp(y.f32, single.f32, n * 4) == 0 &&
                      memcmp(y.f64, single.f64, n * 8) == 0,
                  "%s, %s: differs in place", set->name, k->name);
    k->f32(set, n, x.f32, z.f32, z.f32);
    k->f64(set, n, x.f64, z.f64, z.f64);
    ck_assert_msg(memcmp(z.f32, single.f32, n * 4) == 0 &&
                      memcmp(z.f64, single.f64, n * 8) == 0,
                  "%s, %s: differs in place of dy", set->name, k->name);
    release(y), release(z);
}

TEST(no_bit_depends_on_the_place)
{
    FOR_EACH_SET({
        (void)plain;
        for (size_t k = 0; k < N_KERNELS; k++) {
            arrays x = values(5, false);
            arrays dy = values(6, true);
            arrays single = make(N, 7);
            for (size_t i = 0; i < N; i++) {
                kernels[k].f32(set, 1, x.f32 + i, dy.f32 + i, single.f32 + i);
                kernels[k].f64(set, 1, x.f64 + i, dy.f64 + i, single.f64 + i);
            }
            for (size_t n = 0; n < 68; n++)
                for (size_t offset = 0; offset < 3; offset++)
                    check_cut(set, &kernels[k], offset, n, x, dy, single);
            check_cut(set, &kernels[k], 1, N - 1, x, dy, single);
            check_in_place(set, &kernels[k], N, x, dy, single);
            release(x);
            release(dy);
            release(single);
        }
    });
}
END_TEST

TEST_MAIN("kernels_functions", they_are_the_plain_loops,
          no_bit_depends_on_the_place)
