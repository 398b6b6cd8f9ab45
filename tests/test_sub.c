#include "binary.h"
#include "support.h"

static double f(double a, double b)
{
    return a - b;
}

static double one(double a, double b)
{
    (void)a, (void)b;
    return 1;
}

static double minus_one(double a, double b)
{
    (void)a, (void)b;
    return -1;
}

static const binary sub = {"sub", tg_sub, f, one, minus_one};

TEST(subtracts_by_hand)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *a = TENSOR(TG_F32, TG_SHAPE(2, 2), 1, 2, 3, 4);
    tg_tensor *b = TENSOR(TG_F32, TG_SHAPE(2), 10, 20);

    EXPECT_VALUES(tg_sub(g, a, b), -9, -18, -7, -16);
    EXPECT_VALUES(tg_sub(g, b, a), 9, 18, 7, 16);
    tg_tensor_free(a);
    tg_tensor_free(b);
    tg_graph_free(g);
}

TEST(equals_a_plain_loop)
{
    check_binary_pairs(&sub);
}

TEST(is_differentiable)
{
    check_binary_op(&sub);
}

TEST(takes_one_tensor_twice)
{
    check_binary_twice(&sub);
}

TEST(refuses)
{
    check_binary_refusals(&sub);
}

TEST_MAIN("sub", subtracts_by_hand, equals_a_plain_loop, is_differentiable,
          takes_one_tensor_twice, refuses)
