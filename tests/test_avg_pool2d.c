#include "pooling.h"

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
    double area = o->kernel[0] * o->kernel[1];

    for (int64_t i = 0; i < m * n; i++)
        for (int64_t k = 0; k < o->kernel[0] * o->kernel[1]; k++) {
            int rows = o->stride[0] ? o->stride[0] : o->kernel[0];
            int columns = o->stride[1] ? o->stride[1] : o->kernel[1];
            int64_t I = i / n * rows - o->padding[0] + k / o->kernel[1];
            int64_t J = i % n * columns - o->padding[1] + k % o->kernel[1];
            if (I < 0 || I >= H || J < 0 || J >= W)
                continue;
            values[i] += x[I * W + J] / area;
            dx[I * W + J] += dy[i] / area;
        }
}

TEST(equals_a_plain_loop)
{
    for (int i = 0; i < N_OPTIONS; i++)
        for (int64_t H = 5; H < 9; H++)
            for (int64_t W = 6; W < 40; W += 7)
                check_pool(tg_avg_pool2d, plain,
                           &(pool_case){TG_SHAPE(2, 3, H, W), options[i]});
}

TEST(is_differentiable)
{
    for (int i = 0; i < N_OPTIONS; i++)
        check_pool_derivatives(HERE, tg_avg_pool2d,
                               &(pool_case){TG_SHAPE(1, 2, 5, 6), options[i]});
}

TEST(counts_padding)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(1, 1, 2, 2), 4, 8, 12, 16);
    tg_pool2d_options o = {.kernel = {2, 2}, .padding = {1, 1}};

    EXPECT_VALUES(tg_avg_pool2d(g, x, o), 1, 2, 3, 4);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(works_on_an_empty_batch)
{
    check_empty_batch_of_pool(tg_avg_pool2d);
}

TEST(refuses_what_does_not_fit)
{
    refuse_pools(tg_avg_pool2d, "avg_pool2d");
}

TEST(survives_running_out_of_memory)
{
    check_pool_out_of_memory(tg_avg_pool2d);
}

TEST_MAIN("avg_pool2d", equals_a_plain_loop, is_differentiable, counts_padding,
          works_on_an_empty_batch, refuses_what_does_not_fit,
          survives_running_out_of_memory)
