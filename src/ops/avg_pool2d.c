#include "pool2d.h"

static tg_tensor *pool(tg_graph *g, tg_tensor *x, const tg_windows2d *at);
static tg_tensor *spread(tg_graph *g, tg_tensor *dy, const tg_windows2d *at);

static tg_status pool_forward(const tg_call *call)
{
    const tg_tensor *x = call->in[0];

    tg_kernel_avg_pool2d(x->dtype == TG_F64, tg_pool2d_images(x), call->env,
                         x->data, call->out->data);
    return TG_OK;
}

/* y = means of windows of x; dx = sums over windows of dy / area. */
static tg_status pool_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                               tg_tensor **grad_in)
{
    grad_in[0] = spread(g, dy, call->env);
    return TG_OK;
}

static const tg_op avg_pool2d = {
    .name = "avg_pool2d",
    .formula = "y = means of windows; dx = dy / area, spread over them",
    .forward = pool_forward,
    .backward = pool_backward,
    .saves_nothing = true};

static tg_tensor *pool(tg_graph *g, tg_tensor *x, const tg_windows2d *at)
{
    tg_shape shape = tg_pool2d_shape(x, at->out);

    return tg_apply_checked(g, &avg_pool2d, x->dtype, &shape, 1, &x, at,
                            sizeof *at);
}

static tg_status spread_forward(const tg_call *call)
{
    const tg_tensor *dy = call->in[0];

    tg_kernel_avg_pool2d_dx(dy->dtype == TG_F64, tg_pool2d_images(dy),
                            call->env, dy->data, call->out->data);
    return TG_OK;
}

/* The transpose of pooling, and the other way round. */
static tg_status spread_backward(tg_graph *g, const tg_call *call,
                                 tg_tensor *dz, tg_tensor **grad_in)
{
    grad_in[0] = pool(g, dz, call->env);
    return TG_OK;
}

static const tg_op avg_pool2d_dx = {
    .name = "avg_pool2d_dx",
    .formula = "z = dy / area, spread over windows; dy gets their means of dz",
    .forward = spread_forward,
    .backward = spread_backward,
    .saves_nothing = true};

static tg_tensor *spread(tg_graph *g, tg_tensor *dy, const tg_windows2d *at)
{
    tg_shape shape = tg_pool2d_shape(dy, at->in);

    return tg_apply_checked(g, &avg_pool2d_dx, dy->dtype, &shape, 1, &dy, at,
                            sizeof *at);
}

tg_tensor *tg_avg_pool2d(tg_graph *g, tg_tensor *x, tg_pool2d_options options)
{
    tg_windows2d at;

    if (tg_pool2d_windows(g, avg_pool2d.name, x, &options, &at) != TG_OK)
        return NULL;
    return pool(g, x, &at);
}
