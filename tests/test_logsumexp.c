#include "reduction.h"
#include "support.h"

#include <math.h>

static tg_tensor *op(tg_graph *g, tg_tensor *x, const reduction *r)
{
    return tg_logsumexp(g, x, r->axes.axis[0], r->keepdims);
}

/* y = log sum e^x, dx = e^(x - y) dy; the numbers are near 1. */
static void plain(int64_t n, const double *x, const double *dy, double *y,
                  double *dx)
{
    double sum = 0;

    for (int64_t i = 0; i < n; i++)
        sum += exp(x[i]);
    *y = log(sum);
    for (int64_t i = 0; i < n; i++)
        dx[i] = exp(x[i]) / sum * dy[0];
}

static const lane_op logsumexp = {"logsumexp", op, false, plain};

TEST(equals_a_plain_loop)
{
    check_every_axis(&logsumexp);
    check_lanes(&logsumexp, TG_SHAPE(1), TG_AXES(0));
    check_lanes(&logsumexp, TG_SHAPE(3, 1), TG_AXES(1));
}

static void check_extremes(tg_dtype dtype)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(dtype, TG_SHAPE(4, 2), 1000, 1000, -1000, -1000, 1000,
                          -1000, 0, -1000);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_logsumexp(g, x, 1, false));
    EXPECT_VALUES(y, 1000 + log(2), -1000 + log(2), 1000, 0);
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_NEAR(tg_grad(x), 1000 * tolerance(dtype), 0.5, 0.5, 0.5, 0.5, 1, 0,
                1, 0);
    ck_assert_double_eq(element(tg_grad(x), 5), 0);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(does_not_overflow)
{
    check_extremes(TG_F32);
    check_extremes(TG_F64);
}

static void check_infinities(tg_dtype dtype)
{
    const double inf = INFINITY;
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(dtype, TG_SHAPE(7, 2), 1, -inf, -inf, 1, -inf, -inf,
                          1, inf, inf, 1, inf, inf, inf, -inf);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_logsumexp(g, x, 1, true));
    EXPECT_VALUES(y, 1, 1, -inf, inf, inf, inf, inf);
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(x), 1, 0, 0, 1, NAN, NAN, 0, NAN, NAN, 0, NAN, NAN,
                  NAN, 0);
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* As torch.logsumexp: the value has a limit; the slope of an infinite number,
 * e^(inf - inf), has none. */
TEST(takes_infinities_to_their_limits)
{
    check_infinities(TG_F32);
    check_infinities(TG_F64);
}

TEST(lets_nan_travel)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(3, 2), NAN, 1, 1, NAN, 1, 1);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_logsumexp(g, x, 1, false));
    EXPECT_VALUES(y, NAN, NAN, 1 + log(2));
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(x), NAN, NAN, NAN, NAN, 0.5, 0.5);
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* The logarithm of nothing's sum. */
TEST(is_minus_infinity_of_nothing)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 0), 1);
    tg_tensor *y = MADE(tg_logsumexp(g, x, 1, false));

    EXPECT_VALUES(y, -INFINITY, -INFINITY);
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_SHAPE(tg_grad(x), TG_SHAPE(2, 0));
    EXPECT_SHAPE(tg_logsumexp(g, x, 0, false), TG_SHAPE(0));
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(refuses)
{
    check_axis_refusals(&logsumexp);
}

TEST_MAIN("logsumexp", equals_a_plain_loop, does_not_overflow,
          takes_infinities_to_their_limits, lets_nan_travel,
          is_minus_infinity_of_nothing, refuses)
