#include "support.h"
#include "unary.h"

#include <math.h>

static double f(double x)
{
    return log(1 + exp(x));
}

static double df(double x)
{
    return 1 / (1 + exp(-x));
}

static const unary the_softplus = {"softplus", tg_softplus, f, df};

TEST(equals_a_plain_loop)
{
    check_unary_values(&the_softplus);
}

TEST(is_differentiable)
{
    check_unary_op(&the_softplus);
}

TEST(refuses)
{
    check_refusals_of_one("softplus", tg_softplus, TG_SHAPE(2, 3), false);
}

TEST(is_linear_or_nothing_far_out)
{
    CHECK_POINTS(tg_softplus, {0, 0.69314718055994530942, 0.5}, {1000, 1000, 1},
                 {-1000, 0, 0},
                 {30, 30.000000000000093576, 0.99999999999990642377},
                 {-30, 9.3576229688397367e-14, 9.3576229688392989e-14},
                 {INFINITY, INFINITY, 1}, {-INFINITY, 0, 0}, {NAN, NAN, NAN});
}

TEST_MAIN("softplus", equals_a_plain_loop, is_differentiable, refuses,
          is_linear_or_nothing_far_out)
