#include <tinygrad/ops.h>

#include "move.h"

typedef struct flip_env {
    tg_move move;
    tg_axes axes;
} flip_env;

/* y = x reversed; dx = dy reversed. */
static tg_status flip_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                               tg_tensor **grad_in)
{
    const flip_env *env = call->env;

    grad_in[0] = tg_flip(g, dy, env->axes);
    return TG_OK;
}

static const tg_op flip = {.name = "flip",
                           .formula = "y = x, reversed; dx = dy, reversed",
                           .forward = tg_gather_forward,
                           .backward = flip_backward,
                           .saves_nothing = true};

tg_tensor *tg_flip(tg_graph *g, tg_tensor *x, tg_axes axes)
{
    unsigned mask;

    if (tg_check_inputs(g, flip.name, 1, &x) != TG_OK ||
        tg_axes_mask(g, flip.name, axes, x, &mask) != TG_OK)
        return NULL;
    flip_env env = {tg_move_of(x), axes};
    for (int d = 0; d < x->shape.ndim; d++) {
        if (!(mask & (1U << d)))
            continue;
        env.move.offset += (x->shape.dim[d] - 1) * env.move.stride[d];
        env.move.stride[d] = -env.move.stride[d];
    }
    return tg_apply_checked(g, &flip, x->dtype, &x->shape, 1, &x, &env,
                            sizeof env);
}
