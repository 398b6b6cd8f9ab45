#include <tinygrad/ops.h>

#include "elementwise.h"

static inline void sign_run(const tg_work *w)
{
    tg_kernel_sign(w->is_f64, w->n, w->in[0], w->out);
}

static tg_status sign_forward(const tg_call *call)
{
    return tg_elementwise(call, 1, sign_run);
}

static const tg_op sign = {.name = "sign",
                           .formula = "y = -1, 0 or 1, a constant",
                           .forward = sign_forward,
                           .stops_gradient = true,
                           .saves_nothing = true,
                           .run = sign_run};

static inline void abs_run(const tg_work *w)
{
    tg_kernel_abs(w->is_f64, w->n, w->in[0], w->out);
}

static tg_status abs_forward(const tg_call *call)
{
    return tg_elementwise(call, 1, abs_run);
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
                                .backward = abs_backward,
                                .reads_grad_once = true,
                                .run = abs_run};

tg_tensor *tg_abs(tg_graph *g, tg_tensor *x)
{
    return tg_unary_apply(g, &magnitude, x);
}
