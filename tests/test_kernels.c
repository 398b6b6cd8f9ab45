/* Every instruction set's kernels against the plain loops. The kernels' door
 * is a neighbour's: these tests alone look through it. */
#include "arrays.h"

#include <string.h>

#define BINARY(op, n, sa, sb)                                                  \
    FOR_EACH_SET({                                                             \
        set->f32->op(n, a.f32, sa, b.f32, sb, y.f32);                          \
        set->f64->op(n, a.f64, sa, b.f64, sb, y.f64);                          \
        plain->f32->op(n, a.f32, sa, b.f32, sb, z.f32);                        \
        plain->f64->op(n, a.f64, sa, b.f64, sb, z.f64);                        \
        compare(set->name, y, z, 1e-300);                                      \
    })

TEST(binary_kernels_are_exact)
{
    for (size_t n = 1; n < 70; n++) {
        arrays a = make(n, n), b = make(n, n + 100), y = make(n, 0),
               z = make(n, 1);
        for (size_t steps = 0; steps < 4; steps++) {
            BINARY(add, n, steps & 1, steps >> 1);
            BINARY(sub, n, steps & 1, steps >> 1);
            BINARY(mul, n, steps & 1, steps >> 1);
            BINARY(div, n, steps & 1, steps >> 1);
        }
        release(a), release(b), release(y), release(z);
    }
}
END_TEST

#define UNARY(op)                                                              \
    FOR_EACH_SET({                                                             \
        set->f32->op(a.n, a.f32, y.f32);                                       \
        set->f64->op(a.n, a.f64, y.f64);                                       \
        plain->f32->op(a.n, a.f32, z.f32);                                     \
        plain->f64->op(a.n, a.f64, z.f64);                                     \
        compare(set->name, y, z, 1e-300);                                      \
    })

TEST(unary_kernels_are_exact)
{
    for (size_t n = 1; n < 70; n++) {
        arrays a = make(n, n), y = make(n, 0), z = make(n, 1);
        a.f32[0] = 0;
        a.f64[0] = 0;
        UNARY(neg);
        UNARY(abs);
        UNARY(sign);
        UNARY(square);
        release(a), release(y), release(z);
    }
}
END_TEST

/* A panel of rows whose numbers are neighbours, or of columns. */
static void check_sums(size_t rows, size_t n, size_t step)
{
    arrays a = make(rows * step, rows + n);
    double *sums = calloc(3 * (rows + n) + 1, sizeof *sums);
    double *rows_of = sums, *columns = sums + rows, *got = columns + n;

    FOR_EACH_SET({
        memset(sums, 0, 3 * (rows + n) * sizeof *sums);
        plain->f64->sum_rows(rows, n, step, a.f64, rows_of);
        plain->f64->sum_columns(rows, n, step, a.f64, columns);
        set->f32->sum_rows(rows, n, step, a.f32, got);
        set->f32->sum_columns(rows, n, step, a.f32, got + rows);
        for (size_t i = 0; i < rows + n; i++)
            if (!(fabs(got[i] - sums[i]) <=
                  1e-6 * (double)(i < rows ? n : rows)))
                ck_abort_msg("%s: a sum of %zu, %zu", set->name, rows, n);
        set->f64->sum_rows(rows, n, step, a.f64, got + rows + n);
        set->f64->sum_columns(rows, n, step, a.f64, got + 2 * rows + n);
        for (size_t i = 0; i < rows + n; i++)
            if (!(fabs(got[rows + n + i] - sums[i]) <=
                  1e-14 * (double)(i < rows ? n : rows)))
                ck_abort_msg("%s: a sum of %zu, %zu", set->name, rows, n);
    });
    free(sums);
    release(a);
}

TEST(scaled_products_are_exact)
{
    for (size_t n = 1; n < 70; n++) {
        arrays a = make(n, n), b = make(n, n + 100), y = make(n, 0),
               z = make(n, 1);
        FOR_EACH_SET({
            set->f32->scaled_mul(n, -0.3, a.f32, b.f32, y.f32);
            set->f64->scaled_mul(n, -0.3, a.f64, b.f64, y.f64);
            plain->f32->scaled_mul(n, -0.3, a.f32, b.f32, z.f32);
            plain->f64->scaled_mul(n, -0.3, a.f64, b.f64, z.f64);
            compare(set->name, y, z, 1e-300);
        });
        release(a), release(b), release(y), release(z);
    }
}
END_TEST

TEST(sums_lose_nothing)
{
    const size_t sizes[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 67, 1023, 1025};
    enum { SIZES = sizeof sizes / sizeof *sizes };

    for (size_t i = 0; i < SIZES; i++)
        for (size_t j = 0; j < SIZES; j++)
            if (sizes[i] * sizes[j] < 70000)
                check_sums(sizes[i], sizes[j], sizes[j] + i % 3);
    check_sums(1, 100003, 100003);
    check_sums(100003, 1, 1);
}
END_TEST

/* What is small must not be lost in what is large. */
TEST(sums_round_late)
{
    enum { MANY = 1 << 20 };
    float *x = malloc(MANY * sizeof *x);

    for (size_t i = 0; i < MANY; i++)
        x[i] = i % 32 == 0 ? 1.0F + 0x1p-20F : 0.25F;
    double expected = (1.0 + 0x1p-20 + 31 * 0.25) * (MANY / 32);
    FOR_EACH_SET({
        (void)plain;
        double row = 0;
        double columns[2];
        memset(columns, 0, sizeof columns);
        set->f32->sum_rows(1, MANY, MANY, x, &row);
        set->f32->sum_columns(MANY / 2, 2, 2, x, columns);
        ck_assert(fabs(row - expected) <= 1e-7 * expected);
        ck_assert(fabs(columns[0] + columns[1] - expected) <= 1e-7 * expected);
    });
    free(x);
}
END_TEST

/* One shape of a product of two images; how many results and terms. */
#define PRODUCT(op, m, n, k, l, results, terms, ...)                           \
    do {                                                                       \
        arrays a = make((m) * (n), 1), b = make((k) * (l), 2);                 \
        arrays y = make(results, 3), z = make(results, 4);                     \
        FOR_EACH_SET({                                                         \
            set->f32->op(__VA_ARGS__, a.f32, b.f32, y.f32);                    \
            set->f64->op(__VA_ARGS__, a.f64, b.f64, y.f64);                    \
            plain->f32->op(__VA_ARGS__, a.f32, b.f32, z.f32);                  \
            plain->f64->op(__VA_ARGS__, a.f64, b.f64, z.f64);                  \
            compare(set->name, y, z, (double)(terms));                         \
        });                                                                    \
        release(a), release(b), release(y), release(z);                        \
    } while (0)

static void check_transpose(size_t matrices, size_t m, size_t n)
{
    arrays x = make(matrices * m * n, 1), y = make(x.n, 2), z = make(x.n, 3);

    FOR_EACH_SET({
        set->f32->transpose(matrices, m, n, x.f32, y.f32);
        set->f64->transpose(matrices, m, n, x.f64, y.f64);
        plain->f32->transpose(matrices, m, n, x.f32, z.f32);
        plain->f64->transpose(matrices, m, n, x.f64, z.f64);
        compare(set->name, y, z, 1e-300);
    });
    release(x), release(y), release(z);
}

TEST(transpose_moves_every_element)
{
    for (size_t m = 1; m < 35; m++)
        for (size_t n = 1; n < 35; n++)
            check_transpose(1 + m % 3, m, n);
    check_transpose(2, 13, 129);
    check_transpose(1, 129, 257);
    check_transpose(3, 300, 128);
}
END_TEST

static const size_t images[][4] = {
    {1, 1, 1, 1},      {5, 6, 1, 1},     {6, 8, 1, 2},      {8, 6, 2, 1},
    {9, 13, 2, 3},     {13, 9, 3, 2},    {33, 37, 5, 5},    {64, 64, 7, 7},
    {17, 130, 3, 31},  {130, 17, 31, 3}, {40, 40, 39, 39},  {40, 40, 40, 40},
    {71, 90, 60, 4},   {90, 71, 4, 60},  {50, 300, 3, 250}, {7, 600, 2, 300},
    {12, 150, 9, 140}, {80, 9, 70, 2},   {20, 100, 7, 8},   {100, 20, 8, 7}};

TEST(corr2d_is_the_plain_loop)
{
    for (size_t i = 0; i < sizeof images / sizeof *images; i++) {
        size_t H = images[i][0], W = images[i][1], h = images[i][2],
               w = images[i][3];
        PRODUCT(corr2d, H, W, h, w, (H - h + 1) * (W - w + 1), h * w, H, W, h,
                w);
    }
}
END_TEST

/* A kernel of several blocks, and images for several bands. */
TEST(large_corr2d_is_the_plain_loop)
{
    const size_t large[][4] = {{60, 260, 20, 140}, {260, 60, 140, 20},
                               {300, 90, 290, 70}, {90, 300, 70, 290},
                               {70, 700, 68, 690}, {400, 50, 388, 49}};

    for (size_t i = 0; i < sizeof large / sizeof *large; i++) {
        size_t H = large[i][0], W = large[i][1], h = large[i][2],
               w = large[i][3];
        PRODUCT(corr2d, H, W, h, w, (H - h + 1) * (W - w + 1), h * w, H, W, h,
                w);
    }
}
END_TEST

TEST(conv2d_full_is_the_plain_loop_whichever_is_larger)
{
    for (size_t i = 0; i < sizeof images / sizeof *images; i++) {
        size_t H = images[i][0], W = images[i][1], h = images[i][2],
               w = images[i][3], results = (H + h - 1) * (W + w - 1);
        PRODUCT(conv2d_full, H, W, h, w, results, h * w, H, W, h, w);
        PRODUCT(conv2d_full, h, w, H, W, results, h * w, h, w, H, W);
        PRODUCT(conv2d_full, H, w, h, W, results, h * w, H, w, h, W);
    }
}
END_TEST

TEST_MAIN("kernels", binary_kernels_are_exact, unary_kernels_are_exact,
          scaled_products_are_exact, sums_lose_nothing, sums_round_late,
          transpose_moves_every_element, corr2d_is_the_plain_loop,
          large_corr2d_is_the_plain_loop,
          conv2d_full_is_the_plain_loop_whichever_is_larger)
