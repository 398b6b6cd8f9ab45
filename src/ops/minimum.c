#include <tinygrad/ops.h>

#include "broadcast.h"
#include "chunks.h"

/* dy where a is the smaller one, dy / 2 on a tie. */
static tg_tensor *apply_share(tg_graph *g, tg_tensor *dy, tg_tensor *a,
                              tg_tensor *b);

static void run_share(const tg_call *call, const void *arg, const tg_chunk *c)
{
    (void)arg; /* dy walks: it has the result's shape */
    tg_kernel_minimum_share(call->out->dtype == TG_F64, c->n, c->in[0],
                            c->in[1], c->step[1], c->in[2], c->step[2], c->out);
}

static tg_status share_forward(const tg_call *call)
{
    tg_run_chunks(call, run_share, NULL);
    return TG_OK;
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

static const tg_op share = {.name = "minimum_share",
                            .formula = "z = dy where a < b, dy / 2 where a = b",
                            .forward = share_forward,
                            .backward = share_backward};

static tg_tensor *apply_share(tg_graph *g, tg_tensor *dy, tg_tensor *a,
                              tg_tensor *b)
{
    tg_tensor *in[] = {dy, a, b};

    if (tg_check_floats(g, share.name, 3, in) != TG_OK)
        return NULL;
    return tg_apply_checked(g, &share, dy->dtype, &dy->shape, 3, in, NULL, 0);
}

static tg_status minimum_forward(const tg_call *call)
{
    return tg_broadcast_run(call, tg_kernel_minimum);
}

/* y = the smaller of a and b, NaN if either is; da = dy where a < b, dy / 2
 * where a = b; db likewise. */
static tg_status minimum_backward(tg_graph *g, const tg_call *call,
                                  tg_tensor *dy, tg_tensor **grad_in)
{
    tg_tensor *a = call->in[0], *b = call->in[1];

    if (call->wanted[0])
        grad_in[0] = tg_unbroadcast(g, apply_share(g, dy, a, b), a);
    if (call->wanted[1])
        grad_in[1] = tg_unbroadcast(g, apply_share(g, dy, b, a), b);
    return TG_OK;
}

static const tg_op minimum = {
    .name = "minimum",
    .formula =
        "y = the smaller of a, b; da = dy where a < b, dy / 2 where a = b",
    .forward = minimum_forward,
    .backward = minimum_backward};

tg_tensor *tg_minimum(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    return tg_broadcast_apply(g, &minimum, a, b);
}
