#include "support.h"
#include "unary.h"

#include <math.h>

static double f(double x)
{
    return -x;
}

static double df(double x)
{
    (void)x;
    return -1;
}

static const unary neg = {"neg", tg_neg, f, df};

TEST(equals_a_plain_loop)
{
    check_unary_values(&neg);
}

TEST(is_differentiable)
{
    check_unary_op(&neg);
}

TEST(refuses)
{
    check_refusals_of_one("neg", tg_neg, TG_SHAPE(2, 3), false);
}

/* -0 and 0 are told apart, as IEEE does. */
TEST(turns_the_sign_of_zero)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(3), 0, -INFINITY, NAN);
    tg_tensor *y = MADE(tg_neg(g, x));

    EXPECT_VALUES(y, 0, INFINITY, NAN);
    ck_assert(signbit(element(y, 0)));
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST_MAIN("neg", equals_a_plain_loop, is_differentiable, refuses,
          turns_the_sign_of_zero)
