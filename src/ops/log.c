#include <tinygrad/ops.h>

#include "elementwise.h"

static inline void log_run(const tg_work *w)
{
    tg_kernel_log(w->is_f64, w->n, w->in[0], w->out);
}

static tg_status log_forward(const tg_call *call)
{
    return tg_elementwise(call, 1, log_run);
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
                                .backward = log_backward,
                                .reads_grad_once = true,
                                .run = log_run};

tg_tensor *tg_log(tg_graph *g, tg_tensor *x)
{
    return tg_unary_apply(g, &logarithm, x);
}
