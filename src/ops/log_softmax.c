#include <tinygrad/ops.h>

#include "kernels.h"
#include "lane.h"

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *y, tg_tensor *dy,
                              const tg_lanes *l);

static void run(const tg_call *call, const tg_lane_part *p)
{
    const tg_lanes *l = call->env;
    const tg_tensor *x = call->in[0];

    tg_kernel_log_softmax(x->dtype == TG_F64, p->blocks, (size_t)l->extent,
                          (size_t)l->after, p->width, tg_lane_part_at(l, p, x),
                          tg_lane_part_at(l, p, call->out));
}

static tg_status log_softmax_forward(const tg_call *call)
{
    return tg_run_lanes(call, 1, run);
}

static void run_slope(const tg_call *call, const tg_lane_part *p)
{
    const tg_lanes *l = call->env;
    const tg_tensor *y = call->in[0];

    tg_kernel_log_softmax_slope(
        y->dtype == TG_F64, p->blocks, (size_t)l->extent, (size_t)l->after,
        p->width, tg_lane_part_at(l, p, y), tg_lane_part_at(l, p, call->in[1]),
        tg_lane_part_at(l, p, call->out));
}

static tg_status slope_forward(const tg_call *call)
{
    return tg_run_lanes(call, 1, run_slope);
}

/* z = dy - e^y sum(dy); dy gets dz - sum(e^y dz), y gets -e^y dz sum(dy). */
static tg_status slope_backward(tg_graph *g, const tg_call *call, tg_tensor *dz,
                                tg_tensor **grad_in)
{
    const tg_lanes *l = call->env;
    tg_tensor *share = tg_mul(g, tg_exp(g, call->in[0]), dz);
    tg_axes axis = TG_AXES(l->axis);

    if (call->wanted[0])
        grad_in[0] = tg_neg(
            g, tg_mul(g, share, tg_sum_axes(g, call->in[1], axis, true)));
    if (call->wanted[1])
        grad_in[1] = tg_sub(g, dz, tg_sum_axes(g, share, axis, true));
    return TG_OK;
}

static const tg_op slope = {.name = "log_softmax_slope",
                            .formula = "z = dy - e^y sum(dy)",
                            .forward = slope_forward,
                            .backward = slope_backward};

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *y, tg_tensor *dy,
                              const tg_lanes *l)
{
    tg_tensor *in[] = {y, dy};

    if (tg_check_floats(g, slope.name, 2, in) != TG_OK)
        return NULL;
    return tg_apply_checked(g, &slope, y->dtype, &y->shape, 2, in, l,
                            sizeof *l);
}

/* y = x - log sum e^x; dx = dy - e^y sum(dy), sums along the axis. */
static tg_status log_softmax_backward(tg_graph *g, const tg_call *call,
                                      tg_tensor *dy, tg_tensor **grad_in)
{
    grad_in[0] = apply_slope(g, call->out, dy, call->env);
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
