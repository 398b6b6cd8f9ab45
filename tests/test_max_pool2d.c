#include "pooling.h"

#include <math.h>

static const tg_pool2d_options options[] = {
    {.kernel = {2, 2}},
    {.kernel = {1, 2}},
    {.kernel = {2, 1}, .stride = {1, 3}},
    {.kernel = {3, 2}, .stride = {2, 2}, .padding = {1, 1}},
    {.kernel = {3, 3}, .stride = {1, 2}, .padding = {1, 0}},
    {.kernel = {5, 4}, .stride = {3, 1}, .padding = {2, 2}},
    {.kernel = {1, 1}, .stride = {2, 2}},
    {.kernel = {5, 6}}};
enum { N_OPTIONS = sizeof options / sizeof *options };

static void plain(const pool_case *c, tg_shape y, const double *x,
                  const double *dy, double *values, double *dx)
{
    const tg_pool2d_options *o = &c->o;
    int64_t m = y.dim[2], n = y.dim[3], H = c->x.dim[2], W = c->x.dim[3];

    for (int64_t i = 0; i < m * n; i++) {
        int64_t best = -1;
        for (int64_t k = 0; k < o->kernel[0] * o->kernel[1]; k++) {
            int rows = o->stride[0] ? o->stride[0] : o->kernel[0];
            int columns = o->stride[1] ? o->stride[1] : o->kernel[1];
            int64_t I = i / n * rows - o->padding[0] + k / o->kernel[1];
            int64_t J = i % n * columns - o->padding[1] + k % o->kernel[1];
            if (I < 0 || I >= H || J < 0 || J >= W)
                continue;
            if (best < 0 || x[I * W + J] > x[best])
                best = I * W + J;
        }
        values[i] = x[best];
        dx[best] += dy[i];
    }
}

TEST(equals_a_plain_loop)
{
    for (int i = 0; i < N_OPTIONS; i++)
        for (int64_t H = 5; H < 9; H++)
            for (int64_t W = 6; W < 40; W += 7)
                check_pool(tg_max_pool2d, plain,
                           &(pool_case){TG_SHAPE(2, 3, H, W), options[i]});
}

TEST(is_differentiable)
{
    for (int i = 0; i < N_OPTIONS; i++)
        check_pool_derivatives(HERE, tg_max_pool2d,
                               &(pool_case){TG_SHAPE(1, 2, 5, 6), options[i]});
}

static void check_window(const double x_values[4], double expected,
                         int64_t place)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = make_tensor(TG_F64, TG_SHAPE(1, 1, 2, 2), x_values, 4);
    tg_pool2d_options o = {.kernel = {2, 2}};

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_max_pool2d(g, x, o));
    EXPECT_OK(tg_backward(g, y));
    ck_assert(isnan(expected) ? isnan(tg_item(y)) : tg_item(y) == expected);
    for (int64_t i = 0; i < 4; i++)
        ck_assert_double_eq(element(tg_grad(x), i), i == place);
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* As PyTorch: the first of equal numbers, the last NaN. */
TEST(chooses_as_documented)
{
    check_window((double[]){3, 3, 3, 3}, 3, 0);
    check_window((double[]){1, 4, 4, 2}, 4, 1);
    check_window((double[]){-4, -3, -2, -1}, -1, 3);
    check_window((double[]){-INFINITY, -INFINITY, -INFINITY, -INFINITY},
                 -INFINITY, 0);
    check_window((double[]){-INFINITY, -5, INFINITY, INFINITY}, INFINITY, 2);
    check_window((double[]){1, NAN, 2, 3}, NAN, 1);
    check_window((double[]){NAN, 5, NAN, 1}, NAN, 2);
    check_window((double[]){NAN, NAN, NAN, NAN}, NAN, 3);
    check_window((double[]){NAN, INFINITY, 1, 2}, NAN, 0);
}

/* Padding is no zero. */
TEST(never_chooses_padding)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(1, 1, 2, 2), -1, -2, -3, -INFINITY);
    tg_pool2d_options o = {.kernel = {2, 2}, .padding = {1, 1}};

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_max_pool2d(g, x, o));
    for (int64_t i = 0; i < 4; i++)
        ck_assert_double_eq(element(y, i), element(x, i));
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(x), 1, 1, 1, 1);
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* A replay chooses anew. */
TEST(follows_new_values_in_a_replay)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(1, 1, 1, 2), 1, 2);
    tg_tensor *other = TENSOR(TG_F32, TG_SHAPE(1, 1, 1, 2), 5, 3);
    tg_pool2d_options o = {.kernel = {1, 2}};

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_max_pool2d(g, x, o));
    EXPECT_OK(tg_tensor_copy(x, other));
    EXPECT_OK(tg_replay(g));
    EXPECT_VALUES(y, 5);
    EXPECT_OK(tg_backward(g, y));
    EXPECT_VALUES(tg_grad(x), 1, 0);
    tg_tensor_free(x);
    tg_tensor_free(other);
    tg_graph_free(g);
}

TEST(works_on_an_empty_batch)
{
    check_empty_batch_of_pool(tg_max_pool2d);
}

TEST(refuses_what_does_not_fit)
{
    refuse_pools(tg_max_pool2d, "max_pool2d");
}

TEST(survives_running_out_of_memory)
{
    check_pool_out_of_memory(tg_max_pool2d);
}

TEST_MAIN("max_pool2d", equals_a_plain_loop, is_differentiable,
          chooses_as_documented, never_chooses_padding,
          follows_new_values_in_a_replay, works_on_an_empty_batch,
          refuses_what_does_not_fit, survives_running_out_of_memory)
