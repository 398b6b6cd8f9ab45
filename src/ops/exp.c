#include <tinygrad/ops.h>

#include "unary.h"

static tg_status exp_forward(const tg_call *call)
{
    return tg_unary_run(call, tg_kernel_exp);
}

/* y = e^x; dx = y dy. */
static tg_status exp_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                              tg_tensor **grad_in)
{
    grad_in[0] = tg_mul(g, call->out, dy);
    return TG_OK;
}

static const tg_op exponential = {.name = "exp",
                                  .formula = "y = e^x; dx = y dy",
                                  .forward = exp_forward,
                                  .backward = exp_backward};

tg_tensor *tg_exp(tg_graph *g, tg_tensor *x)
{
    return tg_unary_apply(g, &exponential, x);
}
