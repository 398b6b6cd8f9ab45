#include "loss.h"
#include "support.h"

#include <math.h>

static double s(double x)
{
    return 1 / (1 + exp(-x));
}

static double f(double x, double t)
{
    return -t * log(s(x)) - (1 - t) * log(1 - s(x));
}

static double dx(double x, double t)
{
    return s(x) - t;
}

static double dt(double x, double t)
{
    (void)t;
    return -x;
}

static const loss bce = {"bce_with_logits", tg_bce_with_logits, f, dx, dt};

TEST(equals_a_plain_loop)
{
    check_loss_values(&bce);
}

TEST(is_differentiable)
{
    check_loss_op(&bce);
}

TEST(refuses_to_broadcast)
{
    check_loss_refusals(&bce);
}

static void check_extreme(tg_dtype dtype, double x_value, double target,
                          double loss_value, double slope)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(dtype, TG_SHAPE(1), x_value);
    tg_tensor *t = TENSOR(dtype, TG_SHAPE(1), target);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_bce_with_logits(g, x, t));
    EXPECT_VALUES(y, loss_value);
    EXPECT_OK(tg_backward(g, y));
    EXPECT_VALUES(tg_grad(x), slope);
    tg_tensor_free(x);
    tg_tensor_free(t);
    tg_graph_free(g);
}

/* log(1 - s) would be log 0 here. */
TEST(does_not_overflow)
{
    for (int dtype = TG_F32; dtype <= TG_F64; dtype++) {
        check_extreme((tg_dtype)dtype, 1000, 1, 0, 0);
        check_extreme((tg_dtype)dtype, 1000, 0, 1000, 1);
        check_extreme((tg_dtype)dtype, -1000, 1, 1000, -1);
        check_extreme((tg_dtype)dtype, -1000, 0, 0, 0);
        check_extreme((tg_dtype)dtype, 1000, 0.25, 750, 0.75);
        check_extreme((tg_dtype)dtype, 0, 0.5, log(2), 0);
    }
}

TEST(lets_nan_travel)
{
    check_extreme(TG_F32, NAN, 0, NAN, NAN);
    check_extreme(TG_F64, NAN, 1, NAN, NAN);
}

TEST_MAIN("bce_with_logits", equals_a_plain_loop, is_differentiable,
          refuses_to_broadcast, does_not_overflow, lets_nan_travel)
