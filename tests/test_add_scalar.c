#include "support.h"
#include "unary.h"

#include <math.h>

static tg_tensor *add_three_quarters(tg_graph *g, tg_tensor *x)
{
    return tg_add_scalar(g, x, 0.75);
}

static double f(double x)
{
    return x + 0.75;
}

static double df(double x)
{
    (void)x;
    return 1;
}

static const unary add_scalar = {"add_scalar", add_three_quarters, f, df};

TEST(equals_a_plain_loop)
{
    check_unary_values(&add_scalar);
}

TEST(is_differentiable)
{
    check_unary_op(&add_scalar);
}

TEST(refuses)
{
    check_refusals_of_one("add_scalar", add_three_quarters, TG_SHAPE(2, 3),
                          false);
}

/* 2^-30 vanishes beside 1 in f32, and 0.1 is another number there. */
TEST(rounds_the_scalar_to_the_dtype)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *one = TENSOR(TG_F32, TG_SHAPE(1), 1);
    tg_tensor *zero = TENSOR(TG_F32, TG_SHAPE(1), 0);

    ck_assert_double_eq(tg_item(tg_add_scalar(g, one, 0x1p-30)), 1);
    ck_assert_double_eq(tg_item(tg_add_scalar(g, zero, 0.1)), (double)0.1f);
    tg_tensor_free(one);
    tg_tensor_free(zero);
    tg_graph_free(g);
}

TEST(lets_nan_and_infinity_travel)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2), 1, -INFINITY);

    EXPECT_VALUES(tg_add_scalar(g, x, INFINITY), INFINITY, NAN);
    EXPECT_VALUES(tg_add_scalar(g, x, NAN), NAN, NAN);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST_MAIN("add_scalar", equals_a_plain_loop, is_differentiable, refuses,
          rounds_the_scalar_to_the_dtype, lets_nan_and_infinity_travel)
