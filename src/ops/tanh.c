#include <tinygrad/ops.h>

#include "elementwise.h"
#include "scaled_product.h"

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *y, tg_tensor *dy);

static inline void slope_run(const tg_work *w)
{
    tg_kernel_tanh_slope(w->is_f64, w->n, w->in[0], w->in[1], w->out);
}

static tg_status slope_forward(const tg_call *call)
{
    return tg_elementwise(call, 2, slope_run);
}

/* z = (1 - y^2) dy; dy gets (1 - y^2) dz, y gets -2 y dy dz. */
static tg_status slope_backward(tg_graph *g, const tg_call *call, tg_tensor *dz,
                                tg_tensor **grad_in)
{
    tg_tensor *y = call->in[0], *dy = call->in[1];

    if (call->wanted[0])
        grad_in[0] = tg_scaled_product(g, -2.0, tg_mul(g, y, dy), dz);
    if (call->wanted[1])
        grad_in[1] = apply_slope(g, y, dz);
    return TG_OK;
}

static const tg_op slope = {
    .name = "tanh_slope",
    .formula = "z = (1 - y^2) dy; dy gets (1 - y^2) dz, y gets -2 y dy dz",
    .forward = slope_forward,
    .backward = slope_backward,
    .run = slope_run};

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *y, tg_tensor *dy)
{
    return tg_slope_apply(g, &slope, y, dy, NULL, 0);
}

static inline void tanh_run(const tg_work *w)
{
    tg_kernel_tanh(w->is_f64, w->n, w->in[0], w->out);
}

static tg_status tanh_forward(const tg_call *call)
{
    return tg_elementwise(call, 1, tanh_run);
}

/* y = tanh x; dx = (1 - y^2) dy. */
static tg_status tanh_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                               tg_tensor **grad_in)
{
    grad_in[0] = apply_slope(g, call->out, dy);
    return TG_OK;
}

static const tg_op hyperbolic_tangent = {.name = "tanh",
                                         .formula =
                                             "y = tanh x; dx = (1 - y^2) dy",
                                         .forward = tanh_forward,
                                         .backward = tanh_backward,
                                         .reads_grad_once = true,
                                         .run = tanh_run};

tg_tensor *tg_tanh(tg_graph *g, tg_tensor *x)
{
    return tg_unary_apply(g, &hyperbolic_tangent, x);
}
