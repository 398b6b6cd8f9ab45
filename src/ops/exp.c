#include <tinygrad/ops.h>

#include "elementwise.h"

static inline void exp_run(const tg_work *w)
{
    tg_kernel_exp(w->is_f64, w->n, w->in[0], w->out);
}

static tg_status exp_forward(const tg_call *call)
{
    return tg_elementwise(call, 1, exp_run);
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
                                  .backward = exp_backward,
                                  .reads_grad_once = true,
                                  .run = exp_run};

tg_tensor *tg_exp(tg_graph *g, tg_tensor *x)
{
    return tg_unary_apply(g, &exponential, x);
}
