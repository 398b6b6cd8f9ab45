#include "loss.h"
#include "support.h"

#include <math.h>

static double f(double x, double t)
{
    return (x - t) * (x - t);
}

static double dx(double x, double t)
{
    return 2 * (x - t);
}

static double dt(double x, double t)
{
    return 2 * (t - x);
}

static const loss mse = {"mse_loss", tg_mse_loss, f, dx, dt};

TEST(equals_a_plain_loop)
{
    check_loss_values(&mse);
}

TEST(is_differentiable)
{
    check_loss_op(&mse);
}

TEST(refuses_to_broadcast)
{
    check_loss_refusals(&mse);
}

TEST(errs_by_hand)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2, 2), 1, 2, 3, 4);
    tg_tensor *t = TENSOR(TG_F32, TG_SHAPE(2, 2), 1, 4, 3, 0);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_mse_loss(g, x, t));
    EXPECT_SHAPE(y, TG_SCALAR);
    EXPECT_VALUES(y, 5);
    EXPECT_OK(tg_backward(g, y));
    EXPECT_VALUES(tg_grad(x), 0, -1, 0, 2);
    EXPECT_VALUES(tg_mse_loss(g, x, x), 0);
    tg_tensor_free(x);
    tg_tensor_free(t);
    tg_graph_free(g);
}

TEST(lets_nan_and_infinity_travel)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(1), INFINITY);
    tg_tensor *t = TENSOR(TG_F64, TG_SHAPE(1), 1);

    EXPECT_VALUES(tg_mse_loss(g, x, t), INFINITY);
    EXPECT_VALUES(tg_mse_loss(g, x, x), NAN);
    tg_tensor_free(x);
    tg_tensor_free(t);
    tg_graph_free(g);
}

TEST_MAIN("mse_loss", equals_a_plain_loop, is_differentiable,
          refuses_to_broadcast, errs_by_hand, lets_nan_and_infinity_travel)
