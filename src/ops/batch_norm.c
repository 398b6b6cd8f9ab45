#include <tinygrad/ops.h>

#include "op.h"

/* ---- the running statistics */

typedef struct update_env {
    double momentum, unbias; /* n / (n - 1) */
} update_env;

static void move_towards(tg_tensor *running, const tg_tensor *batch,
                         double momentum, double factor)
{
    for (int64_t i = 0; i < running->size; i++)
        tg_set(running, i,
               (1 - momentum) * tg_get(running, i) +
                   momentum * factor * tg_get(batch, i));
    tg_tensor_touch(running);
}

/* An op that nobody reads, so that a replay of the step moves the statistics
 * on, as the step did; while a checkpoint is recomputed they stay. */
static tg_status update_forward(const tg_call *call)
{
    const update_env *env = call->env;

    tg_set(call->out, 0, 0);
    if (tg_is_recomputing(call->out->graph))
        return TG_OK;
    move_towards(call->in[2], call->in[0], env->momentum, 1);
    move_towards(call->in[3], call->in[1], env->momentum, env->unbias);
    return TG_OK;
}

static const tg_op update = {.name = "batch_norm_update",
                             .formula = "running = (1 - m) running + m batch",
                             .forward = update_forward,
                             .stops_gradient = true,
                             .saves_nothing = true};

static tg_tensor *apply_update(tg_graph *g, tg_tensor *const in[4],
                               double momentum, int64_t n)
{
    update_env env = {momentum, (double)n / (double)(n - 1)};
    tg_shape shape = TG_SCALAR;

    if (tg_check_inputs(g, update.name, 4, in) != TG_OK)
        return NULL;
    return tg_apply_checked(g, &update, in[0]->dtype, &shape, 4, in, &env,
                            sizeof env);
}

/* ---- checks */

typedef struct norm {
    tg_tensor *x, *weight, *bias, *mean, *var;
    double momentum, eps;
} norm;

static tg_status check_channels(tg_graph *g, const tg_tensor *x, tg_tensor *t,
                                const char *what)
{
    tg_tensor *in[] = {(tg_tensor *)x, t};

    if (t == TG_NONE)
        return TG_OK;
    tg_status s = tg_check_floats(g, "batch_norm", 2, in);
    if (s != TG_OK)
        return s;
    if (t->shape.ndim != 1 || t->size != x->shape.dim[1])
        return tg_fail(g, TG_ERR_SHAPE,
                       "batch_norm: %s %s does not fit the channels of %s",
                       what, tg_describe(t).text, tg_describe(x).text);
    return TG_OK;
}

static tg_status check_running(tg_graph *g, const norm *n)
{
    if ((n->mean == TG_NONE) != (n->var == TG_NONE))
        return tg_fail(
            g, TG_ERR_ARG,
            "batch_norm: one of the running statistics of %s is left out",
            tg_describe(n->x).text);
    if (n->mean == TG_NONE && !tg_is_training(g))
        return tg_fail(
            g, TG_ERR_ARG,
            "batch_norm: no running statistics of %s, and not training",
            tg_describe(n->x).text);
    if (n->mean == TG_NONE)
        return TG_OK;
    if (n->mean->graph != NULL || n->var->graph != NULL ||
        n->mean->requires_grad || n->var->requires_grad)
        return tg_fail(g, TG_ERR_ARG,
                       "batch_norm: running statistics %s and %s must be "
                       "leaves without gradient",
                       tg_describe(n->mean).text, tg_describe(n->var).text);
    return TG_OK;
}

static tg_status check_settings(tg_graph *g, const norm *n)
{
    if (n->x->shape.ndim < 2)
        return tg_fail(g, TG_ERR_SHAPE, "batch_norm: %s has no channels",
                       tg_describe(n->x).text);
    if (!(n->eps >= 0) || !(n->momentum >= 0 && n->momentum <= 1))
        return tg_fail(g, TG_ERR_ARG,
                       "batch_norm: momentum %g or eps %g for %s", n->momentum,
                       n->eps, tg_describe(n->x).text);
    return TG_OK;
}

static tg_status check(tg_graph *g, const norm *n)
{
    tg_tensor *x = n->x;
    tg_status s = tg_check_floats(g, "batch_norm", 1, &x);

    if (s == TG_OK)
        s = check_settings(g, n);
    if (s == TG_OK)
        s = check_channels(g, x, n->weight, "weight");
    if (s == TG_OK)
        s = check_channels(g, x, n->bias, "bias");
    if (s == TG_OK)
        s = check_channels(g, x, n->mean, "running mean");
    if (s == TG_OK)
        s = check_channels(g, x, n->var, "running variance");
    return s == TG_OK ? check_running(g, n) : s;
}

/* ---- the op, made of others */

/* (C) as (C, 1, ...), which broadcasts against x. */
static tg_tensor *by_channel(tg_graph *g, const norm *n, tg_tensor *t)
{
    tg_shape shape = {.ndim = n->x->shape.ndim - 1,
                      .dim = {n->x->shape.dim[1]}};

    for (int d = 1; d < shape.ndim; d++)
        shape.dim[d] = 1;
    return tg_reshape(g, t, shape);
}

static tg_tensor *scale(tg_graph *g, const norm *n, tg_tensor *distance,
                        tg_tensor *var)
{
    tg_tensor *y =
        tg_div(g, distance, tg_sqrt(g, tg_add_scalar(g, var, n->eps)));

    if (n->weight != TG_NONE)
        y = tg_mul(g, y, by_channel(g, n, n->weight));
    return n->bias != TG_NONE ? tg_add(g, y, by_channel(g, n, n->bias)) : y;
}

static tg_tensor *infer(tg_graph *g, const norm *n)
{
    tg_tensor *distance = tg_sub(g, n->x, by_channel(g, n, n->mean));

    return scale(g, n, distance, by_channel(g, n, n->var));
}

/* The statistics move last, when nothing else can fail. */
static tg_tensor *train(tg_graph *g, const norm *n)
{
    int64_t channels = n->x->shape.dim[1];
    int64_t count = channels > 0 ? n->x->size / channels : 0;
    tg_axes axes = {.count = 1};

    if (count < 2 && channels > 0) {
        tg_fail(g, TG_ERR_SHAPE,
                "batch_norm: fewer than two values a channel in %s",
                tg_describe(n->x).text);
        return NULL;
    }
    for (int d = 2; d < n->x->shape.ndim; d++)
        axes.axis[axes.count++] = d;
    tg_tensor *mean = tg_mean_axes(g, n->x, axes, true);
    tg_tensor *distance = tg_sub(g, n->x, mean);
    tg_tensor *var = tg_mean_axes(g, tg_square(g, distance), axes, true);
    tg_tensor *y = scale(g, n, distance, var);
    if (y == NULL || n->mean == TG_NONE)
        return y;
    return apply_update(g, (tg_tensor *[]){mean, var, n->mean, n->var},
                        n->momentum, count) != NULL
               ? y
               : NULL;
}

tg_tensor *tg_batch_norm(tg_graph *g, tg_tensor *x, tg_tensor *weight,
                         tg_tensor *bias, tg_tensor *running_mean,
                         tg_tensor *running_var, double momentum, double eps)
{
    norm n = {x, weight, bias, running_mean, running_var, momentum, eps};

    if (check(g, &n) != TG_OK)
        return NULL;
    tg_mark before = tg_graph_mark(g);
    tg_tensor *y = tg_is_training(g) ? train(g, &n) : infer(g, &n);
    return tg_all_or_nothing(g, before, y);
}
