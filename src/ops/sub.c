#include <tinygrad/ops.h>

#include "broadcast.h"

static inline void sub_run(const tg_work *w)
{
    tg_kernel_sub(w->is_f64, w->n, w->in[0], w->step[0], w->in[1], w->step[1],
                  w->out);
}

static tg_status sub_forward(const tg_call *call)
{
    return tg_elementwise(call, 2, sub_run);
}

/* y = a - b; da = dy, db = -dy. */
static tg_status sub_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                              tg_tensor **grad_in)
{
    tg_tensor *a = call->in[0], *b = call->in[1];

    if (call->wanted[0])
        grad_in[0] = tg_unbroadcast(g, dy, a);
    if (call->wanted[1])
        grad_in[1] = tg_neg(g, tg_unbroadcast(g, dy, b));
    return TG_OK;
}

static const tg_op sub = {.name = "sub",
                          .formula = "y = a - b; da = dy, db = -dy",
                          .forward = sub_forward,
                          .backward = sub_backward,
                          .saves_nothing = true,
                          .run = sub_run};

tg_tensor *tg_sub(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    return tg_broadcast_apply(g, &sub, a, b);
}
