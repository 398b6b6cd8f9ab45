#include <tinygrad/ops.h>

#include "broadcast.h"

static inline void add_run(const tg_work *w)
{
    tg_kernel_add(w->is_f64, w->n, w->in[0], w->step[0], w->in[1], w->step[1],
                  w->out);
}

static tg_status add_forward(const tg_call *call)
{
    return tg_elementwise(call, 2, add_run);
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
                          .saves_nothing = true,
                          .run = add_run};

tg_tensor *tg_add(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    return tg_broadcast_apply(g, &add, a, b);
}
