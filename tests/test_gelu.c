#include "support.h"
#include "unary.h"

#include <math.h>

static double f(double x)
{
    return x / 2 * (1 + erf(x / sqrt(2)));
}

static double df(double x)
{
    double density = exp(-x * x / 2) / sqrt(8 * atan(1));

    return (1 + erf(x / sqrt(2))) / 2 + x * density;
}

static const unary the_gelu = {"gelu", tg_gelu, f, df};

TEST(equals_a_plain_loop)
{
    check_unary_values(&the_gelu);
}

TEST(is_differentiable)
{
    check_unary_op(&the_gelu);
}

TEST(refuses)
{
    check_refusals_of_one("gelu", tg_gelu, TG_SHAPE(2, 3), false);
}

/* At infinity PyTorch has inf * 0 too. */
TEST(is_linear_or_nothing_far_out)
{
    CHECK_POINTS(tg_gelu, {0, 0, 0.5}, {1000, 1000, 1}, {-1000, 0, 0},
                 {-INFINITY, NAN, NAN}, {INFINITY, INFINITY, NAN},
                 {NAN, NAN, NAN});
}

TEST_MAIN("gelu", equals_a_plain_loop, is_differentiable, refuses,
          is_linear_or_nothing_far_out)
