#include <tinygrad/ops.h>

#include "elementwise.h"

static inline void sqrt_run(const tg_work *w)
{
    tg_kernel_sqrt(w->is_f64, w->n, w->in[0], w->out);
}

static tg_status sqrt_forward(const tg_call *call)
{
    return tg_elementwise(call, 1, sqrt_run);
}

/* y = sqrt(x); dx = dy / 2y. */
static tg_status sqrt_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                               tg_tensor **grad_in)
{
    grad_in[0] = tg_mul_scalar(g, tg_div(g, dy, call->out), 0.5);
    return TG_OK;
}

static const tg_op root = {.name = "sqrt",
                           .formula = "y = sqrt(x); dx = dy / 2y",
                           .forward = sqrt_forward,
                           .backward = sqrt_backward,
                           .reads_grad_once = true,
                           .run = sqrt_run};

tg_tensor *tg_sqrt(tg_graph *g, tg_tensor *x)
{
    return tg_unary_apply(g, &root, x);
}
