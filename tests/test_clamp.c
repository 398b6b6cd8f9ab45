#include "support.h"
#include "unary.h"

#include <math.h>

static tg_tensor *clamp_near(tg_graph *g, tg_tensor *x)
{
    return tg_clamp(g, x, -0.75, 1.25);
}

static tg_tensor *clamp_crossed(tg_graph *g, tg_tensor *x)
{
    return tg_clamp(g, x, 2, 1);
}

static tg_tensor *clamp_to_one(tg_graph *g, tg_tensor *x)
{
    return tg_clamp(g, x, 1, 1);
}

static tg_tensor *clamp_nowhere(tg_graph *g, tg_tensor *x)
{
    return tg_clamp(g, x, -INFINITY, INFINITY);
}

static double f(double x)
{
    return x < -0.75 ? -0.75 : x > 1.25 ? 1.25 : x;
}

static double df(double x)
{
    return x >= -0.75 && x <= 1.25;
}

static const unary the_clamp = {"clamp", clamp_near, f, df};

TEST(equals_a_plain_loop)
{
    check_unary_values(&the_clamp);
}

TEST(is_differentiable)
{
    check_unary_op(&the_clamp);
}

TEST(refuses)
{
    check_refusals_of_one("clamp", clamp_near, TG_SHAPE(2, 3), false);
}

TEST(passes_the_gradient_on_its_limits)
{
    CHECK_POINTS(clamp_near, {-0.75, -0.75, 1}, {1.25, 1.25, 1}, {0, 0, 1},
                 {2, 1.25, 0}, {-2, -0.75, 0}, {INFINITY, 1.25, 0},
                 {-INFINITY, -0.75, 0}, {NAN, NAN, 0});
}

TEST(lets_the_upper_limit_win)
{
    CHECK_POINTS(clamp_crossed, {0, 1, 0}, {1.5, 1, 0}, {3, 1, 0});
    CHECK_POINTS(clamp_to_one, {0, 1, 0}, {1, 1, 1}, {3, 1, 0});
}

TEST(takes_infinite_limits)
{
    CHECK_POINTS(clamp_nowhere, {-3, -3, 1}, {INFINITY, INFINITY, 1},
                 {-INFINITY, -INFINITY, 1}, {NAN, NAN, 0});
}

TEST(refuses_limits_that_are_no_numbers)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2), 1);

    EXPECT_REFUSED(g, tg_clamp(g, x, NAN, 1), TG_ERR_ARG, "clamp");
    EXPECT_REFUSED(g, tg_clamp(g, x, 0, NAN), TG_ERR_ARG, "clamp");
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST_MAIN("clamp", equals_a_plain_loop, is_differentiable, refuses,
          passes_the_gradient_on_its_limits, lets_the_upper_limit_win,
          takes_infinite_limits, refuses_limits_that_are_no_numbers)
