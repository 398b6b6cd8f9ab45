#include "support.h"
#include "unary.h"

static double f(double x)
{
    return x * x;
}

static double df(double x)
{
    return 2 * x;
}

static const unary square = {"square", tg_square, f, df};

TEST(equals_a_plain_loop)
{
    check_unary_values(&square);
}

TEST(is_differentiable)
{
    check_unary_op(&square);
}

TEST(refuses)
{
    check_refusals_of_one("square", tg_square, TG_SHAPE(2, 3), false);
}

/* y = ((x^2)^2)^2 at 2: 256, 8 x^7 = 1024. */
TEST(nests)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SCALAR, 2);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = tg_square(g, tg_square(g, tg_square(g, x)));
    EXPECT_OK(tg_backward(g, y));
    EXPECT_VALUES(y, 256);
    EXPECT_VALUES(tg_grad(x), 1024);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST_MAIN("square", equals_a_plain_loop, is_differentiable, refuses, nests)
