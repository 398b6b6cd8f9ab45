#include "reduction.h"
#include "support.h"

#include <math.h>

static tg_tensor *op(tg_graph *g, tg_tensor *x, const reduction *r)
{
    return tg_log_softmax(g, x, r->axes.axis[0]);
}

/* y = x - log sum e^x, dx = dy - e^y sum dy; the numbers are near 1. */
static void plain(int64_t n, const double *x, const double *dy, double *y,
                  double *dx)
{
    double sum = 0, total = 0;

    for (int64_t i = 0; i < n; i++) {
        sum += exp(x[i]);
        total += dy[i];
    }
    for (int64_t i = 0; i < n; i++) {
        y[i] = x[i] - log(sum);
        dx[i] = dy[i] - exp(x[i]) / sum * total;
    }
}

static const lane_op log_softmax = {"log_softmax", op, true, plain};

TEST(equals_a_plain_loop)
{
    check_every_axis(&log_softmax);
    check_lanes(&log_softmax, TG_SHAPE(1), TG_AXES(0));
    check_lanes(&log_softmax, TG_SHAPE(3, 1), TG_AXES(1));
}

/* A lane of nothing is left as it is. */
TEST(takes_empty_lanes)
{
    check_lanes(&log_softmax, TG_SHAPE(2, 0), TG_AXES(1));
    check_lanes(&log_softmax, TG_SHAPE(2, 0), TG_AXES(0));
}

static void check_extremes(tg_dtype dtype)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(dtype, TG_SHAPE(4, 2), 1000, 1000, -1000, -1000, 1000,
                          -1000, -1000, 0);
    tg_tensor *dy = TENSOR(dtype, TG_SHAPE(4, 2), 1, 0, 1, 0, 1, 0, 1, 0);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_log_softmax(g, x, 1));
    EXPECT_VALUES(y, -log(2), -log(2), -log(2), -log(2), 0, -2000, -1000, 0);
    EXPECT_OK(tg_backward_from(g, y, dy));
    EXPECT_VALUES(tg_grad(x), 0.5, -0.5, 0.5, -0.5, 0, 0, 1, -1);
    tg_tensor_free(x);
    tg_tensor_free(dy);
    tg_graph_free(g);
}

TEST(does_not_overflow)
{
    check_extremes(TG_F32);
    check_extremes(TG_F64);
}

/* The same for all of a lane changes nothing, however far it goes. */
TEST(does_not_see_a_shift)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(3), 1, 2, 4);
    tg_tensor *far = TENSOR(TG_F64, TG_SHAPE(3), 1048577, 1048578, 1048580);

    EXPECT_SAME_BITS(tg_log_softmax(g, x, 0), tg_log_softmax(g, far, 0));
    tg_tensor_free(x);
    tg_tensor_free(far);
    tg_graph_free(g);
}

static void check_not_finite(tg_dtype dtype)
{
    const double inf = INFINITY;
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(dtype, TG_SHAPE(8, 2), NAN, 1, inf, inf, -inf, -inf,
                          1, -inf, -inf, 1, inf, 1, 1, inf, inf, -inf);
    tg_tensor *dy = TENSOR(dtype, TG_SHAPE(8, 2), 1, 2, 1, 2, 1, 2, 1, 2, 1, 2,
                           1, 2, 1, 2, 1, 2);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_log_softmax(g, x, 1));
    EXPECT_VALUES(y, NAN, NAN, NAN, NAN, NAN, NAN, 0, -inf, -inf, 0, NAN, NAN,
                  NAN, NAN, NAN, NAN);
    EXPECT_OK(tg_backward_from(g, y, dy));
    EXPECT_VALUES(tg_grad(x), NAN, NAN, NAN, NAN, NAN, NAN, -2, 2, 1, -1, NAN,
                  NAN, NAN, NAN, NAN, NAN);
    tg_tensor_free(x);
    tg_tensor_free(dy);
    tg_graph_free(g);
}

/* As torch.log_softmax: one +inf or NaN, and all of the lane is NaN, its
 * gradient too; -inf alone is a share of nothing. */
TEST(lets_nan_and_infinity_travel)
{
    check_not_finite(TG_F32);
    check_not_finite(TG_F64);
}

TEST(refuses)
{
    check_axis_refusals(&log_softmax);
}

TEST_MAIN("log_softmax", equals_a_plain_loop, takes_empty_lanes,
          does_not_overflow, does_not_see_a_shift, lets_nan_and_infinity_travel,
          refuses)
