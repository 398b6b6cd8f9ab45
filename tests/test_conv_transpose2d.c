#include "convolution.h"

#include <limits.h>
#include <stdlib.h>

static const int64_t kernels[][2] = {{1, 2}, {2, 1}, {3, 2},
                                     {1, 1}, {3, 3}, {5, 5}};
enum { N_KERNELS = sizeof kernels / sizeof *kernels };

static const tg_conv2d_options settings[] = {
    {.groups = 0},
    {.padding = {0, 1}, .stride = {2, 2}, .output_padding = {1, 0}},
    {.stride = {3, 1}, .dilation = {1, 3}, .output_padding = {2, 2}},
    {.stride = {2, 3}, .dilation = {2, 2}, .padding = {1, 2}, .groups = 2},
    {.stride = {6, 4}, .dilation = {4, 6}, .output_padding = {5, 3}},
    {.padding = {1, 1}, .groups = 4}};
enum { N_SETTINGS = sizeof settings / sizeof *settings };

TEST(equals_plain_loops)
{
    for (int k = 0; k < N_KERNELS; k++)
        for (int s = 0; s < N_SETTINGS; s++) {
            int64_t groups = settings[s].groups == 0 ? 1 : settings[s].groups;
            conv_case c = {
                TG_SHAPE(2, 4, 5, 9),
                TG_SHAPE(4, 12 / groups, kernels[k][0], kernels[k][1]),
                settings[s]};
            check_conv(tg_conv_transpose2d, plain_conv_transpose2d, &c);
        }
}

TEST(equals_plain_loops_when_large)
{
    check_conv(tg_conv_transpose2d, plain_conv_transpose2d,
               &(conv_case){TG_SHAPE(2, 20, 14, 14),
                            TG_SHAPE(20, 33, 4, 4),
                            {.stride = {2, 2}, .padding = {1, 1}}});
    check_conv(tg_conv_transpose2d, plain_conv_transpose2d,
               &(conv_case){TG_SHAPE(2, 150, 9, 7),
                            TG_SHAPE(150, 3, 1, 1),
                            {.groups = 1}});
}

TEST(is_differentiable)
{
    for (int k = 0; k < N_KERNELS; k++)
        for (int s = 0; s < N_SETTINGS; s++) {
            int64_t groups = settings[s].groups == 0 ? 1 : settings[s].groups;
            conv_case c = {TG_SHAPE(1, groups, 3, 4),
                           TG_SHAPE(groups, 1, kernels[k][0], kernels[k][1]),
                           settings[s]};
            check_conv_derivatives(HERE, tg_conv_transpose2d, &c);
        }
}

static tg_tensor *alone(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_conv_transpose2d(g, in[0], in[0], TG_NONE,
                               (tg_conv2d_options){.stride = {2, 1}});
}

TEST(takes_one_tensor_twice)
{
    CHECK_OP(alone, TG_SHAPE(2, 2, 3, 2));
}

/* <x ⋆ w, y> = <x, y transposed w>. */
TEST(is_the_transpose_of_conv2d)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_conv2d_options o = {
        .stride = {2, 3}, .padding = {1, 2}, .dilation = {1, 2}};
    tg_tensor *x = random_tensor(TG_F64, TG_SHAPE(2, 3, 9, 11), 1);
    tg_tensor *w = random_tensor(TG_F64, TG_SHAPE(4, 3, 3, 2), 2);
    tg_tensor *forward = MADE(tg_conv2d(g, x, w, TG_NONE, o));
    tg_tensor *y = random_tensor(TG_F64, tg_tensor_shape(forward), 3);

    o.output_padding[1] = 0;
    tg_tensor *back = MADE(tg_conv_transpose2d(g, y, w, TG_NONE, o));
    EXPECT_SHAPE(back, TG_SHAPE(2, 3, 9, 11));
    tg_tensor *one = tg_sum(g, tg_mul(g, forward, y));
    EXPECT_NEAR(one, 1e-13, tg_item(tg_sum(g, tg_mul(g, x, back))));
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_tensor_free(y);
    tg_graph_free(g);
}

TEST(works_on_an_empty_batch)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(0, 3, 5, 5), 1);
    tg_tensor *w = random_leaf(TG_F32, TG_SHAPE(3, 2, 2, 2), 2);
    tg_tensor *y = MADE(tg_conv_transpose2d(
        g, x, w, TG_NONE, (tg_conv2d_options){.stride = {2, 2}}));

    EXPECT_SHAPE(y, TG_SHAPE(0, 2, 10, 10));
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_SHAPE(tg_grad(x), TG_SHAPE(0, 3, 5, 5));
    for (int64_t i = 0; i < 24; i++)
        ck_assert_double_eq(element(tg_grad(w), i), 0);
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_graph_free(g);
}

static void refuse(tg_shape x_shape, tg_shape w_shape, tg_conv2d_options o,
                   tg_status status)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, x_shape, 1);
    tg_tensor *w = random_leaf(TG_F32, w_shape, 2);

    EXPECT_OK(tg_set_name(x, "picture"));
    EXPECT_OK(tg_set_name(w, "filter"));
    EXPECT_REFUSED(g, tg_conv_transpose2d(g, x, w, TG_NONE, o), status,
                   "conv_transpose2d");
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
    tg_conv2d_options plain = {.groups = 0}, two = {.groups = 2};
    tg_shape x = TG_SHAPE(1, 2, 4, 5), w = TG_SHAPE(2, 3, 2, 2);

    refuse(TG_SHAPE(2, 4, 5), w, plain, TG_ERR_SHAPE);
    refuse(x, TG_SHAPE(2, 2, 2), plain, TG_ERR_SHAPE);
    refuse(x, TG_SHAPE(3, 2, 2, 2), plain, TG_ERR_SHAPE);
    refuse(x, TG_SHAPE(1, 2, 2, 2), plain, TG_ERR_SHAPE);
    refuse(TG_SHAPE(1, 3, 4, 5), TG_SHAPE(3, 2, 2, 2), two, TG_ERR_SHAPE);
    refuse(x, TG_SHAPE(2, 0, 2, 2), plain, TG_ERR_SHAPE);
    refuse(x, TG_SHAPE(2, 3, 0, 2), plain, TG_ERR_SHAPE);
    refuse(TG_SHAPE(1, 0, 4, 5), TG_SHAPE(0, 3, 2, 2), plain, TG_ERR_SHAPE);
    refuse(TG_SHAPE(1, 2, 0, 5), w, plain, TG_ERR_SHAPE);
    refuse(TG_SHAPE(0, 2, 4, 0), w, plain, TG_ERR_SHAPE);
}

TEST(refuses_results_without_extent)
{
    tg_shape x = TG_SHAPE(1, 1, 2, 2), w = TG_SHAPE(1, 1, 1, 2);
    tg_shape large = TG_SHAPE(0, 1, INT64_MAX / 32, 2);

    refuse(x, w, (tg_conv2d_options){.padding = {1, 0}}, TG_ERR_SHAPE);
    refuse(x, w, (tg_conv2d_options){.padding = {0, 2}}, TG_ERR_SHAPE);
    refuse(x, w, (tg_conv2d_options){.padding = {INT_MAX, 0}}, TG_ERR_SHAPE);
    refuse(large, w, (tg_conv2d_options){.stride = {INT_MAX, 1}}, TG_ERR_SHAPE);
    refuse(large, w, (tg_conv2d_options){.stride = {40, 1}}, TG_ERR_SHAPE);
}

TEST(refuses_a_result_that_is_too_large)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(1, 1, 3, 3), 1);
    tg_tensor *w = random_leaf(TG_F32, TG_SHAPE(1, 1, 2, 2), 2);
    tg_conv2d_options o = {.stride = {INT_MAX, INT_MAX}};

    EXPECT_REFUSED(g, tg_conv_transpose2d(g, x, w, TG_NONE, o), TG_ERR_SHAPE,
                   "conv_transpose2d");
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_graph_free(g);
}

TEST(refuses_options_outside_of_their_domain)
{
    static const tg_conv2d_options bad[] = {
        {.stride = {-1, 1}},
        {.padding = {0, -1}},
        {.dilation = {INT_MIN, 1}},
        {.groups = -1},
        {.output_padding = {-1, 0}},
        {.output_padding = {1, 0}},
        {.output_padding = {0, 2}, .stride = {3, 2}},
        {.output_padding = {3, 0}, .stride = {2, 2}, .dilation = {3, 1}}};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuse(TG_SHAPE(1, 2, 4, 5), TG_SHAPE(2, 3, 2, 2), bad[i], TG_ERR_ARG);
}

TEST(tells_no_bias_from_a_bias_that_failed)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(1, 2, 4, 5), 1);
    tg_tensor *w = random_leaf(TG_F32, TG_SHAPE(2, 3, 2, 2), 2);
    tg_tensor *b = random_leaf(TG_F32, TG_SHAPE(6), 3);
    tg_tensor *three = random_leaf(TG_F32, TG_SHAPE(3), 4);
    tg_conv2d_options o = {.groups = 2};

    MADE(tg_conv_transpose2d(g, x, w, TG_NONE, o));
    MADE(tg_conv_transpose2d(g, x, w, b, o));
    EXPECT_STATUS(tg_fail(g, TG_ERR_IO, "the first failure"), TG_ERR_IO);
    EXPECT_REFUSED(g, tg_conv_transpose2d(g, x, w, NULL, o), TG_ERR_IO,
                   "the first failure");
    EXPECT_REFUSED(g, tg_conv_transpose2d(g, x, w, three, o), TG_ERR_SHAPE,
                   "bias (3,)");
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_tensor_free(b);
    tg_tensor_free(three);
    tg_graph_free(g);
}

TEST(refuses_other_operands)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 2, 2, 2), 1);
    tg_tensor *z = random_leaf(TG_F64, TG_SHAPE(2, 2, 2, 2), 2);
    tg_tensor *n = random_tensor(TG_I64, TG_SHAPE(2, 2, 2, 2), 3);
    tg_tensor *foreign = MADE(tg_neg(other, x)), *none = TG_NONE;
    tg_conv2d_options o = {.groups = 1};

    EXPECT_REFUSED(g, tg_conv_transpose2d(g, x, z, none, o), TG_ERR_DTYPE,
                   "conv_transpose2d");
    EXPECT_REFUSED(g, tg_conv_transpose2d(g, n, n, none, o), TG_ERR_DTYPE,
                   "conv_transpose2d");
    EXPECT_REFUSED(g, tg_conv_transpose2d(g, foreign, x, none, o), TG_ERR_ARG,
                   "conv_transpose2d");
    EXPECT_REFUSED(g, tg_conv_transpose2d(g, x, none, none, o), TG_ERR_ARG,
                   "conv_transpose2d");
    ck_assert_ptr_null(tg_conv_transpose2d(g, NULL, x, none, o));
    ck_assert_ptr_null(tg_conv_transpose2d(g, x, NULL, none, o));
    ck_assert_ptr_null(tg_conv_transpose2d(NULL, x, x, none, o));
    tg_tensor_free(x);
    tg_tensor_free(z);
    tg_tensor_free(n);
    tg_graph_free(g);
    tg_graph_free(other);
}

static tg_status upsample(tg_graph *g, void *env)
{
    tg_tensor *x = try_random(TG_F32, TG_SHAPE(2, 2, 3, 4), 1);
    tg_tensor *w = try_random(TG_F32, TG_SHAPE(2, 3, 3, 2), 2);
    tg_conv2d_options o = {.stride = {2, 2}, .output_padding = {1, 1}};
    tg_status s = x && w ? tg_set_requires_grad(x, true) : TG_ERR_NOMEM;

    (void)env;
    if (!s)
        s = tg_set_requires_grad(w, true);
    if (!s)
        s = tg_backward(
            g,
            tg_sum(g, tg_square(g, tg_conv_transpose2d(g, x, w, TG_NONE, o))));
    tg_tensor_free(x);
    tg_tensor_free(w);
    return s;
}

TEST(survives_running_out_of_memory)
{
    check_out_of_memory(upsample, NULL);
}

TEST_MAIN("conv_transpose2d", equals_plain_loops, equals_plain_loops_when_large,
          is_differentiable, takes_one_tensor_twice, is_the_transpose_of_conv2d,
          works_on_an_empty_batch, refuses_shapes_that_do_not_fit,
          refuses_results_without_extent, refuses_a_result_that_is_too_large,
          refuses_options_outside_of_their_domain,
          tells_no_bias_from_a_bias_that_failed, refuses_other_operands,
          survives_running_out_of_memory)
