#include "binary.h"
#include "support.h"

static double f(double a, double b)
{
    return a + b;
}

static double one(double a, double b)
{
    (void)a, (void)b;
    return 1;
}

static const binary add = {"add", tg_add, f, one, one};

TEST(adds_by_hand)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *a = TENSOR(TG_F32, TG_SHAPE(2, 2), 1, 2, 3, 4);
    tg_tensor *b = TENSOR(TG_F32, TG_SHAPE(2), 10, 20);

    EXPECT_VALUES(tg_add(g, a, b), 11, 22, 13, 24);
    EXPECT_VALUES(tg_add(g, b, a), 11, 22, 13, 24);
    tg_tensor_free(a);
    tg_tensor_free(b);
    tg_graph_free(g);
}

TEST(equals_a_plain_loop)
{
    check_binary_pairs(&add);
}

TEST(is_differentiable)
{
    check_binary_op(&add);
}

TEST(takes_one_tensor_twice)
{
    check_binary_twice(&add);
}

TEST(refuses)
{
    check_binary_refusals(&add);
}

TEST_MAIN("add", adds_by_hand, equals_a_plain_loop, is_differentiable,
          takes_one_tensor_twice, refuses)
