#include <tinygrad/ops.h>

#include "unary.h"

static tg_status sign_forward(const tg_call *call)
{
    return tg_unary_run(call, tg_kernel_sign);
}

static const tg_op sign = {.name = "sign",
                           .formula = "y = -1, 0 or 1, a constant",
                           .forward = sign_forward,
                           .stops_gradient = true,
                           .saves_nothing = true};

static tg_status abs_forward(const tg_call *call)
{
    return tg_unary_run(call, tg_kernel_abs);
}

/* y = |x|; dx = dy sign(x). */
static tg_status abs_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                              tg_tensor **grad_in)
{
    grad_in[0] = tg_mul(g, dy, tg_unary_apply(g, &sign, call->in[0]));
    return TG_OK;
}

static const tg_op magnitude = {.name = "abs",
                                .formula = "y = |x|; dx = dy sign(x)",
                                .forward = abs_forward,
                                .backward = abs_backward};

tg_tensor *tg_abs(tg_graph *g, tg_tensor *x)
{
    return tg_unary_apply(g, &magnitude, x);
}
