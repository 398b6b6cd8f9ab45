#include <tinygrad/ops.h>

#include "kernels.h"
#include "lane.h"

static tg_status log_softmax_forward(const tg_call *call)
{
    const tg_lanes *l = call->env;
    const tg_tensor *x = call->in[0];

    for (int64_t i = 0; i < l->before; i++)
        for (int64_t j = 0; j < l->after; j++)
            tg_kernel_log_softmax(x->dtype == TG_F64, (size_t)l->extent,
                                  (size_t)l->after, tg_lane_at(l, x, i, j),
                                  tg_lane_at(l, call->out, i, j));
    return TG_OK;
}

/* y = x - log sum e^x; dx = dy - e^y sum(dy), sums along the axis. */
static tg_status log_softmax_backward(tg_graph *g, const tg_call *call,
                                      tg_tensor *dy, tg_tensor **grad_in)
{
    const tg_lanes *l = call->env;
    tg_tensor *sum = tg_sum_axes(g, dy, TG_AXES(l->axis), true);

    grad_in[0] = tg_sub(g, dy, tg_mul(g, tg_exp(g, call->out), sum));
    return TG_OK;
}

static const tg_op log_softmax = {
    .name = "log_softmax",
    .formula = "y = x - log sum e^x; dx = dy - e^y sum(dy)",
    .forward = log_softmax_forward,
    .backward = log_softmax_backward};

tg_tensor *tg_log_softmax(tg_graph *g, tg_tensor *x, int axis)
{
    tg_lanes lanes;

    if (!tg_lanes_of(g, log_softmax.name, x, axis, &lanes))
        return NULL;
    return tg_apply_like(g, &log_softmax, x, &lanes, sizeof lanes);
}
