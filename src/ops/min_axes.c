#include <tinygrad/ops.h>

#include "extreme.h"

static tg_status min_axes_forward(const tg_call *call)
{
    return tg_extreme_run(call, tg_kernel_smallest, tg_kernel_minimum);
}

/* y = the smallest of x; dx = dy / (number of ties) where x = y. */
static const tg_op min_axes = {.name = "min_axes",
                               .formula =
                                   "y = min x; dx = dy / ties where x = y",
                               .forward = min_axes_forward,
                               .backward = tg_extreme_backward};

tg_tensor *tg_min_axes(tg_graph *g, tg_tensor *x, tg_axes axes, bool keepdims)
{
    return tg_extreme_apply(g, &min_axes, x, axes, keepdims);
}
