#include <tinygrad/ops.h>

#include "extreme.h"

static tg_status max_axes_forward(const tg_call *call)
{
    return tg_extreme_run(call, tg_kernel_largest, tg_kernel_maximum);
}

/* y = the largest of x; dx = dy / (number of ties) where x = y. */
static const tg_op max_axes = {.name = "max_axes",
                               .formula =
                                   "y = max x; dx = dy / ties where x = y",
                               .forward = max_axes_forward,
                               .backward = tg_extreme_backward};

tg_tensor *tg_max_axes(tg_graph *g, tg_tensor *x, tg_axes axes, bool keepdims)
{
    return tg_extreme_apply(g, &max_axes, x, axes, keepdims);
}
