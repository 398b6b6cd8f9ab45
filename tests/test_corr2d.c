#include "plain.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

static tg_tensor *apply(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_corr2d(g, in[0], in[1]);
}

/* Sums of so many terms near 1, so the scale is theirs even where they
 * cancel. */
static double margin(tg_dtype dtype, int64_t terms)
{
    return tolerance(dtype) * (1 + sqrt((double)terms));
}

static void check_values(tg_dtype dtype, int64_t H, int64_t W, int64_t h,
                         int64_t w)
{
    tg_graph *g = MADE(tg_graph_new());
    int64_t rows = H - h + 1, columns = W - w + 1;
    tg_tensor *x = random_leaf(dtype, TG_SHAPE(H, W), 1);
    tg_tensor *k = random_leaf(dtype, TG_SHAPE(h, w), 2);
    tg_tensor *dy = random_tensor(dtype, TG_SHAPE(rows, columns), 3);
    double *xv = elements(x), *kv = elements(k), *dyv = elements(dy);
    double *y = plain_zeros(rows * columns);
    double *dx = plain_zeros(H * W), *dk = plain_zeros(h * w);

    plain_corr2d(H, W, xv, h, w, kv, y);
    plain_corr2d_dx(H, W, h, w, kv, dyv, dx);
    plain_corr2d_dk(H, W, xv, h, w, dyv, dk);
    tg_tensor *result = MADE(tg_corr2d(g, x, k));
    EXPECT_OK(tg_backward_from(g, result, dy));
    expect_within("y", result, TG_SHAPE(rows, columns), y,
                  margin(dtype, h * w));
    expect_within("dx", tg_grad(x), TG_SHAPE(H, W), dx, margin(dtype, h * w));
    expect_within("dk", tg_grad(k), TG_SHAPE(h, w), dk,
                  margin(dtype, rows * columns));
    tg_tensor_free(x);
    tg_tensor_free(k);
    tg_tensor_free(dy);
    tg_graph_free(g);
    free(xv), free(kv), free(dyv), free(y), free(dx), free(dk);
}

static void check(int64_t H, int64_t W, int64_t h, int64_t w)
{
    check_values(TG_F32, H, W, h, w);
    check_values(TG_F64, H, W, h, w);
}

static const int64_t kernels[][2] = {{1, 1}, {1, 2}, {2, 1},
                                     {2, 3}, {3, 2}, {5, 5}};
enum { N_KERNELS = sizeof kernels / sizeof *kernels };

/* The figure of the chapter. */
TEST(gives_the_chapters_numbers)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(3, 3), 0, 1, 2, 3, 4, 5, 6, 7, 8);
    tg_tensor *k = TENSOR(TG_F32, TG_SHAPE(2, 2), 0, 1, 2, 3);
    tg_tensor *y = MADE(tg_corr2d(g, x, k));

    EXPECT_SHAPE(y, TG_SHAPE(2, 2));
    EXPECT_VALUES(y, 19, 25, 37, 43);
    tg_tensor_free(x);
    tg_tensor_free(k);
    tg_graph_free(g);
}

/* The 6x8 image of a dark column: 1 where white meets black, -1 where black
 * meets white; and 0 everywhere once the image is transposed. */
TEST(finds_the_chapters_edges)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = MADE(tg_tensor_full(TG_F32, TG_SHAPE(6, 8), 1));
    tg_tensor *k = TENSOR(TG_F32, TG_SHAPE(1, 2), 1, -1);

    for (int64_t i = 0; i < 6 * 8; i++)
        if (i % 8 >= 2 && i % 8 < 6)
            tg_data_f32(x)[i] = 0;
    tg_tensor *y = MADE(tg_corr2d(g, x, k));
    EXPECT_SHAPE(y, TG_SHAPE(6, 7));
    for (int64_t i = 0; i < 6 * 7; i++)
        ck_assert_double_eq(element(y, i),
                            i % 7 == 1 ? 1 : (i % 7 == 5 ? -1 : 0));
    tg_tensor *turned = MADE(tg_corr2d(g, tg_transpose(g, x), k));
    EXPECT_SHAPE(turned, TG_SHAPE(8, 5));
    for (int64_t i = 0; i < 8 * 5; i++)
        ck_assert_double_eq(element(turned, i), 0);
    tg_tensor_free(x);
    tg_tensor_free(k);
    tg_graph_free(g);
}

TEST(equals_a_plain_loop)
{
    for (int i = 0; i < N_KERNELS; i++)
        for (int64_t H = 5; H < 10; H++)
            for (int64_t W = 5; W < 10; W++)
                check(H, W, kernels[i][0], kernels[i][1]);
}

/* Every width of a row against every width of a kernel: the ends of rows are
 * where vectors do not fit. */
TEST(equals_a_plain_loop_at_every_width)
{
    for (int64_t W = 1; W <= 40; W++)
        for (int64_t w = 1; w <= W; w += 1 + W / 8)
            check(3, W, 1 + w % 3, w);
}

TEST(equals_a_plain_loop_when_large)
{
    check(37, 53, 7, 7);
    check(53, 37, 1, 11);
    check(37, 53, 37, 53);
    check(1, 1000, 1, 999);
    check(1000, 1, 17, 1);
    check(64, 64, 2, 64);
    check(300, 300, 5, 5);
    check(300, 300, 300, 300);
    check(300, 300, 298, 299);
}

TEST(is_differentiable)
{
    for (int i = 0; i < N_KERNELS; i++) {
        tg_shape k = TG_SHAPE(kernels[i][0], kernels[i][1]);
        CHECK_OP(apply, TG_SHAPE(5, 6), k);
        CHECK_OP(apply, TG_SHAPE(6, 5), k);
        CHECK_OP(apply, k, k);
    }
}

static tg_tensor *alone(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_corr2d(g, in[0], in[0]);
}

/* y = sum x^2. */
TEST(takes_one_tensor_twice)
{
    CHECK_OP(alone, TG_SHAPE(2, 3));
    CHECK_OP(alone, TG_SHAPE(1, 1));
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2, 2), 1, 2, 3, 4);
    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_corr2d(g, x, x));
    EXPECT_OK(tg_backward(g, y));
    EXPECT_VALUES(y, 30);
    EXPECT_VALUES(tg_grad(x), 2, 4, 6, 8);
    tg_tensor_free(x);
    tg_graph_free(g);
}

static tg_tensor *stacked(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_square(g, tg_corr2d(g, tg_corr2d(g, in[0], in[1]), in[2]));
}

TEST(stacks)
{
    CHECK_OP(stacked, TG_SHAPE(5, 6), TG_SHAPE(2, 3), TG_SHAPE(3, 2));
}

TEST(lets_nan_and_infinity_travel)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(1, 4), 1, NAN, 2, INFINITY);
    tg_tensor *k = TENSOR(TG_F32, TG_SHAPE(1, 2), 1, 0);

    EXPECT_VALUES(tg_corr2d(g, x, k), NAN, NAN, NAN);
    tg_tensor_free(x);
    tg_tensor_free(k);
    tg_graph_free(g);
}

/* Only where taps and numbers meet: nothing is multiplied by what lies beside
 * an image. */
static void check_infinity(int64_t H, int64_t W, int64_t h, int64_t w)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = MADE(tg_tensor_full(TG_F32, TG_SHAPE(H, W), 1));
    tg_tensor *k = MADE(tg_tensor_full(TG_F32, TG_SHAPE(h, w), 1));

    EXPECT_OK(tg_set_requires_grad(x, true));
    EXPECT_OK(tg_set_requires_grad(k, true));
    tg_data_f32(x)[H * W - 1] = INFINITY;
    tg_data_f32(k)[0] = INFINITY;
    tg_tensor *y = MADE(tg_corr2d(g, x, k));
    EXPECT_OK(tg_backward(g, tg_sum(g, y)));
    for (int64_t i = 0; i < H * W; i++)
        ck_assert_int_eq(!isfinite(element(tg_grad(x), i)),
                         i / W <= H - h && i % W <= W - w);
    for (int64_t i = 0; i < h * w; i++)
        ck_assert_int_eq(!isfinite(element(tg_grad(k), i)), i == h * w - 1);
    tg_tensor_free(x);
    tg_tensor_free(k);
    tg_graph_free(g);
}

TEST(keeps_infinity_where_it_is)
{
    check_infinity(6, 8, 1, 2);
    check_infinity(3, 40, 1, 2);
    check_infinity(20, 30, 3, 4);
    check_infinity(70, 75, 5, 7);
}

/* One step, with so many threads. */
static void step_with(int threads, tg_graph *g, tg_tensor *x, tg_tensor *k,
                      tg_tensor *result[3])
{
    tg_tensor *leaves[] = {x, k};

    tg_set_threads(threads);
    result[0] = MADE(tg_corr2d(g, x, k));
    EXPECT_OK(tg_gradients(g, tg_sum(g, tg_square(g, result[0])), NULL, 2,
                           leaves, result + 1, (tg_gradients_options){0}));
    tg_set_threads(0);
}

TEST(gives_the_same_bits_for_any_number_of_threads)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(301, 333), 1);
    tg_tensor *k = random_leaf(TG_F32, TG_SHAPE(11, 9), 2);
    tg_tensor *serial[3], *parallel[3];

    step_with(1, g, x, k, serial);
    for (int threads = 2; threads < 9; threads++) {
        step_with(threads, g, x, k, parallel);
        for (int i = 0; i < 3; i++)
            EXPECT_SAME_BITS(parallel[i], serial[i]);
    }
    tg_tensor_free(x);
    tg_tensor_free(k);
    tg_graph_free(g);
}

TEST(is_differentiable_at_random_sizes)
{
    uint64_t state = 1;

    for (int i = 0; i < 100; i++) {
        int64_t H = 1 + random_below(&state, 6);
        int64_t W = 1 + random_below(&state, 6);
        int64_t h = 1 + random_below(&state, H);
        int64_t w = 1 + random_below(&state, W);
        CHECK_OP(apply, TG_SHAPE(H, W), TG_SHAPE(h, w));
    }
}

TEST_MAIN("corr2d", gives_the_chapters_numbers, finds_the_chapters_edges,
          equals_a_plain_loop, equals_a_plain_loop_at_every_width,
          equals_a_plain_loop_when_large, is_differentiable,
          is_differentiable_at_random_sizes, takes_one_tensor_twice, stacks,
          lets_nan_and_infinity_travel, keeps_infinity_where_it_is,
          gives_the_same_bits_for_any_number_of_threads)
