#include <tinygrad/ops.h>

#include "kernels.h"
#include "lane.h"

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *y, tg_tensor *dy,
                              const tg_lanes *l);

static void run(const tg_call *call, const tg_lane_part *p)
{
    const tg_lanes *l = call->env;
    const tg_tensor *x = call->in[0];

    tg_kernel_softmax(x->dtype == TG_F64, p->blocks, (size_t)l->extent,
                      (size_t)l->after, p->width, tg_lane_part_at(l, p, x),
                      tg_lane_part_at(l, p, call->out));
}

static tg_status softmax_forward(const tg_call *call)
{
    return tg_run_lanes(call, 1, run);
}

static void run_slope(const tg_call *call, const tg_lane_part *p)
{
    const tg_lanes *l = call->env;
    const tg_tensor *y = call->in[0];

    tg_kernel_softmax_slope(
        y->dtype == TG_F64, p->blocks, (size_t)l->extent, (size_t)l->after,
        p->width, tg_lane_part_at(l, p, y), tg_lane_part_at(l, p, call->in[1]),
        tg_lane_part_at(l, p, call->out));
}

static tg_status slope_forward(const tg_call *call)
{
    return tg_run_lanes(call, 1, run_slope);
}

/* z = y (dy - sum(dy y)); dy gets y (dz - sum(dz y)), y gets
 * dz (dy - sum(dy y)) - dy sum(dz y). */
static tg_status slope_backward(tg_graph *g, const tg_call *call, tg_tensor *dz,
                                tg_tensor **grad_in)
{
    const tg_lanes *l = call->env;
    tg_tensor *y = call->in[0], *dy = call->in[1];
    tg_axes axis = TG_AXES(l->axis);

    if (call->wanted[1])
        grad_in[1] = apply_slope(g, y, dz, l);
    if (!call->wanted[0])
        return TG_OK;
    tg_tensor *dy_mean = tg_sum_axes(g, tg_mul(g, dy, y), axis, true);
    tg_tensor *dz_mean = tg_sum_axes(g, tg_mul(g, dz, y), axis, true);
    grad_in[0] = tg_sub(g, tg_mul(g, dz, tg_sub(g, dy, dy_mean)),
                        tg_mul(g, dy, dz_mean));
    return TG_OK;
}

static const tg_op slope = {.name = "softmax_slope",
                            .formula = "z = y (dy - sum(dy y))",
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

/* y = e^x / sum e^x; dx = y (dy - sum(dy y)), sums along the axis. */
static tg_status softmax_backward(tg_graph *g, const tg_call *call,
                                  tg_tensor *dy, tg_tensor **grad_in)
{
    grad_in[0] = apply_slope(g, call->out, dy, call->env);
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
