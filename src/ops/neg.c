#include <tinygrad/ops.h>

#include "unary.h"

static tg_status neg_forward(const tg_call *call)
{
    return tg_unary_run(call, tg_kernel_neg);
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
                          .saves_nothing = true};

tg_tensor *tg_neg(tg_graph *g, tg_tensor *x)
{
    return tg_unary_apply(g, &neg, x);
}
