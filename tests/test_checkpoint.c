#include "support.h"

#include <math.h>
#include <stdlib.h>

/* A layer that keeps much; its weight is reached through env. */
static tg_tensor *run_layer(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    tg_tensor *y = in[0];

    for (int i = 0; i < 2; i++)
        y = tg_tanh(g, tg_mul(g, tg_square(g, y), env));
    for (int i = 1; i < n; i++)
        y = tg_mul(g, y, tg_sin(g, in[i]));
    return y;
}

typedef struct trial {
    tg_graph *g;
    tg_tensor *x, *z, *weight, *y;
} trial;

static trial new_trial(tg_dtype dtype, bool checkpoint)
{
    trial t = {.g = MADE(tg_graph_new()),
               .x = random_leaf(dtype, TG_SHAPE(2, 3), 1),
               .z = random_leaf(dtype, TG_SHAPE(3), 2),
               .weight = random_leaf(dtype, TG_SHAPE(2, 1), 3)};
    tg_tensor *in[] = {t.x, t.z};

    t.y = checkpoint ? tg_checkpoint(t.g, run_layer, in, 2, t.weight)
                     : run_layer(t.g, in, 2, t.weight);
    return t;
}

static void free_trial(trial t)
{
    tg_tensor_free(t.x);
    tg_tensor_free(t.z);
    tg_tensor_free(t.weight);
    tg_graph_free(t.g);
}

static void expect_same_grads(trial a, trial b)
{
    EXPECT_SAME_BITS(tg_grad(a.x), tg_grad(b.x));
    EXPECT_SAME_BITS(tg_grad(a.z), tg_grad(b.z));
    EXPECT_SAME_BITS(tg_grad(a.weight), tg_grad(b.weight));
}

TEST(gives_the_bits_of_a_plain_run)
{
    for (int dtype = TG_F32; dtype <= TG_F64; dtype++) {
        trial a = new_trial((tg_dtype)dtype, true);
        trial b = new_trial((tg_dtype)dtype, false);
        EXPECT_SAME_BITS(a.y, b.y);
        ck_assert_uint_eq(tg_graph_size(a.g), 1);
        for (int turn = 0; turn < 3; turn++) {
            EXPECT_OK(tg_backward_from(a.g, a.y, NULL));
            EXPECT_OK(tg_backward_from(b.g, b.y, NULL));
            expect_same_grads(a, b);
            ck_assert_uint_eq(tg_graph_size(a.g), 1);
        }
        free_trial(a);
        free_trial(b);
    }
}

TEST(replays_on_new_values)
{
    trial a = new_trial(TG_F64, true), b = new_trial(TG_F64, false);

    for (uint64_t seed = 10; seed < 13; seed++) {
        tg_tensor *fresh = random_tensor(TG_F64, TG_SHAPE(2, 3), seed);
        EXPECT_OK(tg_tensor_copy(a.x, fresh));
        EXPECT_OK(tg_tensor_copy(b.x, fresh));
        EXPECT_OK(tg_replay(a.g));
        EXPECT_OK(tg_replay(b.g));
        EXPECT_SAME_BITS(a.y, b.y);
        EXPECT_OK(tg_backward_from(a.g, a.y, NULL));
        EXPECT_OK(tg_backward_from(b.g, b.y, NULL));
        expect_same_grads(a, b);
        tg_tensor_free(fresh);
    }
    free_trial(a);
    free_trial(b);
}

static tg_tensor *checkpointed(tg_graph *g, tg_tensor *const *in, int n,
                               void *env)
{
    (void)env;
    return tg_checkpoint(g, run_layer, in + 1, n - 1, in[0]);
}

/* Gradcheck of both orders, to leaves given and reached. */
TEST(is_differentiable)
{
    check_op(HERE, checkpointed, NULL, 2,
             (tg_shape[]){TG_SHAPE(2, 1), TG_SHAPE(2, 3)});
    check_op(HERE, checkpointed, NULL, 3,
             (tg_shape[]){TG_SCALAR, TG_SHAPE(2, 2), TG_SHAPE(2)});
    check_op(HERE, checkpointed, NULL, 2,
             (tg_shape[]){TG_SCALAR, TG_SHAPE(0, 3)});
}

static tg_tensor *nested(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    tg_tensor *y = tg_checkpoint(g, run_layer, in, n, env);

    return tg_square(g, tg_checkpoint(g, run_layer, &y, 1, env));
}

static tg_tensor *not_nested(tg_graph *g, tg_tensor *const *in, int n,
                             void *env)
{
    tg_tensor *y = run_layer(g, in, n, env);

    return tg_square(g, run_layer(g, &y, 1, env));
}

TEST(nests)
{
    trial a = new_trial(TG_F64, true), b = new_trial(TG_F64, false);
    tg_tensor *y = MADE(tg_checkpoint(a.g, nested, &a.y, 1, a.weight));
    tg_tensor *z = MADE(not_nested(b.g, &b.y, 1, b.weight));

    EXPECT_SAME_BITS(y, z);
    EXPECT_OK(tg_backward_from(a.g, y, NULL));
    EXPECT_OK(tg_backward_from(b.g, z, NULL));
    double *values = elements(tg_grad(b.x));
    EXPECT_ARRAY(tg_grad(a.x), TG_SHAPE(2, 3), values, -1);
    free(values);
    values = elements(tg_grad(b.weight));
    EXPECT_ARRAY(tg_grad(a.weight), TG_SHAPE(2, 1), values, -1);
    free(values);
    free_trial(a);
    free_trial(b);
}

static tg_tensor *nested_checkpointed(tg_graph *g, tg_tensor *const *in, int n,
                                      void *env)
{
    (void)env;
    return tg_checkpoint(g, nested, in + 1, n - 1, in[0]);
}

TEST(is_differentiable_when_nested)
{
    check_op(HERE, nested_checkpointed, NULL, 2,
             (tg_shape[]){TG_SCALAR, TG_SHAPE(2)});
}

/* One input is made of the other, and is reached through env as well. */
static tg_tensor *entangled(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    tg_tensor *both[] = {in[0], tg_square(g, in[0])};

    (void)n, (void)env;
    return tg_mul(g, tg_checkpoint(g, run_layer, both, 2, both[1]), in[0]);
}

TEST(takes_inputs_that_depend_on_each_other)
{
    check_op(HERE, entangled, NULL, 1, &TG_SHAPE(2, 2));
}

static tg_tensor *pass_on(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)g, (void)n, (void)env;
    return in[0];
}

static tg_tensor *give_env(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)g, (void)in, (void)n;
    return env;
}

TEST(takes_functions_that_do_nothing)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2), 1);
    tg_tensor *c = random_tensor(TG_F32, TG_SHAPE(2), 2);
    tg_tensor *y = MADE(tg_checkpoint(g, pass_on, &x, 1, NULL));

    EXPECT_SAME_BITS(y, x);
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(x), 1, 1);
    tg_tensor *constant = MADE(tg_checkpoint(g, give_env, NULL, 0, c));
    EXPECT_SAME_BITS(constant, c);
    ck_assert(!tg_requires_grad(constant));
    tg_tensor_free(x);
    tg_tensor_free(c);
    tg_graph_free(g);
}

static tg_tensor *multiply_both(tg_graph *g, tg_tensor *const *in, int n,
                                void *env)
{
    (void)n, (void)env;
    return tg_mul(g, in[0], in[1]);
}

static tg_tensor *multiply_itself(tg_graph *g, tg_tensor *const *in, int n,
                                  void *env)
{
    tg_tensor *both[] = {in[0], in[0]};

    (void)n;
    return tg_checkpoint(g, multiply_both, both, 2, env);
}

/* x x at 3: both places together get 6, not 6 each. */
TEST(takes_one_tensor_twice)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SCALAR, 3), *dx, *ddx;
    tg_gradients_options create = {.create_graph = true};

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(multiply_itself(g, &x, 1, NULL));
    EXPECT_OK(tg_backward(g, y));
    EXPECT_VALUES(tg_grad(x), 6);
    EXPECT_OK(tg_gradients(g, y, NULL, 1, &x, &dx, create));
    EXPECT_VALUES(dx, 6);
    EXPECT_OK(tg_gradients(g, dx, NULL, 1, &x, &ddx, create));
    EXPECT_VALUES(ddx, 2);
    tg_tensor_free(x);
    tg_graph_free(g);
    CHECK_OP(multiply_itself, TG_SHAPE(2, 3));
}

/* A leaf that the function has captured, and returns as it is. */
TEST(passes_on_a_leaf_that_it_reaches)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(2), 1), *dx[2];
    tg_tensor *w = TENSOR(TG_F64, TG_SHAPE(2), 3, -2);
    tg_gradients_options create = {.create_graph = true, .allow_unused = true};

    EXPECT_OK(tg_set_requires_grad(w, true));
    tg_tensor *y = MADE(tg_checkpoint(g, give_env, &x, 1, w));
    EXPECT_SAME_BITS(y, w);
    tg_tensor *loss = MADE(tg_sum(g, tg_square(g, y)));
    EXPECT_OK(tg_backward(g, loss));
    EXPECT_VALUES(tg_grad(w), 6, -4);
    EXPECT_OK(
        tg_gradients(g, loss, NULL, 2, (tg_tensor *[]){x, w}, dx, create));
    EXPECT_VALUES(dx[0], 0, 0);
    EXPECT_VALUES(dx[1], 6, -4);
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_graph_free(g);
}

static tg_tensor *square_env(tg_graph *g, tg_tensor *const *in, int n,
                             void *env)
{
    (void)in, (void)n;
    return tg_square(g, env);
}

TEST(gives_gradients_to_what_is_only_reached)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2), 3, -2);
    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *inner = MADE(tg_mul_scalar(g, x, 5));
    tg_tensor *y = MADE(tg_checkpoint(g, square_env, NULL, 0, inner));

    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(x), 150, -100);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(computes_without_a_record)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *weight = random_leaf(TG_F32, TG_SHAPE(2, 1), 2);

    tg_graph_set_recording(g, false);
    tg_tensor *y = MADE(tg_checkpoint(g, run_layer, &x, 1, weight));
    EXPECT_SAME_BITS(y, run_layer(g, &x, 1, weight));
    ck_assert(!tg_requires_grad(y));
    ck_assert_uint_eq(tg_graph_size(g), 0);
    ck_assert(!tg_graph_set_recording(g, true));
    tg_tensor_free(x);
    tg_tensor_free(weight);
    tg_graph_free(g);
}

TEST_MAIN("checkpoint", gives_the_bits_of_a_plain_run, replays_on_new_values,
          is_differentiable, nests, is_differentiable_when_nested,
          takes_inputs_that_depend_on_each_other,
          takes_functions_that_do_nothing, takes_one_tensor_twice,
          passes_on_a_leaf_that_it_reaches,
          gives_gradients_to_what_is_only_reached, computes_without_a_record)
