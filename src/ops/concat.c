#include <tinygrad/ops.h>

#include "move.h"

typedef struct concat_env {
    int axis;
} concat_env;

/* Where in y the k-th input goes. */
static tg_move place_of(const tg_call *call, int k)
{
    const concat_env *env = call->env;
    tg_move move = tg_move_of(call->out);

    for (int i = 0; i < k; i++)
        move.offset +=
            call->in[i]->shape.dim[env->axis] * move.stride[env->axis];
    move.shape.dim[env->axis] = call->in[k]->shape.dim[env->axis];
    return move;
}

static tg_status concat_forward(const tg_call *call)
{
    for (int k = 0; k < call->n_in; k++) {
        tg_move move = place_of(call, k);
        tg_scatter(&move, call->in[k], call->out);
    }
    return TG_OK;
}

/* y = the xs, one after the other; each gets its part of dy. */
static tg_status concat_backward(tg_graph *g, const tg_call *call,
                                 tg_tensor *dy, tg_tensor **grad_in)
{
    const concat_env *env = call->env;
    int64_t start = 0;

    for (int k = 0; k < call->n_in; k++) {
        int64_t stop = start + call->in[k]->shape.dim[env->axis];
        if (call->wanted[k])
            grad_in[k] = tg_slice(g, dy, env->axis, start, stop, 1);
        start = stop;
    }
    return TG_OK;
}

static const tg_op concat = {.name = "concat",
                             .formula =
                                 "y = the xs in a row; dx = its part of dy",
                             .forward = concat_forward,
                             .backward = concat_backward,
                             .saves_nothing = true};

static tg_status misfit(tg_graph *g, const tg_tensor *a, const tg_tensor *b)
{
    return tg_fail(g, a->dtype == b->dtype ? TG_ERR_SHAPE : TG_ERR_DTYPE,
                   "concat: %s of %s does not continue %s of %s",
                   tg_describe(b).text, tg_dtype_name(b->dtype),
                   tg_describe(a).text, tg_dtype_name(a->dtype));
}

/* Adds the extent of b along the axis, if b fits otherwise. */
static tg_status add_extent(tg_graph *g, const tg_tensor *a, const tg_tensor *b,
                            int axis, tg_shape *shape)
{
    if (b->dtype != a->dtype || b->shape.ndim != a->shape.ndim)
        return misfit(g, a, b);
    for (int d = 0; d < a->shape.ndim; d++)
        if (d != axis && b->shape.dim[d] != a->shape.dim[d])
            return misfit(g, a, b);
    if (__builtin_add_overflow(shape->dim[axis], b->shape.dim[axis],
                               &shape->dim[axis]))
        return tg_fail(g, TG_ERR_SHAPE,
                       "concat: the extents of %s and others overflow",
                       tg_describe(b).text);
    return TG_OK;
}

tg_tensor *tg_concat(tg_graph *g, tg_tensor *const *xs, int n, int axis)
{
    if (n < 1 || xs == NULL) {
        tg_fail(g, TG_ERR_ARG, "concat: %d tensors%s", n,
                xs == NULL ? ", but none given" : "");
        return NULL;
    }
    if (tg_check_inputs(g, concat.name, n, xs) != TG_OK)
        return NULL;
    concat_env env = {tg_axis_index(g, concat.name, axis, xs[0])};
    if (env.axis < 0)
        return NULL;
    tg_shape shape = tg_tensor_shape(xs[0]);
    for (int k = 1; k < n; k++)
        if (add_extent(g, xs[0], xs[k], env.axis, &shape) != TG_OK)
            return NULL;
    return tg_apply_checked(g, &concat, xs[0]->dtype, &shape, n, xs, &env,
                            sizeof env);
}
