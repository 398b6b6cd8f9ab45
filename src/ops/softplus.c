#include <tinygrad/ops.h>

#include "elementwise.h"

static inline void softplus_run(const tg_work *w)
{
    tg_kernel_softplus(w->is_f64, w->n, w->in[0], w->out);
}

static tg_status softplus_forward(const tg_call *call)
{
    return tg_elementwise(call, 1, softplus_run);
}

/* y = log(1 + e^x); dx = sigmoid(x) dy. */
static tg_status softplus_backward(tg_graph *g, const tg_call *call,
                                   tg_tensor *dy, tg_tensor **grad_in)
{
    grad_in[0] = tg_mul(g, tg_sigmoid(g, call->in[0]), dy);
    return TG_OK;
}

static const tg_op softplus = {.name = "softplus",
                               .formula =
                                   "y = log(1 + e^x); dx = sigmoid(x) dy",
                               .forward = softplus_forward,
                               .backward = softplus_backward,
                               .reads_grad_once = true,
                               .run = softplus_run};

tg_tensor *tg_softplus(tg_graph *g, tg_tensor *x)
{
    return tg_unary_apply(g, &softplus, x);
}
