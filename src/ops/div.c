#include <tinygrad/ops.h>

#include "broadcast.h"

static inline void div_run(const tg_work *w)
{
    tg_kernel_div(w->is_f64, w->n, w->in[0], w->step[0], w->in[1], w->step[1],
                  w->out);
}

static tg_status div_forward(const tg_call *call)
{
    return tg_elementwise(call, 2, div_run);
}

/* y = a / b; da = dy / b, db = -(dy / b) y. */
static tg_status div_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                              tg_tensor **grad_in)
{
    tg_tensor *a = call->in[0], *b = call->in[1];
    tg_tensor *over_b = tg_div(g, dy, b);

    if (call->wanted[0])
        grad_in[0] = tg_unbroadcast(g, over_b, a);
    if (call->wanted[1])
        grad_in[1] =
            tg_unbroadcast(g, tg_neg(g, tg_mul(g, over_b, call->out)), b);
    return TG_OK;
}

static const tg_op divide = {.name = "div",
                             .formula =
                                 "y = a / b; da = dy / b, db = -(dy / b) y",
                             .forward = div_forward,
                             .backward = div_backward,
                             .run = div_run};

tg_tensor *tg_div(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    return tg_broadcast_apply(g, &divide, a, b);
}
