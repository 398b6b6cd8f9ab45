#include <tinygrad/ops.h>

#include "broadcast.h"

static inline void mul_run(const tg_work *w)
{
    tg_kernel_mul(w->is_f64, w->n, w->in[0], w->step[0], w->in[1], w->step[1],
                  w->out);
}

static tg_status mul_forward(const tg_call *call)
{
    return tg_elementwise(call, 2, mul_run);
}

/* y = a b; da = dy b, db = dy a. */
static tg_status mul_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                              tg_tensor **grad_in)
{
    tg_tensor *a = call->in[0], *b = call->in[1];

    if (call->wanted[0])
        grad_in[0] = tg_unbroadcast(g, tg_mul(g, dy, b), a);
    if (call->wanted[1])
        grad_in[1] = tg_unbroadcast(g, tg_mul(g, dy, a), b);
    return TG_OK;
}

static const tg_op mul = {.name = "mul",
                          .formula = "y = a b; da = dy b, db = dy a",
                          .forward = mul_forward,
                          .backward = mul_backward,
                          .run = mul_run};

tg_tensor *tg_mul(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    return tg_broadcast_apply(g, &mul, a, b);
}
