#include <tinygrad/ops.h>

#include "unary.h"

static tg_status cos_forward(const tg_call *call)
{
    return tg_unary_run(call, tg_kernel_cos);
}

/* y = cos x; dx = -sin(x) dy. */
static tg_status cos_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                              tg_tensor **grad_in)
{
    grad_in[0] = tg_neg(g, tg_mul(g, tg_sin(g, call->in[0]), dy));
    return TG_OK;
}

static const tg_op cosine = {.name = "cos",
                             .formula = "y = cos x; dx = -sin(x) dy",
                             .forward = cos_forward,
                             .backward = cos_backward};

tg_tensor *tg_cos(tg_graph *g, tg_tensor *x)
{
    return tg_unary_apply(g, &cosine, x);
}
