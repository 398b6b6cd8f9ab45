#include "support.h"
#include "unary.h"

#include <math.h>

static tg_tensor *leak_a_quarter(tg_graph *g, tg_tensor *x)
{
    return tg_leaky_relu(g, x, 0.25);
}

static tg_tensor *leak_nothing(tg_graph *g, tg_tensor *x)
{
    return tg_leaky_relu(g, x, 0);
}

static tg_tensor *leak_negative(tg_graph *g, tg_tensor *x)
{
    return tg_leaky_relu(g, x, -2);
}

static double f(double x)
{
    return x > 0 ? x : 0.25 * x;
}

static double df(double x)
{
    return x > 0 ? 1 : 0.25;
}

static const unary the_leaky_relu = {"leaky_relu", leak_a_quarter, f, df};

TEST(equals_a_plain_loop)
{
    check_unary_values(&the_leaky_relu);
}

TEST(is_differentiable)
{
    check_unary_op(&the_leaky_relu);
}

TEST(refuses)
{
    check_refusals_of_one("leaky_relu", leak_a_quarter, TG_SHAPE(2, 3), false);
}

TEST(has_the_slope_below_at_zero)
{
    CHECK_POINTS(leak_a_quarter, {0, 0, 0.25}, {-0.0, -0.0, 0.25},
                 {INFINITY, INFINITY, 1}, {-INFINITY, -INFINITY, 0.25},
                 {NAN, NAN, 0.25});
}

TEST(takes_any_slope)
{
    CHECK_POINTS(leak_nothing, {-2, 0, 0}, {0, 0, 0}, {3, 3, 1});
    CHECK_POINTS(leak_negative, {-2, 4, -2}, {0, -0.0, -2}, {3, 3, 1});
}

TEST_MAIN("leaky_relu", equals_a_plain_loop, is_differentiable, refuses,
          has_the_slope_below_at_zero, takes_any_slope)
