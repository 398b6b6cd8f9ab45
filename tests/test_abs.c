#include "support.h"
#include "unary.h"

#include <math.h>

static double f(double x)
{
    return fabs(x);
}

static double df(double x)
{
    return x > 0 ? 1 : -1;
}

static const unary magnitude = {"abs", tg_abs, f, df};

TEST(equals_a_plain_loop)
{
    check_unary_values(&magnitude);
}

TEST(is_differentiable)
{
    check_unary_op(&magnitude);
}

TEST(refuses)
{
    check_refusals_of_one("abs", tg_abs, TG_SHAPE(2, 3), false);
}

TEST(has_no_slope_at_zero)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(4), -2, -0.0, 0, 3);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_abs(g, x));
    EXPECT_VALUES(y, 2, 0, 0, 3);
    ck_assert(!signbit(element(y, 1)));
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(x), -1, 0, 0, 1);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(lets_nan_and_infinity_travel)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2), NAN, -INFINITY);

    EXPECT_VALUES(tg_abs(g, x), NAN, INFINITY);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST_MAIN("abs", equals_a_plain_loop, is_differentiable, refuses,
          has_no_slope_at_zero, lets_nan_and_infinity_travel)
