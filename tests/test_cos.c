#include "support.h"
#include "unary.h"

#include <math.h>

static double f(double x)
{
    return cos(x);
}

static double df(double x)
{
    return -sin(x);
}

static const unary the_cos = {"cos", tg_cos, f, df};

TEST(equals_a_plain_loop)
{
    check_unary_values(&the_cos);
}

TEST(is_differentiable)
{
    check_unary_op(&the_cos);
}

TEST(refuses)
{
    check_refusals_of_one("cos", tg_cos, TG_SHAPE(2, 3), false);
}

TEST(holds_at_the_ends)
{
    CHECK_POINTS(tg_cos, {0, 1, 0}, {INFINITY, NAN, NAN}, {-INFINITY, NAN, NAN},
                 {NAN, NAN, NAN});
}

TEST_MAIN("cos", equals_a_plain_loop, is_differentiable, refuses,
          holds_at_the_ends)
