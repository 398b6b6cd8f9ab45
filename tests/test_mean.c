#include "reduction.h"
#include "support.h"
#include "unary.h"

#include <math.h>
#include <stdlib.h>

static tg_tensor *apply(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_mean(g, in[0]);
}

/* Whole numbers, so that the order of adding does not matter. */
static void check_values(tg_dtype dtype, tg_shape shape)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = MADE(tg_tensor_new(dtype, shape));
    double size = (double)tg_tensor_size(x), total = 0, *dx = elements(x);

    for (int64_t i = 0; i < tg_tensor_size(x); i++) {
        double value = (double)(i * 7 % 31) - 11;
        if (dtype == TG_F32)
            tg_data_f32(x)[i] = (float)value;
        else
            tg_data_f64(x)[i] = value;
        total += value;
        dx[i] = 1 / size;
    }
    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_mean(g, x));
    EXPECT_SHAPE(y, TG_SCALAR);
    EXPECT_VALUES(y, total / size);
    EXPECT_OK(tg_backward(g, y));
    EXPECT_WITHIN(tg_grad(x), shape, dx, tolerance(dtype));
    free(dx);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(equals_a_plain_loop)
{
    const tg_shape shapes[] = {TG_SCALAR,         TG_SHAPE(1),
                               TG_SHAPE(7),       TG_SHAPE(5, 1),
                               TG_SHAPE(2, 3, 4), TG_SHAPE(1, 2, 3, 1, 2),
                               TG_SHAPE(64),      TG_SHAPE(100003)};

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        check_values(TG_F32, shapes[i]);
        check_values(TG_F64, shapes[i]);
    }
    uint64_t state = 17;
    for (int i = 0; i < 100; i++)
        check_values(i % 2 ? TG_F32 : TG_F64, random_shape(&state, 5, 500));
}

TEST(is_differentiable)
{
    CHECK_OP(apply, TG_SCALAR);
    CHECK_OP(apply, TG_SHAPE(1));
    CHECK_OP(apply, TG_SHAPE(5));
    CHECK_OP(apply, TG_SHAPE(2, 3));
    CHECK_OP(apply, TG_SHAPE(2, 1, 3));
    CHECK_OP(apply, TG_SHAPE(1, 2, 1, 2, 3));
}

static tg_tensor *mean_axes(tg_graph *g, tg_tensor *x, const reduction *r)
{
    return tg_mean_axes(g, x, r->axes, r->keepdims);
}

static void plain(int64_t n, const double *x, const double *dy, double *y,
                  double *dx)
{
    *y = n > 0 ? 0 : NAN;
    for (int64_t i = 0; i < n; i++) {
        *y += x[i] / (double)n;
        dx[i] = dy[0] / (double)n;
    }
}

static const lane_op along_axes = {"mean", mean_axes, false, plain};

TEST(equals_a_plain_loop_along_axes)
{
    check_every_axis(&along_axes);
    check_every_set_of_axes(&along_axes);
    check_lanes(&along_axes, TG_SCALAR, TG_ALL_AXES);
    check_lanes(&along_axes, TG_SHAPE(3, 1), TG_AXES(1));
    check_lane_values(&along_axes, TG_SHAPE(2, 0), TG_AXES(1));
    check_lane_values(&along_axes, TG_SHAPE(0), TG_ALL_AXES);
    check_lane_values(&along_axes, TG_SHAPE(2, 0), TG_AXES(0));
    check_lane_values(&along_axes, TG_SHAPE(7, 5003), TG_AXES(0));
}

TEST(refuses_axes)
{
    check_axes_refusals(&along_axes);
}

TEST(has_no_mean_of_nothing)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(3, 0), 1);
    tg_tensor *y = MADE(tg_mean(g, x));

    EXPECT_VALUES(y, NAN);
    EXPECT_OK(tg_backward(g, y));
    EXPECT_SHAPE(tg_grad(x), TG_SHAPE(3, 0));
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* Ten million times 0.1f: adding in f32 would be 9 % off. */
TEST(does_not_drift)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = MADE(tg_tensor_full(TG_F32, TG_SHAPE(10000000), 0.1));

    EXPECT_NEAR(tg_mean(g, x), 1e-6, (double)0.1f);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(refuses)
{
    check_refusals_of_one("mean", tg_mean, TG_SHAPE(2, 3), false);
}

TEST_MAIN("mean", equals_a_plain_loop, is_differentiable,
          equals_a_plain_loop_along_axes, refuses_axes, has_no_mean_of_nothing,
          does_not_drift, refuses)
