#include "reduction.h"
#include "support.h"

#include <math.h>

static tg_tensor *biased(tg_graph *g, tg_tensor *x, const reduction *r)
{
    return tg_var_axes(g, x, r->axes, false, r->keepdims);
}

static tg_tensor *unbiased(tg_graph *g, tg_tensor *x, const reduction *r)
{
    return tg_var_axes(g, x, r->axes, true, r->keepdims);
}

/* y = sum (x - mean)^2 / freedom, dx = 2 (x - mean) dy / freedom. */
static void plain(int64_t n, const double *x, const double *dy, double *y,
                  double *dx, double freedom)
{
    double mean = 0;

    *y = 0;
    for (int64_t i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (int64_t i = 0; i < n; i++) {
        *y += (x[i] - mean) * (x[i] - mean);
        dx[i] = 2 * (x[i] - mean) * dy[0] / freedom;
    }
    *y /= freedom;
}

static void plain_biased(int64_t n, const double *x, const double *dy,
                         double *y, double *dx)
{
    plain(n, x, dy, y, dx, (double)n);
}

static void plain_unbiased(int64_t n, const double *x, const double *dy,
                           double *y, double *dx)
{
    plain(n, x, dy, y, dx, n > 0 ? (double)n - 1 : 0);
}

static const lane_op by_n = {"var_axes", biased, false, plain_biased};
static const lane_op by_n_1 = {"var_axes", unbiased, false, plain_unbiased};

TEST(varies_by_hand)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2, 2), 1, 3, 2, 8);

    EXPECT_VALUES(tg_var_axes(g, x, TG_AXES(1), false, false), 1, 9);
    EXPECT_VALUES(tg_var_axes(g, x, TG_AXES(1), true, false), 2, 18);
    EXPECT_VALUES(tg_var_axes(g, x, TG_ALL_AXES, false, false), 7.25);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(equals_a_plain_loop_over_n)
{
    check_every_axis(&by_n);
    check_every_set_of_axes(&by_n);
    check_lanes(&by_n, TG_SCALAR, TG_ALL_AXES);
    check_lanes(&by_n, TG_SHAPE(3, 1), TG_AXES(1));
}

TEST(equals_a_plain_loop_over_n_less_one)
{
    check_lanes(&by_n_1, TG_SHAPE(5), TG_ALL_AXES);
    check_lanes(&by_n_1, TG_SHAPE(2, 3), TG_AXES(0));
    check_lanes(&by_n_1, TG_SHAPE(2, 3, 2), TG_AXES(-1, 0));
    check_lane_values(&by_n_1, TG_SHAPE(7, 1003), TG_AXES(0));
}

/* Where there is nothing to divide by, as in torch.var. */
TEST(is_nan_of_too_few)
{
    check_lane_values(&by_n_1, TG_SHAPE(3, 1), TG_AXES(1));
    check_lane_values(&by_n_1, TG_SCALAR, TG_ALL_AXES);
    check_lane_values(&by_n_1, TG_SHAPE(2, 0), TG_AXES(1));
    check_lane_values(&by_n, TG_SHAPE(2, 0), TG_AXES(1));
    check_lane_values(&by_n, TG_SHAPE(0), TG_ALL_AXES);
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = MADE(tg_tensor_new(TG_F32, TG_SHAPE(2, 0)));
    tg_tensor *one = TENSOR(TG_F64, TG_SHAPE(1), 5);
    EXPECT_VALUES(tg_var_axes(g, x, TG_AXES(1), false, false), NAN, NAN);
    EXPECT_VALUES(tg_var_axes(g, x, TG_AXES(1), true, false), NAN, NAN);
    EXPECT_VALUES(tg_var_axes(g, one, TG_ALL_AXES, true, false), NAN);
    EXPECT_VALUES(tg_var_axes(g, one, TG_ALL_AXES, false, false), 0);
    tg_tensor_free(x);
    tg_tensor_free(one);
    tg_graph_free(g);
}

/* E[x^2] - E[x]^2 would have nothing left. */
TEST(keeps_its_digits_far_from_zero)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(3), 1e9 - 1, 1e9, 1e9 + 1);
    tg_tensor *z = TENSOR(TG_F32, TG_SHAPE(3), 4095, 4096, 4097);

    EXPECT_VALUES(tg_var_axes(g, x, TG_ALL_AXES, true, false), 1);
    EXPECT_VALUES(tg_var_axes(g, z, TG_ALL_AXES, true, false), 1);
    tg_tensor_free(x);
    tg_tensor_free(z);
    tg_graph_free(g);
}

TEST(lets_nan_and_infinity_travel)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(3, 2), 1, NAN, 1, INFINITY, 1, 1);

    EXPECT_VALUES(tg_var_axes(g, x, TG_AXES(1), true, false), NAN, NAN, 0);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(refuses)
{
    check_axes_refusals(&by_n);
    check_axes_refusals(&by_n_1);
}

TEST_MAIN("var_axes", varies_by_hand, equals_a_plain_loop_over_n,
          equals_a_plain_loop_over_n_less_one, is_nan_of_too_few,
          keeps_its_digits_far_from_zero, lets_nan_and_infinity_travel, refuses)
