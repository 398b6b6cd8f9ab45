#include "support.h"
#include "unary.h"

#include <math.h>

static double f(double x)
{
    return tanh(x);
}

static double df(double x)
{
    return 1 / (cosh(x) * cosh(x));
}

static const unary the_tanh = {"tanh", tg_tanh, f, df};

TEST(equals_a_plain_loop)
{
    check_unary_values(&the_tanh);
}

TEST(is_differentiable)
{
    check_unary_op(&the_tanh);
}

TEST(refuses)
{
    check_refusals_of_one("tanh", tg_tanh, TG_SHAPE(2, 3), false);
}

TEST(holds_at_the_ends)
{
    CHECK_POINTS(tg_tanh, {0, 0, 1}, {-0.0, -0.0, 1}, {1000, 1, 0},
                 {-1000, -1, 0}, {INFINITY, 1, 0}, {-INFINITY, -1, 0},
                 {NAN, NAN, NAN});
}

TEST_MAIN("tanh", equals_a_plain_loop, is_differentiable, refuses,
          holds_at_the_ends)
