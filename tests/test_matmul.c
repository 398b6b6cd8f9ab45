#include "plain.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

static tg_tensor *apply(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_matmul(g, in[0], in[1]);
}

static double *transposed(const double *a, int64_t m, int64_t n)
{
    double *t = plain_zeros(m * n);

    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++)
            t[j * m + i] = a[i * n + j];
    return t;
}

/* Sums of l terms near 1, so the scale is theirs even where they cancel. */
static void expect_product(const tg_tensor *t, int64_t m, int64_t l, int64_t n,
                           const double *a, const double *b)
{
    double *y = plain_zeros(m * n);
    double scale = 1 + sqrt((double)l);

    plain_matmul(m, l, n, a, b, y);
    EXPECT_WITHIN(t, TG_SHAPE(m, n), y, scale * tolerance(tg_tensor_dtype(t)));
    free(y);
}

static void check_values(tg_dtype dtype, int64_t m, int64_t l, int64_t n)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *a = random_leaf(dtype, TG_SHAPE(m, l), 1);
    tg_tensor *b = random_leaf(dtype, TG_SHAPE(l, n), 2);
    tg_tensor *dy = random_tensor(dtype, TG_SHAPE(m, n), 3);
    double *av = elements(a), *bv = elements(b), *dyv = elements(dy);
    double *at = transposed(av, m, l), *bt = transposed(bv, l, n);
    tg_tensor *y = MADE(tg_matmul(g, a, b));

    EXPECT_OK(tg_backward_from(g, y, dy));
    expect_product(y, m, l, n, av, bv);
    expect_product(tg_grad(a), m, n, l, dyv, bt);
    expect_product(tg_grad(b), l, m, n, at, dyv);
    tg_tensor_free(a);
    tg_tensor_free(b);
    tg_tensor_free(dy);
    tg_graph_free(g);
    free(av), free(bv), free(dyv), free(at), free(bt);
}

TEST(multiplies_by_hand)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *a = TENSOR(TG_F32, TG_SHAPE(2, 3), 1, 2, 3, 4, 5, 6);
    tg_tensor *b = TENSOR(TG_F32, TG_SHAPE(3, 2), 7, 8, 9, 10, 11, 12);

    EXPECT_VALUES(tg_matmul(g, a, b), 58, 64, 139, 154);
    EXPECT_VALUES(tg_matmul(g, b, a), 39, 54, 69, 49, 68, 87, 59, 82, 105);
    tg_tensor_free(a);
    tg_tensor_free(b);
    tg_graph_free(g);
}

TEST(equals_a_plain_loop)
{
    const int64_t sizes[] = {0, 1, 2, 3, 5, 8};

    for (int i = 0; i < 6 * 6 * 6; i++) {
        int64_t m = sizes[i % 6], l = sizes[i / 6 % 6], n = sizes[i / 36];
        check_values(TG_F32, m, l, n);
        check_values(TG_F64, m, l, n);
    }
}

/* Past every block and vector that a kernel may cut the matrices into. */
TEST(equals_a_plain_loop_when_large)
{
    const int64_t sizes[][3] = {{1, 300, 1},  {300, 1, 300},  {17, 33, 65},
                                {64, 64, 64}, {129, 70, 131}, {1, 257, 100},
                                {100, 257, 1}};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        check_values(TG_F32, sizes[i][0], sizes[i][1], sizes[i][2]);
        check_values(TG_F64, sizes[i][0], sizes[i][1], sizes[i][2]);
    }
}

TEST(is_differentiable)
{
    CHECK_OP(apply, TG_SHAPE(1, 1), TG_SHAPE(1, 1));
    CHECK_OP(apply, TG_SHAPE(2, 3), TG_SHAPE(3, 4));
    CHECK_OP(apply, TG_SHAPE(1, 5), TG_SHAPE(5, 1));
    CHECK_OP(apply, TG_SHAPE(3, 1), TG_SHAPE(1, 3));
    CHECK_OP(apply, TG_SHAPE(2, 0), TG_SHAPE(0, 3));
    CHECK_OP(apply, TG_SHAPE(0, 2), TG_SHAPE(2, 3));
}

static tg_tensor *squared(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_matmul(g, in[0], in[0]);
}

/* dx = dy x' + x' dy. */
TEST(takes_one_tensor_twice)
{
    CHECK_OP(squared, TG_SHAPE(3, 3));
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2, 2), 1, 2, 3, 4);
    EXPECT_OK(tg_set_requires_grad(x, true));
    EXPECT_OK(tg_backward(g, tg_sum(g, tg_matmul(g, x, x))));
    EXPECT_VALUES(tg_grad(x), 3 + 4, 7 + 4, 3 + 6, 7 + 6);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(lets_nan_and_infinity_travel)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *a = TENSOR(TG_F32, TG_SHAPE(2, 2), 0, 1, 0, 0);
    tg_tensor *b = TENSOR(TG_F32, TG_SHAPE(2, 2), INFINITY, 1, 2, NAN);

    EXPECT_VALUES(tg_matmul(g, a, b), NAN, NAN, NAN, NAN);
    EXPECT_VALUES(tg_matmul(g, b, a), NAN, INFINITY, NAN, NAN);
    tg_tensor_free(a);
    tg_tensor_free(b);
    tg_graph_free(g);
}

static void refuse(tg_graph *g, tg_shape a_shape, tg_shape b_shape)
{
    tg_tensor *a = random_leaf(TG_F32, a_shape, 1);
    tg_tensor *b = random_leaf(TG_F32, b_shape, 2);

    EXPECT_REFUSED(g, tg_matmul(g, a, b), TG_ERR_SHAPE, "matmul");
    tg_tensor_free(a);
    tg_tensor_free(b);
}

TEST(refuses_shapes_that_do_not_chain)
{
    tg_graph *g = MADE(tg_graph_new());

    refuse(g, TG_SHAPE(2, 3), TG_SHAPE(2, 3));
    refuse(g, TG_SHAPE(2, 3), TG_SHAPE(4, 3));
    refuse(g, TG_SHAPE(2, 1), TG_SHAPE(3, 2));
    refuse(g, TG_SHAPE(2, 0), TG_SHAPE(1, 2));
    tg_graph_free(g);
}

TEST(refuses_scalars_and_batches_that_do_not_broadcast)
{
    tg_graph *g = MADE(tg_graph_new());

    refuse(g, TG_SCALAR, TG_SHAPE(1, 1));
    refuse(g, TG_SHAPE(1), TG_SCALAR);
    refuse(g, TG_SCALAR, TG_SCALAR);
    refuse(g, TG_SHAPE(2, 2, 3), TG_SHAPE(2, 2));
    refuse(g, TG_SHAPE(2, 2, 3), TG_SHAPE(3, 3, 2));
    refuse(g, TG_SHAPE(0, 2, 3), TG_SHAPE(2, 3, 2));
    refuse(g, TG_SHAPE(4, 2, 2, 3), TG_SHAPE(3, 1, 3, 2));
    tg_graph_free(g);
}

/* Nothing times nothing is as many zeros as there are, if they can be. */
TEST(refuses_results_that_are_too_large)
{
    const int64_t many = (int64_t)1 << 40;
    tg_graph *g = MADE(tg_graph_new());

    refuse(g, TG_SHAPE(many, 0), TG_SHAPE(0, many));
    refuse(g, TG_SHAPE(many, 1, 0), TG_SHAPE(0, many));
    refuse(g, TG_SHAPE(2, many, 0), TG_SHAPE(2, 0, many));
    tg_graph_free(g);
}

TEST(refuses_other_operands)
{
    expect_other_operands_refused("matmul", tg_matmul);
}

TEST_MAIN("matmul", multiplies_by_hand, equals_a_plain_loop,
          equals_a_plain_loop_when_large, is_differentiable,
          takes_one_tensor_twice, lets_nan_and_infinity_travel,
          refuses_shapes_that_do_not_chain,
          refuses_scalars_and_batches_that_do_not_broadcast,
          refuses_results_that_are_too_large, refuses_other_operands)
