#include <tinygrad/ops.h>

#include "broadcast.h"

static tg_status add_forward(const tg_call *call)
{
    return tg_broadcast_run(call, tg_kernel_add);
}

/* y = a + b; da = dy, db = dy. */
static tg_status add_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                              tg_tensor **grad_in)
{
    for (int i = 0; i < 2; i++)
        if (call->wanted[i])
            grad_in[i] = tg_unbroadcast(g, dy, call->in[i]);
    return TG_OK;
}

static const tg_op add = {.name = "add",
                          .formula = "y = a + b; da = dy, db = dy",
                          .forward = add_forward,
                          .backward = add_backward,
                          .saves_nothing = true};

tg_tensor *tg_add(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    return tg_broadcast_apply(g, &add, a, b);
}
