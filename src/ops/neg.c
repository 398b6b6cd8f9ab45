#include <tinygrad/ops.h>

#include "elementwise.h"

static inline void neg_run(const tg_work *w)
{
    tg_kernel_neg(w->is_f64, w->n, w->in[0], w->out);
}

static tg_status neg_forward(const tg_call *call)
{
    return tg_elementwise(call, 1, neg_run);
}

/* y = -x; dx = -dy. */
static tg_status neg_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                              tg_tensor **grad_in)
{
    (void)call;
    grad_in[0] = tg_neg(g, dy);
    return TG_OK;
}

static const tg_op neg = {.name = "neg",
                          .formula = "y = -x; dx = -dy",
                          .forward = neg_forward,
                          .backward = neg_backward,
                          .reads_grad_once = true,
                          .saves_nothing = true,
                          .run = neg_run};

tg_tensor *tg_neg(tg_graph *g, tg_tensor *x)
{
    return tg_unary_apply(g, &neg, x);
}
