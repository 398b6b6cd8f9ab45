#include "binary.h"
#include "support.h"

#include <math.h>

static double f(double a, double b)
{
    return a * b;
}

static double other_b(double a, double b)
{
    (void)a;
    return b;
}

static double other_a(double a, double b)
{
    (void)b;
    return a;
}

static const binary mul = {"mul", tg_mul, f, other_b, other_a};

TEST(multiplies_by_hand)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *a = TENSOR(TG_F32, TG_SHAPE(2, 2), 1, 2, 3, 4);
    tg_tensor *b = TENSOR(TG_F32, TG_SHAPE(2), 10, 20);

    EXPECT_VALUES(tg_mul(g, a, b), 10, 40, 30, 80);
    EXPECT_VALUES(tg_mul(g, b, a), 10, 40, 30, 80);
    tg_tensor_free(a);
    tg_tensor_free(b);
    tg_graph_free(g);
}

TEST(lets_nan_and_infinity_travel)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *a = TENSOR(TG_F32, TG_SHAPE(4), 0, INFINITY, NAN, -INFINITY);
    tg_tensor *b = TENSOR(TG_F32, TG_SHAPE(4), INFINITY, 2, 0, 2);

    EXPECT_VALUES(tg_mul(g, a, b), NAN, INFINITY, NAN, -INFINITY);
    EXPECT_OK(tg_graph_status(g));
    tg_tensor_free(a);
    tg_tensor_free(b);
    tg_graph_free(g);
}

/* y = x (x a) + x^2 a + x (x a) = 3 x^2 a has dx = 6 x a: 6 where both are 1,
 * and 7 if the shared x a were visited once a path. */
TEST(counts_each_path_once)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SCALAR, 1),
              *a = TENSOR(TG_F64, TG_SCALAR, 1);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *xa = MADE(tg_mul(g, x, a));
    tg_tensor *left = tg_mul(g, x, xa);
    tg_tensor *middle = tg_mul(g, tg_square(g, x), a);
    tg_tensor *y = tg_add(g, tg_add(g, left, middle), tg_mul(g, x, xa));
    EXPECT_OK(tg_backward(g, y));
    EXPECT_VALUES(tg_grad(x), 6);
    tg_tensor_free(x);
    tg_tensor_free(a);
    tg_graph_free(g);
}

TEST(equals_a_plain_loop)
{
    check_binary_pairs(&mul);
}

TEST(is_differentiable)
{
    check_binary_op(&mul);
}

TEST(takes_one_tensor_twice)
{
    check_binary_twice(&mul);
}

TEST(refuses)
{
    check_binary_refusals(&mul);
}

TEST_MAIN("mul", multiplies_by_hand, lets_nan_and_infinity_travel,
          counts_each_path_once, equals_a_plain_loop, is_differentiable,
          takes_one_tensor_twice, refuses)
