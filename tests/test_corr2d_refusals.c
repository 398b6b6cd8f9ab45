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
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 2), 1);
    tg_tensor *z = random_leaf(TG_F64, TG_SHAPE(2, 2), 2);
    tg_tensor *n = random_tensor(TG_I64, TG_SHAPE(2, 2), 3);
    tg_tensor *foreign = MADE(tg_neg(other, x));

    EXPECT_REFUSED(g, tg_corr2d(g, x, z), TG_ERR_DTYPE, "corr2d");
    EXPECT_REFUSED(g, tg_corr2d(g, n, n), TG_ERR_DTYPE, "corr2d");
    EXPECT_REFUSED(g, tg_corr2d(g, foreign, x), TG_ERR_ARG, "corr2d");
    EXPECT_REFUSED(g, tg_corr2d(g, x, foreign), TG_ERR_ARG, "corr2d");
    EXPECT_REFUSED(g, tg_corr2d(g, x, TG_NONE), TG_ERR_ARG, "corr2d");
    ck_assert_ptr_null(tg_corr2d(g, NULL, x));
    ck_assert_ptr_null(tg_corr2d(g, x, NULL));
    ck_assert_ptr_null(tg_corr2d(NULL, x, x));
    tg_tensor_free(x);
    tg_tensor_free(z);
    tg_tensor_free(n);
    tg_graph_free(g);
    tg_graph_free(other);
}

TEST_MAIN("corr2d_refusals", refuses_a_kernel_that_does_not_fit,
          refuses_other_operands)
