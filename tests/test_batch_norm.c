#include "plain.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

static const double eps = 1e-5, momentum = 0.25;

/* (N, C, ...): whose channel element i of x is. */
static int64_t channel_of(tg_shape x, int64_t i)
{
    int64_t at[TG_MAX_DIMS];

    plain_coordinates(x, i, at);
    return at[1];
}

/* What plain loops over the channels tell. */
typedef struct sheet {
    int64_t channels, count; /* values a channel */
    double *mean, *var, *y;
} sheet;

static sheet fill_sheet(const tg_tensor *x, const tg_tensor *w,
                        const tg_tensor *b)
{
    tg_shape shape = tg_tensor_shape(x);
    int64_t size = tg_tensor_size(x), channels = shape.dim[1];
    sheet s = {channels, size / channels, plain_zeros(channels),
               plain_zeros(channels), plain_zeros(size)};

    for (int64_t i = 0; i < size; i++)
        s.mean[channel_of(shape, i)] += element(x, i) / (double)s.count;
    for (int64_t i = 0; i < size; i++) {
        double distance = element(x, i) - s.mean[channel_of(shape, i)];
        s.var[channel_of(shape, i)] += distance * distance / (double)s.count;
    }
    for (int64_t i = 0; i < size; i++) {
        int64_t c = channel_of(shape, i);
        s.y[i] =
            (element(x, i) - s.mean[c]) / sqrt(s.var[c] + eps) * element(w, c) +
            element(b, c);
    }
    return s;
}

static void free_sheet(sheet *s)
{
    free(s->mean), free(s->var), free(s->y);
}

typedef struct layer {
    tg_tensor *x, *w, *b, *mean, *var;
} layer;

static layer make_layer(tg_dtype dtype, tg_shape x)
{
    tg_shape channels = TG_SHAPE(x.dim[1]);

    return (layer){random_leaf(dtype, x, 1), random_leaf(dtype, channels, 2),
                   random_leaf(dtype, channels, 3),
                   MADE(tg_tensor_new(dtype, channels)),
                   MADE(tg_tensor_full(dtype, channels, 1))};
}

static void free_layer(layer l)
{
    tg_tensor *leaves[] = {l.x, l.w, l.b, l.mean, l.var};

    for (int i = 0; i < 5; i++)
        tg_tensor_free(leaves[i]);
}

static tg_tensor *norm(tg_graph *g, layer l)
{
    return tg_batch_norm(g, l.x, l.w, l.b, l.mean, l.var, momentum, eps);
}

/* r = (1 - m) r + m batch, the variance over n - 1, from 0 and 1. */
static void expect_moved(layer l, const sheet *s, int steps)
{
    double kept = pow(1 - momentum, steps);
    double unbias = (double)s->count / (double)(s->count - 1);
    double tol = 4 * tolerance(tg_tensor_dtype(l.x));

    for (int64_t c = 0; c < s->channels; c++) {
        double mean = (1 - kept) * s->mean[c];
        double var = kept + (1 - kept) * unbias * s->var[c];
        if (!(fabs(element(l.mean, c) - mean) <= tol))
            ck_abort_msg("running mean %g, not %g", element(l.mean, c), mean);
        if (!(fabs(element(l.var, c) - var) <= tol))
            ck_abort_msg("running var %g, not %g", element(l.var, c), var);
    }
}

static void check_values(tg_dtype dtype, tg_shape shape)
{
    tg_graph *g = MADE(tg_graph_new());
    layer l = make_layer(dtype, shape);
    sheet s = fill_sheet(l.x, l.w, l.b);

    EXPECT_WITHIN(norm(g, l), shape, s.y, 8 * tolerance(dtype));
    expect_moved(l, &s, 1);
    MADE(norm(g, l));
    expect_moved(l, &s, 2);
    free_sheet(&s);
    free_layer(l);
    tg_graph_free(g);
}

TEST(equals_a_plain_loop_and_moves_the_statistics)
{
    uint64_t state = 41;

    for (int i = 0; i < 200; i++) {
        tg_shape shape = random_shape(&state, 5, 100);
        for (; shape.ndim < 2; shape.ndim++)
            shape.dim[shape.ndim] = 3;
        shape.dim[0] += 3;
        check_values(i % 2 ? TG_F32 : TG_F64, shape);
    }
    check_values(TG_F64, TG_SHAPE(2, 3));
    check_values(TG_F32, TG_SHAPE(1, 3, 2));
    check_values(TG_F32, TG_SHAPE(8, 3, 10, 10));
}

/* The first leaf is x, then weight and bias, if any. */
static tg_tensor *train(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)env;
    return tg_batch_norm(g, in[0], n > 1 ? in[1] : TG_NONE,
                         n > 2 ? in[2] : TG_NONE, TG_NONE, TG_NONE, momentum,
                         eps);
}

/* With the running statistics of env, which have x's dtype. */
static tg_tensor *infer(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    tg_tensor *const *running = env;
    bool was = tg_graph_set_training(g, false);
    int wide = tg_tensor_dtype(in[0]) == TG_F64 ? 2 : 0;
    tg_tensor *y = tg_batch_norm(g, in[0], n > 1 ? in[1] : TG_NONE,
                                 n > 2 ? in[2] : TG_NONE, running[wide],
                                 running[wide + 1], momentum, eps);

    tg_graph_set_training(g, was);
    return y;
}

TEST(is_differentiable)
{
    const tg_shape shapes[] = {TG_SHAPE(3, 2), TG_SHAPE(1, 2, 3),
                               TG_SHAPE(2, 1, 2, 2), TG_SHAPE(3, 2, 1, 2, 1)};

    for (int i = 0; i < 4; i++) {
        tg_shape channels = TG_SHAPE(shapes[i].dim[1]);
        tg_tensor *running[] = {random_tensor(TG_F32, channels, 1),
                                MADE(tg_tensor_full(TG_F32, channels, 0.75)),
                                random_tensor(TG_F64, channels, 1),
                                MADE(tg_tensor_full(TG_F64, channels, 0.75))};
        tg_shape three[] = {shapes[i], channels, channels};
        for (int n = 1; n <= 3; n++) {
            check_op(HERE, train, NULL, n, three);
            check_op(HERE, infer, running, n, three);
        }
        for (int k = 0; k < 4; k++)
            tg_tensor_free(running[k]);
    }
}

TEST(uses_the_running_statistics_when_not_training)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(1, 2), 5, 8);
    tg_tensor *mean = TENSOR(TG_F64, TG_SHAPE(2), 1, 2);
    tg_tensor *var = TENSOR(TG_F64, TG_SHAPE(2), 3, 8);
    tg_tensor *w = TENSOR(TG_F64, TG_SHAPE(2), 10, 1);
    tg_tensor *b = TENSOR(TG_F64, TG_SHAPE(2), 0.5, -1);

    tg_graph_set_training(g, false);
    EXPECT_VALUES(tg_batch_norm(g, x, w, b, mean, var, momentum, 1), 20.5, 1);
    EXPECT_VALUES(tg_batch_norm(g, x, TG_NONE, TG_NONE, mean, var, 1, 1), 2, 2);
    EXPECT_VALUES(mean, 1, 2);
    EXPECT_VALUES(var, 3, 8);
    tg_tensor *all[] = {x, mean, var, w, b};
    for (int i = 0; i < 5; i++)
        tg_tensor_free(all[i]);
    tg_graph_free(g);
}

/* Two values a channel: the unbiased variance is twice the biased one. */
TEST(keeps_the_unbiased_variance)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2, 1), 1, 5);
    tg_tensor *mean = TENSOR(TG_F32, TG_SHAPE(1), 100);
    tg_tensor *var = TENSOR(TG_F32, TG_SHAPE(1), 100);

    EXPECT_VALUES(tg_batch_norm(g, x, TG_NONE, TG_NONE, mean, var, 1, 0), -1,
                  1);
    EXPECT_VALUES(mean, 3);
    EXPECT_VALUES(var, 8);
    MADE(tg_batch_norm(g, x, TG_NONE, TG_NONE, mean, var, 0, 0));
    EXPECT_VALUES(mean, 3);
    EXPECT_VALUES(var, 8);
    tg_tensor_free(x);
    tg_tensor_free(mean);
    tg_tensor_free(var);
    tg_graph_free(g);
}

TEST(leaves_constant_channels_finite)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(3, 2), 7, 1, 7, 2, 7, 3);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y =
        tg_batch_norm(g, x, TG_NONE, TG_NONE, TG_NONE, TG_NONE, 0.1, eps);
    EXPECT_OK(tg_backward(g, tg_sum(g, tg_square(g, MADE(y)))));
    for (int i = 0; i < 6; i++) {
        ck_assert(isfinite(element(tg_grad(x), i)));
        if (i % 2 == 0)
            ck_assert_double_eq(element(y, i), 0);
    }
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* Once at the call and once in each replay; backward moves nothing. */
TEST(moves_the_statistics_in_a_replay)
{
    tg_graph *g = MADE(tg_graph_new());
    layer l = make_layer(TG_F64, TG_SHAPE(4, 3));
    sheet s = fill_sheet(l.x, l.w, l.b);
    tg_tensor *y = MADE(norm(g, l));

    for (int step = 1; step < 4; step++) {
        EXPECT_OK(tg_backward(g, tg_sum(g, tg_square(g, y))));
        expect_moved(l, &s, step);
        EXPECT_OK(tg_replay(g));
        expect_moved(l, &s, step + 1);
    }
    free_sheet(&s);
    free_layer(l);
    tg_graph_free(g);
}

static tg_tensor *norm_of_env(tg_graph *g, tg_tensor *const *in, int n,
                              void *env)
{
    layer l = *(const layer *)env;

    ck_assert_int_eq(n, 1);
    l.x = in[0];
    return tg_square(g, norm(g, l));
}

/* The second run, for backward, is of the same batch. */
TEST(moves_the_statistics_once_in_a_checkpoint)
{
    tg_graph *g = MADE(tg_graph_new());
    layer l = make_layer(TG_F64, TG_SHAPE(4, 3));
    sheet s = fill_sheet(l.x, l.w, l.b);
    tg_tensor *y = MADE(tg_checkpoint(g, norm_of_env, &l.x, 1, &l));

    expect_moved(l, &s, 1);
    EXPECT_OK(tg_backward_from(g, y, NULL));
    expect_moved(l, &s, 1);
    EXPECT_OK(tg_replay(g));
    expect_moved(l, &s, 2);
    EXPECT_OK(tg_backward_from(g, y, NULL));
    expect_moved(l, &s, 2);
    free_sheet(&s);
    free_layer(l);
    tg_graph_free(g);
}

TEST_MAIN("batch_norm", equals_a_plain_loop_and_moves_the_statistics,
          is_differentiable, uses_the_running_statistics_when_not_training,
          keeps_the_unbiased_variance, leaves_constant_channels_finite,
          moves_the_statistics_in_a_replay,
          moves_the_statistics_once_in_a_checkpoint)
