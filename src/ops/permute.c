#include <tinygrad/ops.h>

#include "move.h"

typedef struct permute_env {
    tg_move move;
    tg_axes back; /* the order that undoes this one */
} permute_env;

/* y = x with its axes in another order; dx = dy with the order undone. */
static tg_status permute_backward(tg_graph *g, const tg_call *call,
                                  tg_tensor *dy, tg_tensor **grad_in)
{
    const permute_env *env = call->env;

    grad_in[0] = tg_permute(g, dy, env->back);
    return TG_OK;
}

static const tg_op permute = {
    .name = "permute",
    .formula = "y = x, axes in another order; dx = dy, order undone",
    .forward = tg_gather_forward,
    .backward = permute_backward,
    .saves_nothing = true};

static tg_status check_order(tg_graph *g, const tg_tensor *x, tg_axes order)
{
    unsigned mask;

    if (order.count != x->shape.ndim)
        return tg_fail(g, TG_ERR_ARG, "permute: an order of %d axes for %s",
                       order.count, tg_describe(x).text);
    return tg_axes_mask(g, permute.name, order, x, &mask);
}

tg_tensor *tg_permute(tg_graph *g, tg_tensor *x, tg_axes order)
{
    if (tg_check_inputs(g, permute.name, 1, &x) != TG_OK ||
        check_order(g, x, order) != TG_OK)
        return NULL;
    permute_env env = {tg_move_of(x), order};
    tg_move from = env.move;
    for (int d = 0; d < order.count; d++) {
        int axis =
            order.axis[d] < 0 ? order.axis[d] + order.count : order.axis[d];
        env.move.shape.dim[d] = from.shape.dim[axis];
        env.move.stride[d] = from.stride[axis];
        env.back.axis[axis] = d;
    }
    return tg_apply_checked(g, &permute, x->dtype, &env.move.shape, 1, &x, &env,
                            sizeof env);
}
