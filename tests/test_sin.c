#include "support.h"
#include "unary.h"

#include <math.h>

static double f(double x)
{
    return sin(x);
}

static double df(double x)
{
    return cos(x);
}

static const unary the_sin = {"sin", tg_sin, f, df};

TEST(equals_a_plain_loop)
{
    check_unary_values(&the_sin);
}

TEST(is_differentiable)
{
    check_unary_op(&the_sin);
}

TEST(refuses)
{
    check_refusals_of_one("sin", tg_sin, TG_SHAPE(2, 3), false);
}

TEST(holds_at_the_ends)
{
    CHECK_POINTS(tg_sin, {0, 0, 1}, {-0.0, -0.0, 1}, {INFINITY, NAN, NAN},
                 {-INFINITY, NAN, NAN}, {NAN, NAN, NAN});
}

TEST_MAIN("sin", equals_a_plain_loop, is_differentiable, refuses,
          holds_at_the_ends)
