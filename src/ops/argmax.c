#include <tinygrad/ops.h>

#include "kernels.h"
#include "lane.h"

static void run(const tg_call *call, const tg_lane_part *p)
{
    const tg_lanes *l = call->env;
    const tg_tensor *x = call->in[0];

    tg_kernel_argmax(x->dtype == TG_F64, p->blocks, (size_t)l->extent,
                     (size_t)l->after, p->width, tg_lane_part_at(l, p, x),
                     tg_lane_part_of_reduced(l, p, call->out));
}

static tg_status argmax_forward(const tg_call *call)
{
    return tg_run_lanes(call, 0.2, run);
}

static const tg_op argmax = {.name = "argmax",
                             .formula = "y = the index of the first max x",
                             .forward = argmax_forward,
                             .stops_gradient = true,
                             .saves_nothing = true};

tg_tensor *tg_argmax(tg_graph *g, tg_tensor *x, int axis)
{
    tg_lanes lanes;

    if (!tg_lanes_of(g, argmax.name, x, axis, &lanes))
        return NULL;
    if (lanes.extent == 0) {
        tg_fail(g, TG_ERR_SHAPE, "argmax: nothing to choose from in %s",
                tg_describe(x).text);
        return NULL;
    }
    tg_shape shape = tg_lanes_reduced(&lanes, x, false);
    return tg_apply_checked(g, &argmax, TG_I64, &shape, 1, &x, &lanes,
                            sizeof lanes);
}
