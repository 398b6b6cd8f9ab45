#include "support.h"
#include "unary.h"

#include <math.h>

static double f(double x)
{
    return x > 0 ? x : 0;
}

static double df(double x)
{
    return x > 0;
}

static const unary the_relu = {"relu", tg_relu, f, df};

TEST(equals_a_plain_loop)
{
    check_unary_values(&the_relu);
}

TEST(is_differentiable)
{
    check_unary_op(&the_relu);
}

TEST(refuses)
{
    check_refusals_of_one("relu", tg_relu, TG_SHAPE(2, 3), false);
}

TEST(has_no_slope_at_zero)
{
    CHECK_POINTS(tg_relu, {0, 0, 0}, {-0.0, 0, 0}, {1e-30, 1e-30, 1},
                 {-1e-30, 0, 0}, {INFINITY, INFINITY, 1}, {-INFINITY, 0, 0});
}

/* As torch.relu: its slope is 0 only where x <= 0, and NaN is not. */
TEST(lets_nan_and_its_gradient_through)
{
    CHECK_POINTS(tg_relu, {NAN, NAN, 1});
}

TEST_MAIN("relu", equals_a_plain_loop, is_differentiable, refuses,
          has_no_slope_at_zero, lets_nan_and_its_gradient_through)
