/* The kernels of products of matrices, in every instruction set, against the
 * plain loop, on shapes around what they are cut into. */
#include "arrays.h"

#include <tinygrad/threads.h>

static void check_sizes(const tg_matmul_sizes *s)
{
    size_t last = s->count - 1;
    arrays a = make(last * s->a_next + s->m * s->k, 1);
    arrays b = make(last * s->b_next + s->k * s->n, 2);
    arrays y = make(last * s->y_next + s->m * s->n, 3);
    arrays z = make(y.n, 3), room = make(tg_matmul_room(s), 4);
    double scale = 1 + sqrt((double)s->k);

    FOR_EACH_SET({
        set->f32->matmul(s, a.f32, b.f32, room.f32, y.f32);
        set->f64->matmul(s, a.f64, b.f64, room.f64, y.f64);
        plain->f32->matmul(s, a.f32, b.f32, NULL, z.f32);
        plain->f64->matmul(s, a.f64, b.f64, NULL, z.f64);
        compare(set->name, y, z, scale);
    });
    release(a), release(b), release(y), release(z), release(room);
}

/* All four ways of storing the operands. */
static void check(size_t m, size_t n, size_t k)
{
    for (int t = 0; t < 4; t++)
        check_sizes(&(tg_matmul_sizes){m, n, k, t & 1, t >> 1, 1, 0, 0, 0});
}

TEST(is_the_plain_product_of_any_shape)
{
    const size_t ends[] = {1, 2, 3, 5, 7, 8, 9, 13, 16, 17, 31, 48};
    enum { N = sizeof ends / sizeof *ends };

    for (size_t i = 0; i < N * N * N; i++)
        check(ends[i % N], ends[i / N % N], ends[i / N / N]);
    for (size_t i = 1; i <= 70; i++) {
        check(i, 70 - i + 1, 33);
        check(i, 37, i);
        check(33, i, 71 - i);
    }
}
END_TEST

/* Past every block of rows, panel of columns and part of the terms. */
TEST(is_the_plain_product_of_large_shapes)
{
    const size_t sizes[][3] = {
        {127, 49, 129}, {128, 48, 128}, {129, 97, 127}, {136, 50, 300},
        {260, 3, 257},  {300, 10, 100}, {9, 200, 513},  {16, 96, 600},
        {17, 192, 130}, {24, 193, 140}, {70, 390, 260}, {257, 131, 19},
        {513, 7, 40},   {40, 7, 513},   {2, 600, 200},  {256, 256, 10},
        {96, 70, 520},  {97, 70, 520},  {290, 65, 257}, {197, 16, 769}};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        check(sizes[i][0], sizes[i][1], sizes[i][2]);
}
END_TEST

TEST(is_the_plain_product_with_vectors)
{
    const size_t sizes[] = {1,   2,   3,   4,    5,    8,    17,   31,
                            63,  64,  127, 255,  256,  257,  259,  511,
                            512, 513, 515, 1023, 1025, 2047, 2049, 2100};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        check(1, sizes[i], 1 + 37 * i);
        check(sizes[i], 1, 1 + 37 * i);
        check(1, 1 + i, sizes[i]);
        check(1 + i, 1, sizes[i]);
        check(sizes[i], 1 + i, 1);
        check(1, 1, sizes[i]);
    }
}
END_TEST

TEST(batches_are_products_each)
{
    for (int t = 0; t < 4; t++)
        for (size_t n = 1; n < 60; n += 19) {
            bool ta = t & 1, tb = t >> 1;
            check_sizes(
                &(tg_matmul_sizes){5, n, 7, ta, tb, 9, 35, 7 * n, 5 * n});
            check_sizes(&(tg_matmul_sizes){n, 6, 9, ta, tb, 3, 0, 54, 6 * n});
            check_sizes(
                &(tg_matmul_sizes){n, 2, 3, ta, tb, 3, 3 * n, 0, 2 * n});
            check_sizes(
                &(tg_matmul_sizes){140, n, 5, ta, tb, 4, 700, 5 * n, 140 * n});
            check_sizes(&(tg_matmul_sizes){1, n, 5, ta, tb, 4, 5, 5 * n, n});
            check_sizes(&(tg_matmul_sizes){n, 1, 5, ta, tb, 4, 5 * n, 5, n});
        }
}
END_TEST

static void multiply_nothing(const tg_kernels_f32 *set)
{
    float y[13];
    tg_matmul_sizes empty[] = {{0, 3, 2, true, false, 2, 0, 6, 0},
                               {3, 0, 2, true, true, 2, 6, 0, 0},
                               {3, 2, 2, true, true, 0, 6, 0, 0}};

    for (int i = 0; i < 13; i++)
        y[i] = 7;
    set->matmul(&(tg_matmul_sizes){2, 3, 0, false, false, 2, 0, 0, 6}, y, y,
                NULL, y);
    for (int i = 0; i < 13; i++)
        ck_assert(y[i] == (i < 12 ? 0 : 7));
    for (int i = 0; i < 3; i++)
        set->matmul(&empty[i], y, y, NULL, y + 12);
    ck_assert(y[12] == 7);
}

TEST(of_nothing_is_nothing_or_zeros)
{
    FOR_EACH_SET({
        multiply_nothing(set->f32);
        multiply_nothing(plain->f32);
    });
}
END_TEST

/* Lanes that belong to no result may hold anything, which nobody sees. */
static void multiply_with_nan(const tg_kernels_f32 *set, size_t m, size_t n,
                              int t)
{
    enum { K = 21 };
    tg_matmul_sizes s = {m, n, K, t & 1, t >> 1, 1, 0, 0, 0};
    arrays a = make(m * K, 1), b = make(K * n, 2), y = make(m * n, 3);
    arrays room = make(tg_matmul_room(&s), 4);

    a.f32[s.a_transposed ? m / 2 : m / 2 * K] = NAN;
    b.f32[s.b_transposed ? n / 2 * K : n / 2] = INFINITY;
    set->matmul(&s, a.f32, b.f32, room.f32, y.f32);
    for (size_t i = 0; i < m * n; i++)
        ck_assert((isfinite(y.f32[i]) != 0) ==
                  (i / n != m / 2 && i % n != n / 2));
    release(a), release(b), release(y), release(room);
}

TEST(nan_stays_in_its_row_and_column)
{
    for (int t = 0; t < 4; t++)
        FOR_EACH_SET({
            multiply_with_nan(set->f32, 11, 19, t);
            multiply_with_nan(set->f32, 40, 5, t);
            multiply_with_nan(set->f32, 131, 53, t);
            multiply_with_nan(set->f32, 1, 55, t);
            multiply_with_nan(set->f32, 55, 1, t);
            multiply_with_nan(plain->f32, 11, 19, t);
        });
}
END_TEST

/* Threads get parts of the result, whose bits do not depend on how many. */
static void multiply_by_threads(const tg_kernels_f32 *set,
                                const tg_matmul_sizes *s)
{
    arrays a = make(s->count * s->m * s->k, 1), b = make(s->k * s->n, 2);
    arrays y = make(s->count * s->m * s->n, 3), z = make(y.n, 4);
    arrays room = make(tg_matmul_room(s), 5);

    tg_set_threads(1);
    set->matmul(s, a.f32, b.f32, room.f32, y.f32);
    for (int threads = 2; threads <= 5; threads++) {
        tg_set_threads(threads);
        set->matmul(s, a.f32, b.f32, room.f32, z.f32);
        ck_assert_mem_eq(y.f32, z.f32, y.n * sizeof *y.f32);
    }
    tg_set_threads(0);
    release(a), release(b), release(y), release(z), release(room);
}

TEST(threads_change_no_bit)
{
    const tg_matmul_sizes sizes[] = {
        {300, 310, 320, false, true, 1, 0, 0, 0},
        {300, 11, 1000, true, false, 1, 0, 0, 0},
        {200, 50, 600, false, false, 5, 200 * 600, 0, 200 * 50},
        {60, 333, 300, false, false, 7, 60 * 300, 0, 60 * 333},
        {1, 3001, 1000, false, false, 1, 0, 0, 0},
        {3001, 1, 1000, false, false, 1, 0, 0, 0}};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        FOR_EACH_SET({
            multiply_by_threads(set->f32, &sizes[i]);
            multiply_by_threads(plain->f32, &sizes[i]);
        });
}
END_TEST

TEST_MAIN("kernels_matmul", is_the_plain_product_of_any_shape,
          is_the_plain_product_of_large_shapes,
          is_the_plain_product_with_vectors, batches_are_products_each,
          of_nothing_is_nothing_or_zeros, nan_stays_in_its_row_and_column,
          threads_change_no_bit)
