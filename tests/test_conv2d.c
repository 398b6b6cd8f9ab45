#include "convolution.h"

#include <math.h>
#include <stdlib.h>

static const int64_t kernels[][2] = {{1, 2}, {2, 1}, {3, 2},
                                     {1, 1}, {3, 3}, {5, 5}};
enum { N_KERNELS = sizeof kernels / sizeof *kernels };

/* padding, dilation, groups; each with every stride */
static const tg_conv2d_options settings[] = {
    {.groups = 0},
    {.padding = {1, 0}},
    {.padding = {0, 2}},
    {.padding = {2, 1}, .dilation = {2, 1}},
    {.padding = {4, 3}, .dilation = {1, 3}, .groups = 2},
    {.padding = {1, 1}, .groups = 4}};
enum { N_SETTINGS = sizeof settings / sizeof *settings };

static conv_case make_case(int kernel, int setting, int stride)
{
    tg_conv2d_options o = settings[setting];
    int64_t groups = o.groups == 0 ? 1 : o.groups;
    conv_case c = {
        TG_SHAPE(2, 4, 9, 14),
        TG_SHAPE(8, 4 / groups, kernels[kernel][0], kernels[kernel][1]), o};

    c.o.stride[0] = stride;
    c.o.stride[1] = stride == 3 ? 2 : stride;
    return c;
}

TEST(equals_plain_loops)
{
    for (int k = 0; k < N_KERNELS; k++)
        for (int s = 0; s < N_SETTINGS; s++)
            for (int stride = 0; stride <= 3; stride++) {
                conv_case c = make_case(k, s, stride);
                check_conv(tg_conv2d, plain_conv2d, &c);
            }
}

/* Whatever fills vectors, tiles and blocks, and what remains. */
TEST(equals_plain_loops_at_every_size)
{
    uint64_t state = 1;

    for (int i = 0; i < 150; i++) {
        int64_t h = 1 + (int64_t)(random_bits(&state) % 4);
        int64_t w = 1 + (int64_t)(random_bits(&state) % 5);
        int groups = i % 5 == 0 ? 3 : 1;
        int64_t C = 1 + (int64_t)(random_bits(&state) % 20);
        int64_t O = 1 + (int64_t)(random_bits(&state) % 12);
        conv_case c = {TG_SHAPE(1 + i % 3, C * groups,
                                h + (int64_t)(random_bits(&state) % 9),
                                w + (int64_t)(random_bits(&state) % 40)),
                       TG_SHAPE(O * groups, C, h, w),
                       {.stride = {1 + i % 2, 1 + i % 3},
                        .padding = {i % 4, i % 5},
                        .groups = groups}};
        check_conv(tg_conv2d, plain_conv2d, &c);
    }
}

TEST(equals_plain_loops_when_large)
{
    check_conv(tg_conv2d, plain_conv2d,
               &(conv_case){TG_SHAPE(2, 40, 28, 28),
                            TG_SHAPE(21, 40, 3, 3),
                            {.padding = {1, 1}}});
    check_conv(tg_conv2d, plain_conv2d,
               &(conv_case){TG_SHAPE(3, 200, 14, 14),
                            TG_SHAPE(50, 200, 1, 1),
                            {.groups = 1}});
    check_conv(tg_conv2d, plain_conv2d,
               &(conv_case){TG_SHAPE(1, 1, 20, 900),
                            TG_SHAPE(2, 1, 3, 800),
                            {.padding = {1, 0}}});
    check_conv(tg_conv2d, plain_conv2d,
               &(conv_case){TG_SHAPE(2, 1, 28, 28),
                            TG_SHAPE(6, 1, 5, 5),
                            {.padding = {2, 2}}});
    check_conv(tg_conv2d, plain_conv2d,
               &(conv_case){TG_SHAPE(1, 9, 30, 70),
                            TG_SHAPE(9, 1, 3, 3),
                            {.padding = {1, 1}, .groups = 9}});
}

TEST(is_differentiable)
{
    for (int k = 0; k < N_KERNELS; k++)
        for (int stride = 1; stride <= 3; stride++) {
            conv_case c = {TG_SHAPE(1, 2, 5, 6),
                           TG_SHAPE(2, 2, kernels[k][0], kernels[k][1]),
                           {.stride = {stride, 1}, .padding = {1, stride}}};
            check_conv_derivatives(HERE, tg_conv2d, &c);
        }
    conv_case grouped = {TG_SHAPE(2, 2, 4, 5),
                         TG_SHAPE(4, 1, 2, 2),
                         {.stride = {2, 3}, .dilation = {2, 1}, .groups = 2}};
    check_conv_derivatives(HERE, tg_conv2d, &grouped);
}

static tg_tensor *alone(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_conv2d(g, in[0], in[0], TG_NONE,
                     (tg_conv2d_options){.padding = {1, 0}});
}

TEST(takes_one_tensor_twice)
{
    CHECK_OP(alone, TG_SHAPE(2, 2, 3, 2));
    CHECK_OP(alone, TG_SHAPE(1, 1, 1, 1));
}

static tg_tensor *stacked(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    tg_conv2d_options wide = {.padding = {1, 1}}, far = {.stride = {2, 1}};

    (void)n, (void)env;
    tg_tensor *y = tg_conv2d(g, in[0], in[1], in[2], wide);
    return tg_square(g, tg_conv2d(g, y, in[3], TG_NONE, far));
}

TEST(stacks)
{
    CHECK_OP(stacked, TG_SHAPE(2, 1, 4, 3), TG_SHAPE(2, 1, 3, 2), TG_SHAPE(2),
             TG_SHAPE(1, 2, 2, 2));
}

TEST(equals_corr2d_for_one_channel)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_tensor(TG_F64, TG_SHAPE(7, 9), 1);
    tg_tensor *k = random_tensor(TG_F64, TG_SHAPE(2, 3), 2);
    tg_tensor *image = MADE(tg_reshape(g, x, TG_SHAPE(1, 1, 7, 9)));
    tg_tensor *kernel = MADE(tg_reshape(g, k, TG_SHAPE(1, 1, 2, 3)));
    tg_tensor *y = MADE(
        tg_conv2d(g, image, kernel, TG_NONE, (tg_conv2d_options){.groups = 1}));
    double *expected = elements(MADE(tg_corr2d(g, x, k)));

    EXPECT_ARRAY(tg_reshape(g, y, TG_SHAPE(6, 7)), TG_SHAPE(6, 7), expected,
                 -1);
    free(expected);
    tg_tensor_free(x);
    tg_tensor_free(k);
    tg_graph_free(g);
}

/* Padding is left out, so that it does not meet an infinite weight. */
TEST(lets_nan_and_infinity_travel)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_shape shape = TG_SHAPE(1, 1, 1, 4), two = TG_SHAPE(1, 1, 1, 2);
    tg_tensor *x = TENSOR(TG_F32, shape, 1, NAN, 2, 3);
    tg_tensor *w = TENSOR(TG_F32, two, 1, 0);
    tg_conv2d_options o = {.padding = {0, 1}};

    EXPECT_VALUES(tg_conv2d(g, x, w, TG_NONE, o), 0, NAN, NAN, 2, 3);
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_graph_free(g);
}

TEST(works_on_an_empty_batch)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(0, 3, 5, 5), 1);
    tg_tensor *w = random_leaf(TG_F32, TG_SHAPE(2, 3, 2, 2), 2);
    tg_tensor *b = random_leaf(TG_F32, TG_SHAPE(2), 3);
    tg_tensor *y =
        MADE(tg_conv2d(g, x, w, b, (tg_conv2d_options){.padding = {1, 1}}));

    EXPECT_SHAPE(y, TG_SHAPE(0, 2, 6, 6));
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_SHAPE(tg_grad(x), TG_SHAPE(0, 3, 5, 5));
    for (int64_t i = 0; i < 24; i++)
        ck_assert_double_eq(element(tg_grad(w), i), 0);
    EXPECT_VALUES(tg_grad(b), 0, 0);
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_tensor_free(b);
    tg_graph_free(g);
}

/* Of equal numbers the error would add up, were they summed one by one. */
TEST(sums_long_runs_exactly_enough)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = MADE(tg_tensor_full(TG_F32, TG_SHAPE(8, 1, 300, 300), 0.1));
    tg_tensor *w = random_leaf(TG_F32, TG_SHAPE(1, 1, 1, 1), 1);
    tg_tensor *y =
        MADE(tg_conv2d(g, x, w, TG_NONE, (tg_conv2d_options){.groups = 1}));

    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_NEAR(tg_grad(w), tolerance(TG_F32), 720000 * (double)0.1F);
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_graph_free(g);
}

static tg_status differentiate_twice(tg_graph *g, void *env)
{
    tg_tensor *in[] = {try_random(TG_F32, TG_SHAPE(2, 2, 6, 5), 1),
                       try_random(TG_F32, TG_SHAPE(4, 1, 3, 2), 2),
                       try_random(TG_F32, TG_SHAPE(4), 3)};
    tg_gradients_options create = {.create_graph = true};
    tg_conv2d_options o = {.stride = {2, 1}, .padding = {1, 1}, .groups = 2};
    tg_tensor *dx[3];
    tg_status s = in[0] && in[1] && in[2] ? TG_OK : TG_ERR_NOMEM;

    (void)env;
    for (int i = 0; !s && i < 3; i++)
        s = tg_set_requires_grad(in[i], true);
    if (!s) {
        tg_tensor *y = tg_square(g, tg_conv2d(g, in[0], in[1], in[2], o));
        s = tg_gradients(g, tg_sum(g, y), NULL, 3, in, dx, create);
    }
    if (!s)
        s = tg_backward(g, tg_add(g, tg_sum(g, tg_square(g, dx[0])),
                                  tg_sum(g, tg_square(g, dx[1]))));
    for (int i = 0; i < 3; i++)
        tg_tensor_free(in[i]);
    return s;
}

TEST(survives_running_out_of_memory)
{
    check_out_of_memory(differentiate_twice, NULL);
}

TEST_MAIN("conv2d", equals_plain_loops, equals_plain_loops_at_every_size,
          equals_plain_loops_when_large, is_differentiable,
          takes_one_tensor_twice, stacks, equals_corr2d_for_one_channel,
          lets_nan_and_infinity_travel, works_on_an_empty_batch,
          sums_long_runs_exactly_enough, survives_running_out_of_memory)
