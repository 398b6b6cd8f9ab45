/* Every allocation of whole programs failing in turn, once and for good. */
#include "samples.h"

/* A program, and what the graph holds when it begins. */
typedef struct late {
    test_program program;
    void *env;
    int nodes, gradients;
} late;

static tg_status run_late(tg_graph *g, void *env)
{
    const late *l = env;
    tg_tensor *x = try_random(TG_F64, TG_SCALAR, 1), *dx;
    tg_status status = x ? tg_set_requires_grad(x, true) : TG_ERR_NOMEM;
    tg_tensor *y = tg_neg(g, x);

    for (int i = 1; i < l->nodes; i++)
        y = tg_neg(g, x);
    if (status == TG_OK)
        status = tg_graph_status(g);
    for (int i = 0; i < l->gradients && status == TG_OK; i++)
        status =
            tg_gradients(g, y, NULL, 1, &x, &dx, (tg_gradients_options){0});
    if (status == TG_OK)
        status = l->program(g, l->env);
    tg_tensor_free(x);
    return status;
}

/* Memory comes in chunks: with each number of nodes and of gradients before
 * it, another of the program's needs is the first that no longer fits. */
static void check_at_every_place(test_program program, void *env)
{
    check_out_of_memory(program, env);
    for (int before = 1; before < 50; before++) {
        check_out_of_memory(run_late, &(late){program, env, before, 0});
        check_out_of_memory(run_late, &(late){program, env, 1, before});
    }
}

/* Forward, backward into .grad, and the second derivative. */
static tg_status differentiate_twice(tg_graph *g, void *env)
{
    const sample *s = env;
    tg_tensor *in[MAX_LEAVES] = {0}, *grads[MAX_LEAVES] = {0};
    tg_gradients_options o = {.create_graph = true, .allow_unused = true};
    make_inputs(s, TG_F64, 1, in);
    tg_tensor *loss = tg_sum(g, tg_square(g, s->fn(g, in, s->n, NULL)));
    tg_status status = tg_backward(g, loss);

    if (status == TG_OK)
        status = tg_gradients(g, loss, NULL, s->n, in, grads, o);
    for (int i = 0; i < s->n && status == TG_OK; i++)
        status = tg_backward(g, tg_sum(g, tg_square(g, grads[i])));
    free_inputs(s, in);
    return status;
}

TEST(survives_in_every_op)
{
    for (int i = 0; i < n_samples; i++)
        check_out_of_memory(differentiate_twice, (void *)&samples[i]);
    for (int i = 0; i < n_samples; i += 7)
        check_at_every_place(differentiate_twice, (void *)&samples[i]);
}

/* The chapter's loop, on a graph that is reset at each step. */
static tg_status learn(tg_graph *g, void *env)
{
    (void)env;
    tg_tensor *x = try_random(TG_F32, TG_SHAPE(6, 8), 1);
    tg_tensor *target = try_random(TG_F32, TG_SHAPE(6, 7), 2);
    tg_tensor *k = try_random(TG_F32, TG_SHAPE(1, 2), 3);
    tg_status status = k ? tg_set_requires_grad(k, true) : TG_ERR_NOMEM;

    for (int step = 0; step < 4 && status == TG_OK; step++) {
        tg_tensor *error = tg_sub(g, tg_corr2d(g, x, k), target);
        tg_backward(g, tg_sum(g, tg_square(g, error)));
        tg_zero_grad(k);
        status = tg_graph_reset(g);
    }
    tg_tensor_free(x);
    tg_tensor_free(target);
    tg_tensor_free(k);
    return status;
}

TEST(survives_in_a_training_loop)
{
    check_at_every_place(learn, NULL);
}

/* Names, retained gradients, marks, views, borrowed memory, replay. */
static tg_status use_everything(tg_graph *g, void *env)
{
    double numbers[6] = {1, 2, 3, 4, 5, 6};
    tg_tensor *x = tg_tensor_borrow(TG_F64, TG_SHAPE(2, 3), numbers);
    tg_tensor *w = x ? tg_tensor_clone(x) : NULL;
    tg_status status = w ? tg_set_requires_grad(w, true) : tg_graph_status(g);

    (void)env;
    if (!w && status == TG_OK)
        status = TG_ERR_NOMEM;
    if (status == TG_OK)
        status = tg_set_name(w, "weight");
    tg_tensor *y = tg_mul(g, tg_reshape(g, x, TG_SHAPE(3, 2)),
                          tg_reshape(g, w, TG_SHAPE(3, 2)));
    if (status == TG_OK && y)
        status = tg_set_name(y, "product");
    if (status == TG_OK && y)
        status = tg_retain_grad(y);
    tg_mark mark = tg_graph_mark(g);
    tg_tensor *loss = tg_sum(g, tg_square(g, y));
    if (status == TG_OK)
        status = tg_backward(g, loss);
    if (status == TG_OK)
        status = tg_replay(g);
    tg_tensor_free(x);
    tg_tensor_free(w);
    if (status == TG_OK)
        status = tg_graph_rewind(g, mark);
    return status == TG_OK ? tg_graph_status(g) : status;
}

TEST(survives_everywhere_else)
{
    check_at_every_place(use_everything, NULL);
}

/* Results beyond a page take another way than small ones. */
static tg_status use_large_tensors(tg_graph *g, void *env)
{
    (void)env;
    tg_tensor *x = try_random(TG_F32, TG_SHAPE(30, 40), 1);
    tg_tensor *w = try_random(TG_F32, TG_SHAPE(40), 2);
    tg_status status = w ? tg_set_requires_grad(w, true) : TG_ERR_NOMEM;
    tg_tensor *y = tg_mul(g, x, tg_mul(g, w, w));

    if (status == TG_OK)
        status = tg_backward(g, tg_sum(g, tg_square(g, y)));
    tg_tensor_free(x);
    tg_tensor_free(w);
    return status;
}

TEST(survives_with_large_tensors)
{
    check_at_every_place(use_large_tensors, NULL);
}

static tg_tensor *cubic(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_mul(g, in[0], tg_square(g, in[1]));
}

static tg_status check_gradients(tg_graph *g, void *env)
{
    (void)g, (void)env;
    tg_tensor *in[] = {try_random(TG_F64, TG_SHAPE(2), 1),
                       try_random(TG_F64, TG_SHAPE(2), 2)};
    tg_status status = in[0] && in[1] ? TG_OK : TG_ERR_NOMEM;

    for (int i = 0; i < 2 && status == TG_OK; i++)
        status = tg_set_requires_grad(in[i], true);
    for (int order = 1; order <= 2 && status == TG_OK; order++)
        status = tg_gradcheck(cubic, in, 2, NULL,
                              (tg_gradcheck_options){.order = order});
    tg_tensor_free(in[0]);
    tg_tensor_free(in[1]);
    return status;
}

TEST(survives_in_gradcheck)
{
    check_out_of_memory(check_gradients, NULL);
}

/* Thirty leaves of two graphs, so that tables grow and are looked up. */
static tg_status use_many_leaves(tg_graph *g, void *env)
{
    enum { LEAVES = 30 };
    tg_tensor *leaf[LEAVES] = {0}, *sum = NULL;
    tg_graph *other = tg_graph_new();
    tg_status status = other ? TG_OK : TG_ERR_NOMEM;

    (void)env;
    for (int i = 0; i < LEAVES && status == TG_OK; i++) {
        leaf[i] = try_random(TG_F64, TG_SHAPE(3), (uint64_t)i);
        status = leaf[i] ? tg_set_requires_grad(leaf[i], true) : TG_ERR_NOMEM;
    }
    for (int i = 0; i < LEAVES && status == TG_OK; i++) {
        tg_tensor *elsewhere = tg_square(other, leaf[LEAVES - 1 - i]);
        sum = sum ? tg_add(g, sum, leaf[i]) : leaf[i];
        status = elsewhere ? tg_graph_status(g) : tg_graph_status(other);
    }
    if (status == TG_OK)
        status = tg_backward_from(g, sum, NULL);
    for (int i = 0; i < LEAVES; i++)
        tg_tensor_free(leaf[i]);
    tg_graph_free(other);
    return status;
}

TEST(survives_with_many_leaves)
{
    check_at_every_place(use_many_leaves, NULL);
}

TEST_MAIN("out_of_memory", survives_in_every_op, survives_in_a_training_loop,
          survives_everywhere_else, survives_with_large_tensors,
          survives_in_gradcheck, survives_with_many_leaves)
