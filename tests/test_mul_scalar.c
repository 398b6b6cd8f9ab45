#include "support.h"
#include "unary.h"

#include <math.h>

static tg_tensor *times_minus_seven_quarters(tg_graph *g, tg_tensor *x)
{
    return tg_mul_scalar(g, x, -1.75);
}

static double f(double x)
{
    return -1.75 * x;
}

static double df(double x)
{
    (void)x;
    return -1.75;
}

static const unary mul_scalar = {"mul_scalar", times_minus_seven_quarters, f,
                                 df};

TEST(equals_a_plain_loop)
{
    check_unary_values(&mul_scalar);
}

TEST(is_differentiable)
{
    check_unary_op(&mul_scalar);
}

TEST(refuses)
{
    check_refusals_of_one("mul_scalar", times_minus_seven_quarters,
                          TG_SHAPE(2, 3), false);
}

TEST(rounds_the_scalar_to_the_dtype)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2), 1, 3);
    tg_tensor *y = MADE(tg_mul_scalar(g, x, 0.1));

    ck_assert_double_eq(element(y, 0), (double)0.1f);
    ck_assert_double_eq(element(y, 1), (double)(0.1f * 3.0f));
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(lets_nan_and_infinity_travel)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2), 0, -INFINITY);

    EXPECT_VALUES(tg_mul_scalar(g, x, INFINITY), NAN, -INFINITY);
    EXPECT_VALUES(tg_mul_scalar(g, x, 0), 0, NAN);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST_MAIN("mul_scalar", equals_a_plain_loop, is_differentiable, refuses,
          rounds_the_scalar_to_the_dtype, lets_nan_and_infinity_travel)
