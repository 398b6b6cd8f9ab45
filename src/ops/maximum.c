#include <tinygrad/ops.h>

#include "broadcast.h"

/* dy where a is the larger one, dy / 2 on a tie. */
static tg_tensor *apply_share(tg_graph *g, tg_tensor *dy, tg_tensor *a,
                              tg_tensor *b);

static inline void share_run(const tg_work *w)
{
    /* dy walks: it has the result's shape */
    tg_kernel_maximum_share(w->is_f64, w->n, w->in[0], w->in[1], w->step[1],
                            w->in[2], w->step[2], w->out);
}

static tg_status share_forward(const tg_call *call)
{
    return tg_elementwise(call, 3, share_run);
}

/* z = dy's share; dy gets the same share of dz, a and b get 0. */
static tg_status share_backward(tg_graph *g, const tg_call *call, tg_tensor *dz,
                                tg_tensor **grad_in)
{
    if (call->wanted[0])
        grad_in[0] = apply_share(g, dz, call->in[1], call->in[2]);
    grad_in[1] = grad_in[2] = TG_NONE;
    return TG_OK;
}

static const tg_op share = {.name = "maximum_share",
                            .formula = "z = dy where a > b, dy / 2 where a = b",
                            .forward = share_forward,
                            .backward = share_backward,
                            .run = share_run};

static tg_tensor *apply_share(tg_graph *g, tg_tensor *dy, tg_tensor *a,
                              tg_tensor *b)
{
    tg_tensor *in[] = {dy, a, b};

    if (tg_check_floats(g, share.name, 3, in) != TG_OK)
        return NULL;
    return tg_apply_checked(g, &share, dy->dtype, &dy->shape, 3, in, NULL, 0);
}

static inline void maximum_run(const tg_work *w)
{
    tg_kernel_maximum(w->is_f64, w->n, w->in[0], w->step[0], w->in[1],
                      w->step[1], w->out);
}

static tg_status maximum_forward(const tg_call *call)
{
    return tg_elementwise(call, 2, maximum_run);
}

/* y = the larger of a and b, NaN if either is; da = dy where a > b, dy / 2
 * where a = b; db likewise. */
static tg_status maximum_backward(tg_graph *g, const tg_call *call,
                                  tg_tensor *dy, tg_tensor **grad_in)
{
    tg_tensor *a = call->in[0], *b = call->in[1];

    if (call->wanted[0])
        grad_in[0] = tg_unbroadcast(g, apply_share(g, dy, a, b), a);
    if (call->wanted[1])
        grad_in[1] = tg_unbroadcast(g, apply_share(g, dy, b, a), b);
    return TG_OK;
}

static const tg_op maximum = {
    .name = "maximum",
    .formula =
        "y = the larger of a, b; da = dy where a > b, dy / 2 where a = b",
    .forward = maximum_forward,
    .backward = maximum_backward,
    .run = maximum_run};

tg_tensor *tg_maximum(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    return tg_broadcast_apply(g, &maximum, a, b);
}
