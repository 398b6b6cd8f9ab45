#include "support.h"
#include "unary.h"

#include <math.h>

static double f(double x)
{
    return 1 / (1 + exp(-x));
}

static double df(double x)
{
    return exp(-x) / ((1 + exp(-x)) * (1 + exp(-x)));
}

static const unary the_sigmoid = {"sigmoid", tg_sigmoid, f, df};

TEST(equals_a_plain_loop)
{
    check_unary_values(&the_sigmoid);
}

TEST(is_differentiable)
{
    check_unary_op(&the_sigmoid);
}

TEST(refuses)
{
    check_refusals_of_one("sigmoid", tg_sigmoid, TG_SHAPE(2, 3), false);
}

TEST(neither_overflows_nor_leaves_its_limits)
{
    CHECK_POINTS(tg_sigmoid, {0, 0.5, 0.25}, {800, 1, 0}, {-800, 0, 0},
                 {1000, 1, 0}, {-1000, 0, 0}, {INFINITY, 1, 0},
                 {-INFINITY, 0, 0}, {NAN, NAN, NAN});
}

TEST_MAIN("sigmoid", equals_a_plain_loop, is_differentiable, refuses,
          neither_overflows_nor_leaves_its_limits)
