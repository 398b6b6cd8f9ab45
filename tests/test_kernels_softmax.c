/* The kernels along one axis, in every instruction set, against the plain
 * loops: short and long rows, and columns. */
#include "arrays.h"

#include <string.h>

enum { BLOCKS = 37, PAD = 5 };

/* blocks, numbers in a sum, how far apart they are, sums of a block */
static const size_t shapes[][4] = {
    {1, 1, 1, 1},    {BLOCKS, 1, 1, 1}, {BLOCKS, 2, 1, 1}, {BLOCKS, 10, 1, 1},
    {16, 10, 1, 1},  {3, 32, 1, 1},     {5, 33, 1, 1},     {4, 64, 1, 1},
    {3, 67, 1, 1},   {2, 1000, 1, 1},   {1, 1003, 1, 1},   {2, 3, 5, 5},
    {3, 10, 16, 16}, {2, 7, 33, 33},    {1, 100, 40, 17},  {2, 9, 70, 64},
    {2, 5, 20, 3},   {1, 200, 2, 2},    {2, 1, 19, 19},    {2, 17, 131, 131}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static bool same(double a, double b, double margin)
{
    return a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= margin;
}

static void expect_same(const char *set, const char *what, arrays y, arrays z,
                        double scale)
{
    for (size_t i = 0; i < y.n; i++)
        if (!same((double)y.f32[i], (double)z.f32[i], scale * 4 * 0x1p-24) ||
            !same(y.f64[i], z.f64[i], scale * 4 * 0x1p-53))
            ck_abort_msg("%s, %s: %zu of %zu is %g, not %g", set, what, i, y.n,
                         (double)y.f32[i], (double)z.f32[i]);
}

#define SHARES(op, scale)                                                      \
    do {                                                                       \
        arrays y = make(x.n, 3), z = make(x.n, 3);                             \
        set->f32->op(blocks, n, step, width, x.f32, y.f32);                    \
        set->f64->op(blocks, n, step, width, x.f64, y.f64);                    \
        plain->f32->op(blocks, n, step, width, x.f32, z.f32);                  \
        plain->f64->op(blocks, n, step, width, x.f64, z.f64);                  \
        expect_same(set->name, #op, y, z, scale);                              \
        release(y), release(z);                                                \
    } while (0)

#define SLOPE(op, scale)                                                       \
    do {                                                                       \
        arrays y = make(x.n, 3), z = make(x.n, 3);                             \
        set->f32->op(blocks, n, step, width, x.f32, dy.f32, y.f32);            \
        set->f64->op(blocks, n, step, width, x.f64, dy.f64, y.f64);            \
        plain->f32->op(blocks, n, step, width, x.f32, dy.f32, z.f32);          \
        plain->f64->op(blocks, n, step, width, x.f64, dy.f64, z.f64);          \
        expect_same(set->name, #op, y, z, scale);                              \
        release(y), release(z);                                                \
    } while (0)

static void set_number(arrays x, size_t i, double value)
{
    x.f32[i] = (float)value;
    x.f64[i] = value;
}

/* Numbers far apart; in some of the sums an infinity, a NaN, or nothing else.
 */
static arrays numbers(const size_t shape[4], bool special)
{
    size_t size = shape[0] * shape[1] * shape[2];
    arrays x = make(size + PAD, size);

    for (size_t i = 0; i < size; i++)
        set_number(x, i, (double)(x.f32[i] * (i % 5 == 0 ? 40 : 3)));
    if (!special)
        return x;
    set_number(x, 0, NAN);
    set_number(x, size / 2, INFINITY);
    set_number(x, size - 1, -INFINITY);
    for (size_t i = 0; size > 400 && i < shape[1]; i++)
        set_number(x, 1 + i * shape[2], -INFINITY);
    return x;
}

static void check(const tg_kernels *set, const tg_kernels *plain,
                  const size_t shape[4], bool special)
{
    size_t blocks = shape[0], n = shape[1], step = shape[2], width = shape[3];
    arrays x = numbers(shape, special), dy = make(x.n, 9);

    SHARES(softmax, 1);
    SHARES(log_softmax, 80);
    SHARES(logsumexp, 80);
    for (size_t i = 0; i < x.n && !special; i++)
        set_number(x, i, -fabs((double)x.f32[i]) / 40);
    SLOPE(softmax_slope, special ? INFINITY : (double)n);
    SLOPE(log_softmax_slope, special ? INFINITY : (double)n);
    release(x), release(dy);
}

TEST(shares_are_the_plain_loops)
{
    FOR_EACH_SET({
        for (size_t i = 0; i < SHAPES; i++) {
            check(set, plain, shapes[i], false);
            check(set, plain, shapes[i], true);
        }
    });
}
END_TEST

/* Near 0, where e^0 for what is not there would weigh as much as the rest. */
static void check_near_0(const tg_kernels *set, const tg_kernels *plain,
                         const size_t shape[4])
{
    size_t blocks = shape[0], n = shape[1], step = shape[2], width = shape[3];
    arrays x = make(blocks * n * step + PAD, 7);

    SHARES(softmax, 1);
    SHARES(log_softmax, 8);
    SHARES(logsumexp, 8);
    release(x);
}

TEST(only_what_is_there_counts)
{
    FOR_EACH_SET({
        for (size_t i = 0; i < SHAPES; i++)
            check_near_0(set, plain, shapes[i]);
    });
}
END_TEST

TEST(nothing_has_no_logarithm)
{
    FOR_EACH_SET({
        float y[4] = {1};
        (void)plain;
        y[1] = y[2] = y[3] = 1;
        set->f32->logsumexp(3, 0, 1, 1, y, y);
        ck_assert(isinf(y[0]) && y[0] < 0 && y[2] == y[0] && y[3] == 1);
        set->f32->softmax(3, 0, 1, 1, y, y + 3);
        ck_assert(y[3] == 1);
    });
}
END_TEST

static void check_argmax(const tg_kernels *set, const tg_kernels *plain,
                         const size_t shape[4], arrays x)
{
    size_t blocks = shape[0], n = shape[1], step = shape[2], width = shape[3];
    int64_t *y = calloc(blocks * step, sizeof *y);
    int64_t *z = calloc(blocks * step, sizeof *z);

    plain->f64->argmax(blocks, n, step, width, x.f64, z);
    set->f32->argmax(blocks, n, step, width, x.f32, y);
    ck_assert_mem_eq(y, z, blocks * step * sizeof *y);
    set->f64->argmax(blocks, n, step, width, x.f64, y);
    ck_assert_mem_eq(y, z, blocks * step * sizeof *y);
    free(y), free(z);
}

TEST(the_first_of_the_largest_is_found)
{
    FOR_EACH_SET({
        for (size_t i = 0; i < SHAPES; i++) {
            const size_t *s = shapes[i];
            arrays x = numbers(s, i % 2 == 0);
            check_argmax(set, plain, s, x);
            for (size_t k = 0; k < x.n; k++)
                set_number(x, k, floor(3 * (double)x.f32[k] / 80));
            check_argmax(set, plain, s, x);
            for (size_t k = 0; k < x.n; k++)
                set_number(x, k, k == x.n - PAD - 1 ? 5 : 4);
            check_argmax(set, plain, s, x);
            release(x);
        }
    });
}
END_TEST

TEST_MAIN("kernels_softmax", shares_are_the_plain_loops,
          only_what_is_there_counts, nothing_has_no_logarithm,
          the_first_of_the_largest_is_found)
