#include <tinygrad/ops.h>

#include "kernels.h"
#include "lane.h"

static void run(const tg_call *call, const tg_lane_part *p)
{
    const tg_lanes *l = call->env;
    const tg_tensor *x = call->in[0];

    tg_kernel_logsumexp(x->dtype == TG_F64, p->blocks, (size_t)l->extent,
                        (size_t)l->after, p->width, tg_lane_part_at(l, p, x),
                        tg_lane_part_of_reduced(l, p, call->out));
}

static tg_status logsumexp_forward(const tg_call *call)
{
    return tg_run_lanes(call, 1, run);
}

/* y = log sum e^x; dx = e^(x - y) dy. */
static tg_status logsumexp_backward(tg_graph *g, const tg_call *call,
                                    tg_tensor *dy, tg_tensor **grad_in)
{
    const tg_lanes *l = call->env;
    tg_tensor *x = call->in[0];
    tg_shape kept = tg_lanes_reduced(l, x, true);
    tg_tensor *share = tg_exp(g, tg_sub(g, x, tg_reshape(g, call->out, kept)));

    grad_in[0] = tg_mul(g, share, tg_reshape(g, dy, kept));
    return TG_OK;
}

static const tg_op logsumexp = {.name = "logsumexp",
                                .formula = "y = log sum e^x; dx = e^(x - y) dy",
                                .forward = logsumexp_forward,
                                .backward = logsumexp_backward};

tg_tensor *tg_logsumexp(tg_graph *g, tg_tensor *x, int axis, bool keepdims)
{
    tg_lanes lanes;

    if (!tg_lanes_of(g, logsumexp.name, x, axis, &lanes))
        return NULL;
    tg_shape shape = tg_lanes_reduced(&lanes, x, keepdims);
    return tg_apply_checked(g, &logsumexp, x->dtype, &shape, 1, &x, &lanes,
                            sizeof lanes);
}
