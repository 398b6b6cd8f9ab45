#include "support.h"

static void refuse(tg_graph *g, tg_shape x_shape, tg_shape k_shape)
{
    tg_tensor *x = random_leaf(TG_F32, x_shape, 1);
    tg_tensor *k = random_leaf(TG_F32, k_shape, 2);

    EXPECT_REFUSED(g, tg_corr2d(g, x, k), TG_ERR_SHAPE, "corr2d");
    tg_tensor_free(x);
    tg_tensor_free(k);
}

TEST(refuses_a_kernel_that_does_not_fit)
{
    tg_graph *g = MADE(tg_graph_new());

    refuse(g, TG_SHAPE(2, 8), TG_SHAPE(3, 3));
    refuse(g, TG_SHAPE(8, 2), TG_SHAPE(3, 3));
    refuse(g, TG_SHAPE(3, 3), TG_SHAPE(1, 4));
    refuse(g, TG_SHAPE(3, 3), TG_SHAPE(0, 1));
    refuse(g, TG_SHAPE(3, 3), TG_SHAPE(1, 0));
    refuse(g, TG_SHAPE(0, 3), TG_SHAPE(1, 1));
    refuse(g, TG_SHAPE(0, 0), TG_SHAPE(0, 0));
    refuse(g, TG_SHAPE(3), TG_SHAPE(1, 1));
    refuse(g, TG_SHAPE(3, 3), TG_SHAPE(3));
    refuse(g, TG_SHAPE(3, 3), TG_SCALAR);
    refuse(g, TG_SHAPE(1, 3, 3), TG_SHAPE(1, 1));
    tg_graph_free(g);
}

TEST(refuses_other_operands)
{
    expect_other_operands_refused("corr2d", tg_corr2d);
}

TEST_MAIN("corr2d_refusals", refuses_a_kernel_that_does_not_fit,
          refuses_other_operands)
