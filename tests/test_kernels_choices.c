/* The kernels of two operands that compare them, and folds, in every
 * instruction set, against the plain loops: the same numbers. */
#include "arrays.h"

#include <string.h>

enum { MOST = 200 };

/* Few different numbers, so that there are ties; NaN, infinities, zeros. */
static arrays choices(size_t n, uint64_t seed)
{
    static const float few[] = {0, -0.0F, 1, -1, 2.5F, -7, INFINITY, -INFINITY};
    arrays a = make(n, seed);

    for (size_t i = 0; i < n; i++) {
        unsigned which = (unsigned)((a.f32[i] + 1) * 8) % 10;
        a.f32[i] = which < 8 ? few[which] : which == 8 ? NAN : a.f32[i];
        a.f64[i] = (double)a.f32[i];
    }
    return a;
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static void expect_same(const char *set, const char *what, arrays y, arrays z)
{
    for (size_t i = 0; i < y.n; i++)
        if (!same((double)y.f32[i], (double)z.f32[i]) ||
            !same(y.f64[i], z.f64[i]))
            ck_abort_msg("%s, %s: %zu of %zu is %g, not %g", set, what, i, y.n,
                         y.f64[i], z.f64[i]);
}

#define BINARY(op)                                                             \
    do {                                                                       \
        set->f32->op(n, a.f32, sa, b.f32, sb, y.f32);                          \
        set->f64->op(n, a.f64, sa, b.f64, sb, y.f64);                          \
        plain->f32->op(n, a.f32, sa, b.f32, sb, z.f32);                        \
        plain->f64->op(n, a.f64, sa, b.f64, sb, z.f64);                        \
        expect_same(set->name, #op, y, z);                                     \
    } while (0)

#define SHARE(op)                                                              \
    do {                                                                       \
        set->f32->op(n, dy.f32, a.f32, sa, b.f32, sb, y.f32);                  \
        set->f64->op(n, dy.f64, a.f64, sa, b.f64, sb, y.f64);                  \
        plain->f32->op(n, dy.f32, a.f32, sa, b.f32, sb, z.f32);                \
        plain->f64->op(n, dy.f64, a.f64, sa, b.f64, sb, z.f64);                \
        expect_same(set->name, #op, y, z);                                     \
    } while (0)

static void check_pairs(const tg_kernels *set, const tg_kernels *plain,
                        size_t n, size_t sa, size_t sb)
{
    arrays a = choices(n, n), b = choices(n, n + 500), dy = choices(n, n + 900);
    arrays y = make(n, 1), z = make(n, 2);

    BINARY(add);
    BINARY(sub);
    BINARY(mul);
    BINARY(div);
    BINARY(maximum);
    BINARY(minimum);
    BINARY(equal);
    SHARE(maximum_share);
    SHARE(minimum_share);
    release(a), release(b), release(dy), release(y), release(z);
}

TEST(comparisons_are_the_plain_loops)
{
    FOR_EACH_SET({
        for (size_t n = 1; n < 70; n++)
            for (size_t steps = 0; steps < 4; steps++)
                check_pairs(set, plain, n, steps & 1, steps >> 1);
    });
}
END_TEST

static void check_select(const tg_kernels *set, const tg_kernels *plain,
                         size_t n, size_t sc, size_t sa, size_t sb)
{
    arrays a = choices(n, n), b = choices(n, n + 500);
    arrays y = make(n, 1), z = make(n, 2);
    int64_t c[MOST];

    for (size_t i = 0; i < n; i++)
        c[i] = i * i % 3 == 1 ? INT64_C(1) << (i % 60) : 0;
    set->f32->select(n, c, sc, a.f32, sa, b.f32, sb, y.f32);
    set->f64->select(n, c, sc, a.f64, sa, b.f64, sb, y.f64);
    plain->f32->select(n, c, sc, a.f32, sa, b.f32, sb, z.f32);
    plain->f64->select(n, c, sc, a.f64, sa, b.f64, sb, z.f64);
    expect_same(set->name, "select", y, z);
    release(a), release(b), release(y), release(z);
}

TEST(selections_are_the_plain_loops)
{
    FOR_EACH_SET({
        for (size_t n = 1; n < 70; n++)
            for (size_t steps = 0; steps < 8; steps++)
                check_select(set, plain, n, steps & 1, steps >> 1 & 1,
                             steps >> 2);
    });
}
END_TEST

enum { ROWS = 3 };

#define FOLD(op)                                                               \
    do {                                                                       \
        set->f32->op(ROWS, n, n + 1, a.f32, y.f32);                            \
        set->f64->op(ROWS, n, n + 1, a.f64, y.f64);                            \
        plain->f32->op(ROWS, n, n + 1, a.f32, z.f32);                          \
        plain->f64->op(ROWS, n, n + 1, a.f64, z.f64);                          \
        expect_same(set->name, #op, y, z);                                     \
    } while (0)

/* The extreme of a row is at `at`, and so, after a while, is a NaN. */
static void check_folds(const tg_kernels *set, const tg_kernels *plain,
                        size_t n, size_t at)
{
    const double extremes[] = {2, -2, NAN};
    arrays a = make(ROWS * (n + 1), n), y = make(ROWS, 1), z = make(ROWS, 2);

    for (size_t i = 0; i < 3; i++) {
        for (size_t r = 0; r < ROWS; r++) {
            a.f64[r * (n + 1) + at] = extremes[i];
            a.f32[r * (n + 1) + at] = (float)extremes[i];
        }
        FOLD(largest);
        FOLD(smallest);
    }
    release(a), release(y), release(z);
}

TEST(folds_find_the_extreme_wherever_it_is)
{
    FOR_EACH_SET({
        for (size_t n = 1; n < MOST; n += n < 70 ? 1 : 13)
            for (size_t at = 0; at < n; at++)
                check_folds(set, plain, n, at);
    });
}
END_TEST

TEST_MAIN("kernels_choices", comparisons_are_the_plain_loops,
          selections_are_the_plain_loops, folds_find_the_extreme_wherever_it_is)
