#include "pool2d.h"

/* Extents of the images on both sides. */
typedef struct extents {
    size_t in[2], out[2];
} extents;

static tg_tensor *pick(tg_graph *g, tg_tensor *x, tg_tensor *at,
                       const extents *e);
static tg_tensor *unpick(tg_graph *g, tg_tensor *y, tg_tensor *at,
                         const extents *e);

/* ---- where the largest of each window is, counted in its image */

static tg_status places_forward(const tg_call *call)
{
    const tg_tensor *x = call->in[0];

    tg_kernel_max_pool2d(x->dtype == TG_F64, tg_pool2d_images(x), call->env,
                         x->data, call->out->data);
    return TG_OK;
}

static const tg_op places = {.name = "max_pool2d",
                             .formula = "where each window is largest",
                             .forward = places_forward,
                             .stops_gradient = true};

/* ---- what is there */

static tg_status pick_forward(const tg_call *call)
{
    const tg_tensor *x = call->in[0], *at = call->in[1];
    const extents *e = call->env;

    tg_kernel_pick(x->dtype == TG_F64, tg_pool2d_images(x), e->in[0] * e->in[1],
                   e->out[0] * e->out[1], x->data, at->data, call->out->data);
    return TG_OK;
}

/* y = x[at]; dx = 0, then dx[at] += dy. */
static tg_status pick_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                               tg_tensor **grad_in)
{
    grad_in[0] = unpick(g, dy, call->in[1], call->env);
    return TG_OK;
}

static const tg_op picked = {.name = "max_pool2d_pick",
                             .formula = "y = x[at]; dx = 0, then dx[at] += dy",
                             .forward = pick_forward,
                             .backward = pick_backward};

static tg_tensor *pick(tg_graph *g, tg_tensor *x, tg_tensor *at,
                       const extents *e)
{
    tg_tensor *in[] = {x, at};
    tg_shape shape = tg_pool2d_shape(x, e->out);

    if (tg_check_inputs(g, picked.name, 2, in) != TG_OK)
        return NULL;
    return tg_apply_checked(g, &picked, x->dtype, &shape, 2, in, e, sizeof *e);
}

static tg_status unpick_forward(const tg_call *call)
{
    const tg_tensor *y = call->in[0], *at = call->in[1];
    const extents *e = call->env;

    tg_kernel_unpick(y->dtype == TG_F64, tg_pool2d_images(y),
                     e->in[0] * e->in[1], e->out[0] * e->out[1], y->data,
                     at->data, call->out->data);
    return TG_OK;
}

/* z = 0, then z[at] += y; dy = dz[at]. */
static tg_status unpick_backward(tg_graph *g, const tg_call *call,
                                 tg_tensor *dz, tg_tensor **grad_in)
{
    grad_in[0] = pick(g, dz, call->in[1], call->env);
    return TG_OK;
}

static const tg_op unpicked = {.name = "max_pool2d_unpick",
                               .formula = "z = 0, then z[at] += y; dy = dz[at]",
                               .forward = unpick_forward,
                               .backward = unpick_backward};

static tg_tensor *unpick(tg_graph *g, tg_tensor *y, tg_tensor *at,
                         const extents *e)
{
    tg_tensor *in[] = {y, at};
    tg_shape shape = tg_pool2d_shape(y, e->in);

    return tg_apply_checked(g, &unpicked, y->dtype, &shape, 2, in, e,
                            sizeof *e);
}

tg_tensor *tg_max_pool2d(tg_graph *g, tg_tensor *x, tg_pool2d_options options)
{
    tg_windows2d at;

    if (tg_pool2d_windows(g, places.name, x, &options, &at) != TG_OK)
        return NULL;
    extents e = {{at.in[0], at.in[1]}, {at.out[0], at.out[1]}};
    tg_shape shape = tg_pool2d_shape(x, at.out);
    tg_mark before = tg_graph_mark(g);
    tg_tensor *largest =
        tg_apply_checked(g, &places, TG_I64, &shape, 1, &x, &at, sizeof at);
    return tg_all_or_nothing(g, before, pick(g, x, largest, &e));
}
