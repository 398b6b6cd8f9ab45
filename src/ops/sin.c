#include <tinygrad/ops.h>

#include "elementwise.h"

static inline void sin_run(const tg_work *w)
{
    tg_kernel_sin(w->is_f64, w->n, w->in[0], w->out);
}

static tg_status sin_forward(const tg_call *call)
{
    return tg_elementwise(call, 1, sin_run);
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
                           .backward = sin_backward,
                           .reads_grad_once = true,
                           .run = sin_run};

tg_tensor *tg_sin(tg_graph *g, tg_tensor *x)
{
    return tg_unary_apply(g, &sine, x);
}
