#include "support.h"
#include "unary.h"

#include <math.h>

static double f(double x)
{
    return x / (1 + exp(-x));
}

static double df(double x)
{
    double s = 1 / (1 + exp(-x));

    return s * (1 + x * (1 - s));
}

static const unary the_silu = {"silu", tg_silu, f, df};

TEST(equals_a_plain_loop)
{
    check_unary_values(&the_silu);
}

TEST(is_differentiable)
{
    check_unary_op(&the_silu);
}

TEST(refuses)
{
    check_refusals_of_one("silu", tg_silu, TG_SHAPE(2, 3), false);
}

/* At infinity PyTorch has inf * 0 too. */
TEST(is_linear_or_nothing_far_out)
{
    CHECK_POINTS(tg_silu, {0, 0, 0.5}, {1000, 1000, 1}, {-1000, 0, 0},
                 {-INFINITY, NAN, NAN}, {INFINITY, INFINITY, NAN},
                 {NAN, NAN, NAN});
}

TEST_MAIN("silu", equals_a_plain_loop, is_differentiable, refuses,
          is_linear_or_nothing_far_out)
