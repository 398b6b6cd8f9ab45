#include <tinygrad/ops.h>

#include "broadcast.h"
#include "move.h"
#include "walk.h"

/* y = x repeated; dx = dy summed over the repetitions. */
static tg_status broadcast_to_backward(tg_graph *g, const tg_call *call,
                                       tg_tensor *dy, tg_tensor **grad_in)
{
    grad_in[0] = tg_unbroadcast(g, dy, call->in[0]);
    return TG_OK;
}

static const tg_op broadcast_to = {.name = "broadcast_to",
                                   .formula =
                                       "y = x, repeated; dx = dy, summed",
                                   .forward = tg_gather_forward,
                                   .backward = broadcast_to_backward,
                                   .saves_nothing = true};

static bool can_repeat(const tg_shape *x, const tg_shape *to)
{
    if (to->ndim < x->ndim || to->ndim > TG_MAX_DIMS)
        return false;
    int missing = to->ndim - x->ndim;
    for (int d = 0; d < x->ndim; d++)
        if (x->dim[d] != 1 && x->dim[d] != to->dim[missing + d])
            return false;
    return true;
}

tg_tensor *tg_broadcast_to(tg_graph *g, tg_tensor *x, tg_shape shape)
{
    tg_move move = {.shape = shape};

    if (tg_check_inputs(g, broadcast_to.name, 1, &x) != TG_OK)
        return NULL;
    if (!can_repeat(&x->shape, &shape)) {
        tg_fail(g, TG_ERR_SHAPE, "broadcast_to: %s cannot be repeated to %s",
                tg_describe(x).text, tg_shape_text(shape).text);
        return NULL;
    }
    tg_broadcast_strides(&x->shape, shape.ndim, move.stride);
    return tg_apply_checked(g, &broadcast_to, x->dtype, &shape, 1, &x, &move,
                            sizeof move);
}
