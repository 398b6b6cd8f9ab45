#include "support.h"

#include <math.h>

/* Word 0 and 1 of the published block for key 0, counter 0, as a fraction of
 * 53 bits; so the stream of a seed is pinned too. */
TEST(draws_from_the_published_block)
{
    tg_rng rng = tg_rng_seed(0);

    ck_assert_uint_eq(rng.key, 0);
    ck_assert_uint_eq(rng.counter, 0);
    ck_assert_double_eq(tg_rng_uniform(&rng),
                        (double)(0xe169c58d6627e8d5 >> 11) * 0x1p-53);
    ck_assert_uint_eq(rng.counter, 1);
}

TEST(takes_one_block_a_draw)
{
    tg_rng rng = tg_rng_seed(42), later = rng;

    for (int i = 0; i < 100; i++) {
        tg_rng_uniform(&rng);
        tg_rng_normal(&rng);
    }
    later.counter += 200; /* skipped ahead by an addition */
    tg_rng copy = rng;    /* resumed by its copy */
    double next = tg_rng_uniform(&rng);
    ck_assert_double_eq(tg_rng_uniform(&later), next);
    ck_assert_double_eq(tg_rng_uniform(&copy), next);
}

TEST(wraps_its_counter)
{
    tg_rng rng = {.key = 3, .counter = UINT64_MAX}, first = tg_rng_seed(3);

    tg_rng_uniform(&rng);
    ck_assert_uint_eq(rng.counter, 0);
    ck_assert_double_eq(tg_rng_uniform(&rng), tg_rng_uniform(&first));
}

TEST(gives_each_seed_its_stream)
{
    for (uint64_t bit = 1; bit; bit <<= 1) {
        tg_rng zero = tg_rng_seed(0), other = tg_rng_seed(bit);
        ck_assert_double_ne(tg_rng_uniform(&zero), tg_rng_uniform(&other));
    }
}

enum { DRAWS = 1000000 };

/* Mean, variance and the fill of 100 cells, each within six deviations. */
TEST(is_uniform)
{
    tg_rng rng = tg_rng_seed(7);
    double sum = 0, squares = 0;
    int cells[100] = {0};

    for (int i = 0; i < DRAWS; i++) {
        double u = tg_rng_uniform(&rng);
        if (!(u >= 0 && u < 1))
            ck_abort_msg("%.17g is not in [0, 1)", u);
        sum += u;
        squares += u * u;
        cells[(int)(u * 100)]++;
    }
    double mean = sum / DRAWS, variance = squares / DRAWS - mean * mean;
    ck_assert_double_eq_tol(mean, 0.5, 6 * sqrt(1.0 / 12 / DRAWS));
    ck_assert_double_eq_tol(variance, 1.0 / 12, 6 * sqrt(1.0 / 180 / DRAWS));
    for (int i = 0; i < 100; i++)
        ck_assert_double_eq_tol(cells[i], DRAWS / 100.0,
                                6 * sqrt(DRAWS / 100.0));
}

/* The first four moments, and the share beyond 1, 2 and 3 deviations. */
TEST(is_normal)
{
    tg_rng rng = tg_rng_seed(8);
    double moment[5] = {0};
    int beyond[4] = {0};

    for (int i = 0; i < DRAWS; i++) {
        double z = tg_rng_normal(&rng), power = 1;
        for (int k = 0; k < 5; k++, power *= z)
            moment[k] += power / DRAWS;
        for (int k = 1; k < 4; k++)
            beyond[k] += fabs(z) > k;
    }
    ck_assert_double_eq_tol(moment[1], 0, 6 * sqrt(1.0 / DRAWS));
    ck_assert_double_eq_tol(moment[2], 1, 6 * sqrt(2.0 / DRAWS));
    ck_assert_double_eq_tol(moment[3], 0, 6 * sqrt(15.0 / DRAWS));
    ck_assert_double_eq_tol(moment[4], 3, 6 * sqrt(96.0 / DRAWS));
    for (int k = 1; k < 4; k++) {
        double share = erfc(k / sqrt(2));
        ck_assert_double_eq_tol(beyond[k], share * DRAWS,
                                6 * sqrt(share * DRAWS));
    }
}

TEST(draws_below_without_bias)
{
    tg_rng rng = tg_rng_seed(9);
    int cells[6] = {0};
    const uint64_t large = (uint64_t)3 << 62; /* modulo would favour a third */
    int low = 0;

    for (int i = 0; i < 60000; i++) {
        uint64_t die = tg_rng_below(&rng, 6);
        if (die >= 6)
            ck_abort_msg("%d is not below 6", (int)die);
        cells[die]++;
        uint64_t place = tg_rng_below(&rng, large);
        if (place >= large)
            ck_abort_msg("draw %d is not below 3 * 2^62", i);
        low += place < large / 3;
    }
    for (int i = 0; i < 6; i++)
        ck_assert_double_eq_tol(cells[i], 10000, 6 * sqrt(10000));
    ck_assert_double_eq_tol(low, 20000, 6 * sqrt(20000));
}

TEST(draws_below_the_edges)
{
    tg_rng rng = tg_rng_seed(1);

    ck_assert_uint_eq(tg_rng_below(&rng, 0), 0);
    ck_assert_uint_eq(tg_rng_below(&rng, 1), 0);
    ck_assert_uint_lt(tg_rng_below(&rng, UINT64_MAX), UINT64_MAX);
}

static void check_bounds(tg_dtype dtype, double low, double high)
{
    tg_rng rng = tg_rng_seed(5);
    tg_tensor *t =
        MADE(tg_tensor_uniform(dtype, TG_SHAPE(100, 100), low, high, &rng));

    ck_assert_uint_eq(rng.counter, 10000);
    for (int64_t i = 0; i < 10000; i++) {
        double value = element(t, i);
        if (!(value >= low && (value < high || low == high)))
            ck_abort_msg("%.17g is not in [%.17g, %.17g)", value, low, high);
    }
    tg_tensor_free(t);
}

TEST(fills_a_tensor_within_its_bounds)
{
    for (int dtype = TG_F32; dtype <= TG_F64; dtype++) {
        check_bounds((tg_dtype)dtype, 0, 1);
        check_bounds((tg_dtype)dtype, -3, 5);
        check_bounds((tg_dtype)dtype, 2, 2);
        check_bounds((tg_dtype)dtype, 1, 1 + 0x1p-22);
    }
    check_bounds(TG_F64, -1e308, 1e308);
    check_bounds(TG_F64, 1, 1 + 0x1p-52);
}

/* Row-major, one draw an element, and f32 the rounding of f64. */
TEST(fills_a_tensor_in_order)
{
    tg_rng a = tg_rng_seed(6), b = a, c = a;
    tg_tensor *wide = MADE(tg_tensor_normal(TG_F64, TG_SHAPE(3, 5), 10, 2, &a));
    tg_tensor *narrow = MADE(tg_tensor_normal(TG_F32, TG_SHAPE(15), 10, 2, &b));

    for (int64_t i = 0; i < 15; i++) {
        double drawn = 10 + 2 * tg_rng_normal(&c);
        ck_assert_double_eq_tol(element(wide, i), drawn, 1e-14);
        ck_assert_double_eq(element(narrow, i), (double)(float)drawn);
    }
    ck_assert_uint_eq(a.counter, c.counter);
    tg_tensor *flat = MADE(tg_tensor_uniform(TG_F64, TG_SHAPE(15), -2, 6, &a));
    for (int64_t i = 0; i < 15; i++)
        ck_assert_double_eq_tol(element(flat, i), -2 + 8 * tg_rng_uniform(&c),
                                1e-14);
    tg_tensor_free(flat);
    tg_tensor_free(wide);
    tg_tensor_free(narrow);
}

static void refuse_uniform(tg_dtype dtype, double low, double high)
{
    tg_rng rng = tg_rng_seed(1);

    ck_assert_ptr_null(tg_tensor_uniform(dtype, TG_SHAPE(2), low, high, &rng));
    ck_assert_uint_eq(rng.counter, 0);
}

static void refuse_normal(tg_dtype dtype, double mean, double std)
{
    tg_rng rng = tg_rng_seed(1);

    ck_assert_ptr_null(tg_tensor_normal(dtype, TG_SHAPE(2), mean, std, &rng));
    ck_assert_uint_eq(rng.counter, 0);
}

TEST(refuses)
{
    refuse_uniform(TG_F32, 1, 0);
    refuse_uniform(TG_F32, 0, INFINITY);
    refuse_uniform(TG_F32, -INFINITY, 0);
    refuse_uniform(TG_F32, NAN, 1);
    refuse_uniform(TG_F64, 0, NAN);
    refuse_uniform(TG_I64, 0, 1);
    refuse_uniform((tg_dtype)9, 0, 1);
    refuse_normal(TG_F32, 0, -1);
    refuse_normal(TG_F32, 0, NAN);
    refuse_normal(TG_F32, INFINITY, 1);
    refuse_normal(TG_I64, 0, 1);
    ck_assert_ptr_null(tg_tensor_uniform(TG_F32, TG_SHAPE(2), 0, 1, NULL));
    ck_assert_ptr_null(tg_tensor_normal(TG_F32, TG_SHAPE(2), 0, 1, NULL));
}

TEST_MAIN("random", draws_from_the_published_block, takes_one_block_a_draw,
          wraps_its_counter, gives_each_seed_its_stream, is_uniform, is_normal,
          draws_below_without_bias, draws_below_the_edges,
          fills_a_tensor_within_its_bounds, fills_a_tensor_in_order, refuses)
