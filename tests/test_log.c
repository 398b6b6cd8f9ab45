#include "support.h"
#include "unary.h"

#include <math.h>

/* Of magnitudes, for below 0 it is NaN. */
static tg_tensor *log_of_magnitude(tg_graph *g, tg_tensor *x)
{
    return tg_log(g, tg_abs(g, x));
}

static double f(double x)
{
    return log(fabs(x));
}

static double df(double x)
{
    return 1 / x;
}

static const unary the_log = {"log", log_of_magnitude, f, df};

TEST(equals_a_plain_loop)
{
    check_unary_values(&the_log);
}

TEST(is_differentiable)
{
    check_unary_op(&the_log);
}

TEST(refuses)
{
    check_refusals_of_one("log", tg_log, TG_SHAPE(2, 3), false);
}

TEST(holds_at_the_ends)
{
    CHECK_POINTS(tg_log, {1, 0, 1}, {0, -INFINITY, INFINITY},
                 {INFINITY, INFINITY, 0}, {-4, NAN, -0.25}, {NAN, NAN, NAN});
}

TEST_MAIN("log", equals_a_plain_loop, is_differentiable, refuses,
          holds_at_the_ends)
