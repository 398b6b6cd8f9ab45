#include <tinygrad/ops.h>

#include "lane.h"

#include <math.h>

static double element(const tg_tensor *x, const void *lane, int64_t i)
{
    return x->dtype == TG_F32 ? (double)((const float *)lane)[i]
                              : ((const double *)lane)[i];
}

/* The first of the largest elements; a NaN is larger than any number. */
static int64_t first_largest(const tg_tensor *x, const void *lane, int64_t n,
                             int64_t step)
{
    double largest = element(x, lane, 0);
    int64_t first = 0;

    for (int64_t i = 1; i < n && !isnan(largest); i++) {
        double value = element(x, lane, i * step);
        if (value > largest || isnan(value)) {
            largest = value;
            first = i;
        }
    }
    return first;
}

static tg_status argmax_forward(const tg_call *call)
{
    const tg_lanes *l = call->env;
    const tg_tensor *x = call->in[0];
    int64_t *y = call->out->data;

    for (int64_t i = 0; i < l->before; i++)
        for (int64_t j = 0; j < l->after; j++)
            y[i * l->after + j] =
                first_largest(x, tg_lane_at(l, x, i, j), l->extent, l->after);
    return TG_OK;
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
