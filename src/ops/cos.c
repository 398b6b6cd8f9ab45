#include <tinygrad/ops.h>

#include "elementwise.h"

static inline void cos_run(const tg_work *w)
{
    tg_kernel_cos(w->is_f64, w->n, w->in[0], w->out);
}

static tg_status cos_forward(const tg_call *call)
{
    return tg_elementwise(call, 1, cos_run);
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
                             .backward = cos_backward,
                             .reads_grad_once = true,
                             .run = cos_run};

tg_tensor *tg_cos(tg_graph *g, tg_tensor *x)
{
    return tg_unary_apply(g, &cosine, x);
}
