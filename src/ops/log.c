#include <tinygrad/ops.h>

#include "unary.h"

static tg_status log_forward(const tg_call *call)
{
    return tg_unary_run(call, tg_kernel_log);
}

/* y = log x; dx = dy / x. */
static tg_status log_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                              tg_tensor **grad_in)
{
    grad_in[0] = tg_div(g, dy, call->in[0]);
    return TG_OK;
}

static const tg_op logarithm = {.name = "log",
                                .formula = "y = log x; dx = dy / x",
                                .forward = log_forward,
                                .backward = log_backward};

tg_tensor *tg_log(tg_graph *g, tg_tensor *x)
{
    return tg_unary_apply(g, &logarithm, x);
}
