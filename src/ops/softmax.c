#include <tinygrad/ops.h>

#include "kernels.h"
#include "lane.h"

static tg_status softmax_forward(const tg_call *call)
{
    const tg_lanes *l = call->env;
    const tg_tensor *x = call->in[0];

    for (int64_t i = 0; i < l->before; i++)
        for (int64_t j = 0; j < l->after; j++)
            tg_kernel_softmax(x->dtype == TG_F64, (size_t)l->extent,
                              (size_t)l->after, tg_lane_at(l, x, i, j),
                              tg_lane_at(l, call->out, i, j));
    return TG_OK;
}

/* y = e^x / sum e^x; dx = y (dy - sum(dy y)), sums along the axis. */
static tg_status softmax_backward(tg_graph *g, const tg_call *call,
                                  tg_tensor *dy, tg_tensor **grad_in)
{
    const tg_lanes *l = call->env;
    tg_tensor *y = call->out;
    tg_tensor *mean = tg_sum_axes(g, tg_mul(g, dy, y), TG_AXES(l->axis), true);

    grad_in[0] = tg_mul(g, y, tg_sub(g, dy, mean));
    return TG_OK;
}

static const tg_op softmax = {.name = "softmax",
                              .formula =
                                  "y = e^x / sum e^x; dx = y (dy - sum(dy y))",
                              .forward = softmax_forward,
                              .backward = softmax_backward};

tg_tensor *tg_softmax(tg_graph *g, tg_tensor *x, int axis)
{
    tg_lanes lanes;

    if (!tg_lanes_of(g, softmax.name, x, axis, &lanes))
        return NULL;
    return tg_apply_like(g, &softmax, x, &lanes, sizeof lanes);
}
