#include <tinygrad/ops.h>

#include "broadcast.h"
#include "move.h"
#include "walk.h"

/* What is repeated is one element, or all of them once. */
static inline void broadcast_to_run(const tg_work *w)
{
    tg_kernel_repeat(w->is_f64, w->n, w->in[0], w->step[0], w->out);
}

static tg_status broadcast_to_forward(const tg_call *call)
{
    const tg_tensor *x = call->in[0], *y = call->out;

    if (y->dtype == TG_I64 || (x->size != 1 && x->size != y->size))
        return tg_gather_forward(call);
    return tg_elementwise(call, 1, broadcast_to_run);
}

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
                                   .forward = broadcast_to_forward,
                                   .backward = broadcast_to_backward,
                                   .saves_nothing = true,
                                   .run = broadcast_to_run};

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
