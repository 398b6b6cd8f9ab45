#include "reduction.h"
#include "support.h"

#include <math.h>

static tg_tensor *op(tg_graph *g, tg_tensor *x, const reduction *r)
{
    return tg_max_axes(g, x, r->axes, r->keepdims);
}

/* The largest; dy is shared among those that are as large. */
static void plain(int64_t n, const double *x, const double *dy, double *y,
                  double *dx)
{
    int ties = 0;

    *y = n > 0 ? x[0] : 0;
    for (int64_t i = 0; i < n; i++)
        *y = x[i] > *y ? x[i] : *y;
    for (int64_t i = 0; i < n; i++)
        ties += x[i] == *y;
    for (int64_t i = 0; i < n; i++)
        dx[i] = x[i] == *y ? dy[0] / ties : 0;
}

static const lane_op largest = {"max_axes", op, false, plain};

TEST(equals_a_plain_loop)
{
    check_every_axis(&largest);
    check_every_set_of_axes(&largest);
    check_lanes(&largest, TG_SCALAR, TG_ALL_AXES);
    check_lanes(&largest, TG_SHAPE(1), TG_AXES(0));
    check_lanes(&largest, TG_SHAPE(7), TG_ALL_AXES);
    check_lanes(&largest, TG_SHAPE(3, 1), TG_AXES(1));
    check_lane_values(&largest, TG_SHAPE(5003), TG_ALL_AXES);
    check_lane_values(&largest, TG_SHAPE(7, 101, 3), TG_AXES(0, 2));
}

static void check_shares(tg_dtype dtype)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x =
        TENSOR(dtype, TG_SHAPE(3, 4), 4, 1, 4, 3, 2, 2, 2, 2, 1, 2, 3, 9);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_max_axes(g, x, TG_AXES(1), false));
    EXPECT_VALUES(y, 4, 2, 9);
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(x), 0.5, 0, 0.5, 0, 0.25, 0.25, 0.25, 0.25, 0, 0, 0,
                  1);
    tg_zero_grad(x);
    EXPECT_OK(tg_backward(g, tg_max_axes(g, x, TG_ALL_AXES, false)));
    EXPECT_VALUES(tg_grad(x), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(shares_the_gradient_among_ties)
{
    check_shares(TG_F32);
    check_shares(TG_F64);
}

/* A NaN is the result, wherever it stands, and leaves no gradient to tell. */
TEST(lets_nan_travel)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x =
        TENSOR(TG_F32, TG_SHAPE(3, 3), NAN, 1, 2, 1, NAN, 2, 1, 2, NAN);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_max_axes(g, x, TG_AXES(1), false));
    EXPECT_VALUES(y, NAN, NAN, NAN);
    EXPECT_VALUES(tg_max_axes(g, x, TG_AXES(0), false), NAN, NAN, NAN);
    EXPECT_VALUES(tg_max_axes(g, x, TG_ALL_AXES, false), NAN);
    EXPECT_OK(tg_backward_from(g, y, NULL));
    for (int i = 0; i < 9; i++)
        ck_assert(isnan(element(tg_grad(x), i)));
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(takes_infinities_for_numbers)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2, 3), INFINITY, 1, INFINITY,
                          -INFINITY, -INFINITY, -INFINITY);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_max_axes(g, x, TG_AXES(-1), true));
    EXPECT_VALUES(y, INFINITY, -INFINITY);
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(x), 0.5, 0, 0.5, 1. / 3, 1. / 3, 1. / 3);
    tg_tensor_free(x);
    tg_graph_free(g);
}

static void refuse_nothing(tg_shape shape, tg_axes axes)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, shape, 1);

    EXPECT_REFUSED(g, tg_max_axes(g, x, axes, false), TG_ERR_SHAPE, "max_axes");
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(refuses)
{
    check_axes_refusals(&largest);
    refuse_nothing(TG_SHAPE(0), TG_ALL_AXES);
    refuse_nothing(TG_SHAPE(2, 0), TG_AXES(1));
    refuse_nothing(TG_SHAPE(0, 2), TG_AXES(-2));
    refuse_nothing(TG_SHAPE(0, 2), TG_AXES(0, 1));
    refuse_nothing(TG_SHAPE(0, 0), TG_AXES(1));
}

TEST_MAIN("max_axes", equals_a_plain_loop, shares_the_gradient_among_ties,
          lets_nan_travel, takes_infinities_for_numbers, refuses)
