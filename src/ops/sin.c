#include <tinygrad/ops.h>

#include "unary.h"

static tg_status sin_forward(const tg_call *call)
{
    return tg_unary_run(call, tg_kernel_sin);
}

/* y = sin x; dx = cos(x) dy. */
static tg_status sin_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                              tg_tensor **grad_in)
{
    grad_in[0] = tg_mul(g, tg_cos(g, call->in[0]), dy);
    return TG_OK;
}

static const tg_op sine = {.name = "sin",
                           .formula = "y = sin x; dx = cos(x) dy",
                           .forward = sin_forward,
                           .backward = sin_backward};

tg_tensor *tg_sin(tg_graph *g, tg_tensor *x)
{
    return tg_unary_apply(g, &sine, x);
}
