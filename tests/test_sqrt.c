#include "support.h"
#include "unary.h"

#include <math.h>

/* Of magnitudes, for below 0 it is NaN. */
static tg_tensor *sqrt_of_magnitude(tg_graph *g, tg_tensor *x)
{
    return tg_sqrt(g, tg_abs(g, x));
}

static double f(double x)
{
    return sqrt(fabs(x));
}

static double df(double x)
{
    return (x < 0 ? -0.5 : 0.5) / sqrt(fabs(x));
}

static const unary the_sqrt = {"sqrt", sqrt_of_magnitude, f, df};

TEST(equals_a_plain_loop)
{
    check_unary_values(&the_sqrt);
}

TEST(is_differentiable)
{
    check_unary_op(&the_sqrt);
}

TEST(refuses)
{
    check_refusals_of_one("sqrt", tg_sqrt, TG_SHAPE(2, 3), false);
}

TEST(holds_at_the_ends)
{
    CHECK_POINTS(tg_sqrt, {4, 2, 0.25}, {0, 0, INFINITY},
                 {INFINITY, INFINITY, 0}, {-1, NAN, NAN}, {-INFINITY, NAN, NAN},
                 {NAN, NAN, NAN});
}

TEST_MAIN("sqrt", equals_a_plain_loop, is_differentiable, refuses,
          holds_at_the_ends)
