#include "support.h"
#include "unary.h"

#include <math.h>

static double f(double x)
{
    return exp(x);
}

static double df(double x)
{
    return exp(x);
}

static const unary the_exp = {"exp", tg_exp, f, df};

TEST(equals_a_plain_loop)
{
    check_unary_values(&the_exp);
}

TEST(is_differentiable)
{
    check_unary_op(&the_exp);
}

TEST(refuses)
{
    check_refusals_of_one("exp", tg_exp, TG_SHAPE(2, 3), false);
}

TEST(holds_at_the_ends)
{
    CHECK_POINTS(tg_exp, {0, 1, 1}, {1000, INFINITY, INFINITY}, {-1000, 0, 0},
                 {INFINITY, INFINITY, INFINITY}, {-INFINITY, 0, 0},
                 {NAN, NAN, NAN});
}

TEST_MAIN("exp", equals_a_plain_loop, is_differentiable, refuses,
          holds_at_the_ends)
