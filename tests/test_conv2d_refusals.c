#include "support.h"

#include <limits.h>

static void refuse(tg_shape x_shape, tg_shape w_shape, tg_conv2d_options o,
                   tg_status status)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, x_shape, 1);
    tg_tensor *w = random_leaf(TG_F32, w_shape, 2);

    EXPECT_OK(tg_set_name(x, "picture"));
    EXPECT_OK(tg_set_name(w, "filter"));
    EXPECT_REFUSED(g, tg_conv2d(g, x, w, TG_NONE, o), status, "conv2d");
    EXPECT_MESSAGE("'picture'");
    EXPECT_MESSAGE("'filter'");
    EXPECT_MESSAGE(tg_shape_text(x_shape).text);
    EXPECT_MESSAGE(tg_shape_text(w_shape).text);
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_graph_free(g);
}

TEST(refuses_shapes_that_do_not_fit)
{
    tg_conv2d_options plain = {.groups = 0};
    tg_conv2d_options apart = {.dilation = {2, 2}, .padding = {1, 0}};
    tg_conv2d_options most = {.dilation = {INT_MAX, INT_MAX}};
    tg_shape x = TG_SHAPE(1, 2, 4, 5), w = TG_SHAPE(3, 2, 2, 2);

    refuse(TG_SHAPE(2, 4, 5), w, plain, TG_ERR_SHAPE);
    refuse(x, TG_SHAPE(2, 2, 2), plain, TG_ERR_SHAPE);
    refuse(TG_SHAPE(1, 1, 2, 4, 5), w, plain, TG_ERR_SHAPE);
    refuse(x, TG_SHAPE(3, 1, 2, 2), plain, TG_ERR_SHAPE);
    refuse(x, TG_SHAPE(3, 3, 2, 2), plain, TG_ERR_SHAPE);
    refuse(x, TG_SHAPE(3, 2, 5, 2), plain, TG_ERR_SHAPE);
    refuse(x, TG_SHAPE(3, 2, 2, 6), plain, TG_ERR_SHAPE);
    refuse(x, TG_SHAPE(3, 2, 4, 2), apart, TG_ERR_SHAPE);
    refuse(x, TG_SHAPE(3, 2, 2, 4), apart, TG_ERR_SHAPE);
    refuse(x, w, most, TG_ERR_SHAPE);
    refuse(x, TG_SHAPE(0, 2, 2, 2), plain, TG_ERR_SHAPE);
    refuse(x, TG_SHAPE(3, 2, 0, 2), plain, TG_ERR_SHAPE);
    refuse(x, TG_SHAPE(3, 2, 2, 0), plain, TG_ERR_SHAPE);
    refuse(TG_SHAPE(1, 0, 4, 5), TG_SHAPE(3, 0, 2, 2), plain, TG_ERR_SHAPE);
    refuse(TG_SHAPE(1, 2, 0, 5), w, apart, TG_ERR_SHAPE);
    refuse(TG_SHAPE(1, 2, 4, 0), w, plain, TG_ERR_SHAPE);
    refuse(TG_SHAPE(0, 2, 1, 5), w, plain, TG_ERR_SHAPE);
}

TEST(refuses_groups_that_do_not_divide)
{
    refuse(TG_SHAPE(1, 3, 4, 5), TG_SHAPE(4, 1, 2, 2),
           (tg_conv2d_options){.groups = 2}, TG_ERR_SHAPE);
    refuse(TG_SHAPE(1, 4, 4, 5), TG_SHAPE(3, 2, 2, 2),
           (tg_conv2d_options){.groups = 2}, TG_ERR_SHAPE);
    refuse(TG_SHAPE(1, 4, 4, 5), TG_SHAPE(4, 4, 2, 2),
           (tg_conv2d_options){.groups = 2}, TG_ERR_SHAPE);
    refuse(TG_SHAPE(1, 4, 4, 5), TG_SHAPE(4, 4, 2, 2),
           (tg_conv2d_options){.groups = INT_MAX}, TG_ERR_SHAPE);
}

TEST(refuses_options_outside_of_their_domain)
{
    static const tg_conv2d_options bad[] = {{.stride = {-1, 1}},
                                            {.stride = {1, INT_MIN}},
                                            {.padding = {-1, 0}},
                                            {.padding = {0, -1}},
                                            {.dilation = {-1, 1}},
                                            {.dilation = {1, -2}},
                                            {.groups = -1},
                                            {.output_padding = {1, 0}},
                                            {.output_padding = {0, 1}},
                                            {.output_padding = {-1, 0}}};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuse(TG_SHAPE(1, 2, 4, 5), TG_SHAPE(3, 2, 2, 2), bad[i], TG_ERR_ARG);
}

/* Padding this large makes a result that no memory holds. */
TEST(refuses_a_result_that_is_too_large)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(1, 1, 2, 2), 1);
    tg_tensor *w = random_leaf(TG_F32, TG_SHAPE(1, 1, 1, 1), 2);
    tg_conv2d_options o = {.padding = {INT_MAX, INT_MAX}};

    EXPECT_REFUSED(g, tg_conv2d(g, x, w, TG_NONE, o), TG_ERR_SHAPE, "conv2d");
    o.stride[0] = o.stride[1] = INT_MAX;
    tg_tensor *y = MADE(tg_conv2d(g, x, w, TG_NONE, o));
    EXPECT_SHAPE(y, TG_SHAPE(1, 1, 3, 3));
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(x), element(w, 0), 0, 0, 0);
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_graph_free(g);
}

/* What failed to be made is not "no bias". */
TEST(tells_no_bias_from_a_bias_that_failed)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(1, 2, 4, 5), 1);
    tg_tensor *w = random_leaf(TG_F32, TG_SHAPE(3, 2, 2, 2), 2);
    tg_tensor *b = random_leaf(TG_F32, TG_SHAPE(3), 3);
    tg_tensor *two = random_leaf(TG_F32, TG_SHAPE(2), 4);
    tg_tensor *column = random_leaf(TG_F32, TG_SHAPE(3, 1), 5);
    tg_conv2d_options o = {.groups = 1};

    MADE(tg_conv2d(g, x, w, TG_NONE, o));
    MADE(tg_conv2d(g, x, w, b, o));
    EXPECT_STATUS(tg_fail(g, TG_ERR_IO, "the first failure"), TG_ERR_IO);
    EXPECT_REFUSED(g, tg_conv2d(g, x, w, NULL, o), TG_ERR_IO,
                   "the first failure");
    EXPECT_REFUSED(g, tg_conv2d(g, x, w, two, o), TG_ERR_SHAPE, "bias (2,)");
    EXPECT_REFUSED(g, tg_conv2d(g, x, w, column, o), TG_ERR_SHAPE, "(3, 1)");
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_tensor_free(b);
    tg_tensor_free(two);
    tg_tensor_free(column);
    tg_graph_free(g);
}

TEST(refuses_other_operands)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 2, 2, 2), 1);
    tg_tensor *z = random_leaf(TG_F64, TG_SHAPE(2, 2, 2, 2), 2);
    tg_tensor *n = random_tensor(TG_I64, TG_SHAPE(2, 2, 2, 2), 3);
    tg_tensor *b = random_leaf(TG_F64, TG_SHAPE(2), 4);
    tg_tensor *foreign = MADE(tg_neg(other, x));
    tg_conv2d_options o = {.groups = 1};
    tg_tensor *none = TG_NONE;

    EXPECT_REFUSED(g, tg_conv2d(g, x, z, none, o), TG_ERR_DTYPE, "conv2d");
    EXPECT_REFUSED(g, tg_conv2d(g, x, x, b, o), TG_ERR_DTYPE, "(2,) of f64");
    EXPECT_REFUSED(g, tg_conv2d(g, n, n, none, o), TG_ERR_DTYPE, "conv2d");
    EXPECT_REFUSED(g, tg_conv2d(g, foreign, x, none, o), TG_ERR_ARG, "conv2d");
    EXPECT_REFUSED(g, tg_conv2d(g, x, foreign, none, o), TG_ERR_ARG, "conv2d");
    EXPECT_REFUSED(g, tg_conv2d(g, none, x, none, o), TG_ERR_ARG, "conv2d");
    EXPECT_REFUSED(g, tg_conv2d(g, x, none, none, o), TG_ERR_ARG, "conv2d");
    ck_assert_ptr_null(tg_conv2d(g, NULL, x, none, o));
    ck_assert_ptr_null(tg_conv2d(g, x, NULL, none, o));
    ck_assert_ptr_null(tg_conv2d(NULL, x, x, none, o));
    tg_tensor_free(x);
    tg_tensor_free(z);
    tg_tensor_free(n);
    tg_tensor_free(b);
    tg_graph_free(g);
    tg_graph_free(other);
}

TEST_MAIN("conv2d_refusals", refuses_shapes_that_do_not_fit,
          refuses_groups_that_do_not_divide,
          refuses_options_outside_of_their_domain,
          refuses_a_result_that_is_too_large,
          tells_no_bias_from_a_bias_that_failed, refuses_other_operands)
