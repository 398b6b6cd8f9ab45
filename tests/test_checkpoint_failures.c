#include "support.h"

#include <stdlib.h>

/* Does other things from its `turn`-th run on. */
typedef struct moody {
    int turn, runs;
    tg_shape shape;
    bool fails;
} moody;

static tg_tensor *be_moody(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    moody *m = env;

    (void)n;
    if (++m->runs < m->turn)
        return tg_square(g, in[0]);
    if (m->fails) {
        tg_fail(g, TG_ERR_IO, "moody: not today");
        return NULL;
    }
    return tg_reshape(g, tg_square(g, in[0]), m->shape);
}

TEST(passes_a_failure_on)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    moody m = {.turn = 1, .fails = true};

    EXPECT_REFUSED(g, tg_checkpoint(g, be_moody, &x, 1, &m), TG_ERR_IO,
                   "moody: not today");
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* In the second run, of backward; the gradient stays as it was. */
static void check_second_run(moody m, tg_status status)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *y = MADE(tg_checkpoint(g, be_moody, &x, 1, &m));

    EXPECT_OK(tg_backward(g, tg_sum(g, tg_square(g, x))));
    tg_tensor *before = MADE(tg_tensor_clone(tg_grad(x)));
    size_t size = tg_graph_size(g);
    EXPECT_STATUS(tg_backward_from(g, y, NULL), status);
    EXPECT_SAME_BITS(tg_grad(x), before);
    ck_assert_uint_eq(tg_graph_size(g), size);
    m.turn = INT32_MAX;
    EXPECT_STATUS(tg_graph_reset(g), status);
    y = MADE(tg_checkpoint(g, be_moody, &x, 1, &m));
    EXPECT_OK(tg_backward_from(g, y, NULL));
    tg_tensor_free(before);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(fails_when_the_function_fails_later)
{
    check_second_run((moody){.turn = 2, .fails = true}, TG_ERR_IO);
}

TEST(fails_when_the_function_returns_another_shape)
{
    check_second_run((moody){.turn = 2, .shape = TG_SHAPE(3, 2)}, TG_ERR_STATE);
    check_second_run((moody){.turn = 2, .shape = TG_SHAPE(6)}, TG_ERR_STATE);
}

TEST(fails_in_a_replay_too)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    moody m = {.turn = 2, .shape = TG_SHAPE(6)};

    MADE(tg_checkpoint(g, be_moody, &x, 1, &m));
    EXPECT_STATUS(tg_replay(g), TG_ERR_STATE);
    m.turn = INT32_MAX;
    EXPECT_OK(tg_replay(g));
    tg_tensor_free(x);
    tg_graph_free(g);
}

static tg_tensor *square(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_square(g, in[0]);
}

TEST(refuses)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2), 1), *none = TG_NONE;
    tg_tensor *foreign = MADE(tg_neg(other, x)), *missing[] = {x, NULL};

    EXPECT_REFUSED(g, tg_checkpoint(g, NULL, &x, 1, NULL), TG_ERR_ARG,
                   "checkpoint");
    EXPECT_REFUSED(g, tg_checkpoint(g, square, NULL, 1, NULL), TG_ERR_ARG,
                   "checkpoint");
    EXPECT_REFUSED(g, tg_checkpoint(g, square, &x, -1, NULL), TG_ERR_ARG,
                   "checkpoint");
    EXPECT_REFUSED(g, tg_checkpoint(g, square, &none, 1, NULL), TG_ERR_ARG,
                   "checkpoint");
    EXPECT_REFUSED(g, tg_checkpoint(g, square, &foreign, 1, NULL), TG_ERR_ARG,
                   "checkpoint");
    EXPECT_STATUS(tg_fail(g, TG_ERR_IO, "the first failure"), TG_ERR_IO);
    EXPECT_REFUSED(g, tg_checkpoint(g, square, missing, 2, NULL), TG_ERR_IO,
                   "the first failure");
    ck_assert_ptr_null(tg_checkpoint(NULL, square, &x, 1, NULL));
    tg_tensor_free(x);
    tg_graph_free(g);
    tg_graph_free(other);
}

/* ---- memory */

static tg_tensor *many_steps(tg_graph *g, tg_tensor *const *in, int n,
                             void *env)
{
    tg_tensor *y = in[0];

    (void)n, (void)env;
    for (int i = 0; i < 16; i++)
        y = tg_sin(g, y);
    return y;
}

static size_t most_memory(bool checkpoint)
{
    enum { LAYERS = 16 };
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(10000), 1), *y = x;

    for (int i = 0; i < LAYERS; i++)
        y = checkpoint ? tg_checkpoint(g, many_steps, &y, 1, NULL)
                       : many_steps(g, &y, 1, NULL);
    EXPECT_OK(tg_backward_from(g, y, NULL));
    size_t bytes = tg_graph_memory(g);
    tg_tensor_free(x);
    tg_graph_free(g);
    return bytes;
}

/* 256 results of 40 kB, or 16 of them and 16 more for one layer's. */
TEST(does_not_keep_inner_results)
{
    size_t checkpointed = most_memory(true), plain = most_memory(false);

    ck_assert_uint_gt(plain, 256 * 40000);
    ck_assert_uint_lt(checkpointed, plain / 4);
}

/* ---- without memory */

typedef struct layer {
    tg_tensor *weight;
} layer;

static tg_tensor *run_layer(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    const layer *l = env;

    (void)n;
    return tg_tanh(g, tg_mul(g, tg_dropout(g, in[0], 0.5), l->weight));
}

static tg_tensor *run_layers(tg_graph *g, tg_tensor *const *in, int n,
                             void *env)
{
    tg_tensor *y = tg_checkpoint(g, run_layer, in, n, env);

    return tg_checkpoint(g, run_layer, &y, 1, env);
}

static tg_status use_checkpoints(tg_graph *g, void *env)
{
    tg_tensor *x = try_random(TG_F64, TG_SHAPE(2, 3), 1), *dx;
    layer l = {try_random(TG_F64, TG_SHAPE(3), 2)};
    tg_gradients_options create = {.create_graph = true};
    tg_status status = x && l.weight ? TG_OK : TG_ERR_NOMEM;

    (void)env;
    if (status == TG_OK)
        status = tg_set_requires_grad(x, true);
    if (status == TG_OK)
        status = tg_set_requires_grad(l.weight, true);
    tg_tensor *y = tg_sum(g, tg_checkpoint(g, run_layers, &x, 1, &l));
    if (status == TG_OK)
        status = tg_backward(g, y);
    if (status == TG_OK)
        status = tg_gradients(g, y, NULL, 1, &x, &dx, create);
    if (status == TG_OK)
        status = tg_backward(g, tg_sum(g, tg_square(g, dx)));
    if (status == TG_OK)
        status = tg_replay(g);
    tg_tensor_free(x);
    tg_tensor_free(l.weight);
    return status;
}

TEST(survives_without_memory)
{
    check_out_of_memory(use_checkpoints, NULL);
}

TEST_MAIN("checkpoint_failures", passes_a_failure_on,
          fails_when_the_function_fails_later,
          fails_when_the_function_returns_another_shape, fails_in_a_replay_too,
          refuses, does_not_keep_inner_results, survives_without_memory)
