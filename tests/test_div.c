#include "binary.h"
#include "support.h"

#include <math.h>

static double f(double a, double b)
{
    return a / b;
}

static double da(double a, double b)
{
    (void)a;
    return 1 / b;
}

static double db(double a, double b)
{
    return -a / (b * b);
}

/* Not named div: <stdlib.h> has one. */
static const binary quotient = {"div", tg_div, f, da, db};

TEST(divides_by_hand)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *a = TENSOR(TG_F32, TG_SHAPE(2, 2), 1, 2, 3, 4);
    tg_tensor *b = TENSOR(TG_F32, TG_SHAPE(2), 2, 8);

    EXPECT_VALUES(tg_div(g, a, b), 0.5, 0.25, 1.5, 0.5);
    EXPECT_VALUES(tg_div(g, b, a), 2, 4, 2.0 / 3, 2);
    tg_tensor_free(a);
    tg_tensor_free(b);
    tg_graph_free(g);
}

TEST(divides_by_zero_as_ieee_does)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *a = TENSOR(TG_F64, TG_SHAPE(3), 1, -1, 0);
    tg_tensor *zero = TENSOR(TG_F64, TG_SCALAR, 0);

    EXPECT_OK(tg_set_requires_grad(a, true));
    tg_tensor *y = MADE(tg_div(g, a, zero));
    EXPECT_VALUES(y, INFINITY, -INFINITY, NAN);
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(a), INFINITY, INFINITY, INFINITY);
    tg_tensor_free(a);
    tg_tensor_free(zero);
    tg_graph_free(g);
}

TEST(equals_a_plain_loop)
{
    check_binary_pairs(&quotient);
}

TEST(is_differentiable)
{
    check_binary_op(&quotient);
}

TEST(takes_one_tensor_twice)
{
    check_binary_twice(&quotient);
}

TEST(refuses)
{
    check_binary_refusals(&quotient);
}

TEST_MAIN("div", divides_by_hand, divides_by_zero_as_ieee_does,
          equals_a_plain_loop, is_differentiable, takes_one_tensor_twice,
          refuses)
