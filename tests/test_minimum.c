#include "binary.h"
#include "support.h"

#include <math.h>

static double f(double a, double b)
{
    return a < b ? a : b;
}

static double da(double a, double b)
{
    return a == b ? 0.5 : a < b;
}

static double db(double a, double b)
{
    return 1 - da(a, b);
}

static const binary minimum = {"minimum", tg_minimum, f, da, db};

TEST(equals_a_plain_loop)
{
    check_binary_pairs(&minimum);
}

TEST(is_differentiable)
{
    check_binary_op(&minimum);
}

TEST(takes_one_tensor_twice)
{
    check_binary_twice(&minimum);
}

TEST(refuses)
{
    check_binary_refusals(&minimum);
}

static void check_by_hand(tg_dtype dtype)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *a = TENSOR(dtype, TG_SHAPE(5), 1, 2, 3, -INFINITY, 0);
    tg_tensor *b = TENSOR(dtype, TG_SHAPE(5), 2, 2, 2, INFINITY, -0.0);

    EXPECT_OK(tg_set_requires_grad(a, true));
    EXPECT_OK(tg_set_requires_grad(b, true));
    tg_tensor *y = MADE(tg_minimum(g, a, b));
    EXPECT_VALUES(y, 1, 2, 2, -INFINITY, 0);
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(a), 1, 0.5, 0, 1, 0.5);
    EXPECT_VALUES(tg_grad(b), 0, 0.5, 1, 0, 0.5);
    tg_tensor_free(a);
    tg_tensor_free(b);
    tg_graph_free(g);
}

TEST(shares_the_gradient_of_a_tie)
{
    check_by_hand(TG_F32);
    check_by_hand(TG_F64);
}

/* The second derivative is 0 on a tie too: the halves do not depend on x. */
TEST(is_flat_in_second_order_on_a_tie)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2), 1, 1), *dx, *ddx;
    tg_tensor *one = TENSOR(TG_F64, TG_SCALAR, 1);
    tg_gradients_options o = {.create_graph = true, .allow_unused = true};

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = tg_square(g, tg_minimum(g, x, one));
    EXPECT_OK(tg_gradients(g, tg_sum(g, y), NULL, 1, &x, &dx, o));
    EXPECT_OK(tg_gradients(g, tg_sum(g, dx), NULL, 1, &x, &ddx, o));
    EXPECT_VALUES(dx, 1, 1);
    EXPECT_VALUES(ddx, 0.5, 0.5);
    tg_tensor_free(x);
    tg_tensor_free(one);
    tg_graph_free(g);
}

/* NaN wins from either side, and neither side is known to have lost. */
TEST(lets_nan_travel)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *a = TENSOR(TG_F32, TG_SHAPE(3), NAN, 1, NAN);
    tg_tensor *b = TENSOR(TG_F32, TG_SHAPE(3), 1, NAN, NAN);

    EXPECT_OK(tg_set_requires_grad(a, true));
    EXPECT_OK(tg_set_requires_grad(b, true));
    tg_tensor *y = MADE(tg_minimum(g, a, b));
    EXPECT_VALUES(y, NAN, NAN, NAN);
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(a), 1, 1, 1);
    EXPECT_VALUES(tg_grad(b), 1, 1, 1);
    tg_tensor_free(a);
    tg_tensor_free(b);
    tg_graph_free(g);
}

TEST_MAIN("minimum", equals_a_plain_loop, is_differentiable,
          takes_one_tensor_twice, refuses, shares_the_gradient_of_a_tie,
          is_flat_in_second_order_on_a_tie, lets_nan_travel)
