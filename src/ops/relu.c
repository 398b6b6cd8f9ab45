#include <tinygrad/ops.h>

#include "elementwise.h"

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *x, tg_tensor *dy);

static inline void slope_run(const tg_work *w)
{
    tg_kernel_relu_slope(w->is_f64, w->n, w->in[0], w->in[1], w->out);
}

static tg_status slope_forward(const tg_call *call)
{
    return tg_elementwise(call, 2, slope_run);
}

/* z = dy where x > 0; dy gets dz where x > 0, x gets 0. */
static tg_status slope_backward(tg_graph *g, const tg_call *call, tg_tensor *dz,
                                tg_tensor **grad_in)
{
    if (call->wanted[0])
        grad_in[0] = TG_NONE;
    if (call->wanted[1])
        grad_in[1] = apply_slope(g, call->in[0], dz);
    return TG_OK;
}

static const tg_op slope = {
    .name = "relu_slope",
    .formula = "z = dy where x > 0; dy gets dz where x > 0, x gets 0",
    .forward = slope_forward,
    .backward = slope_backward,
    .run = slope_run};

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *x, tg_tensor *dy)
{
    return tg_slope_apply(g, &slope, x, dy, NULL, 0);
}

static inline void relu_run(const tg_work *w)
{
    tg_kernel_relu(w->is_f64, w->n, w->in[0], w->out);
}

static tg_status relu_forward(const tg_call *call)
{
    return tg_elementwise(call, 1, relu_run);
}

/* y = max(x, 0); dx = dy where x > 0. */
static tg_status relu_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                               tg_tensor **grad_in)
{
    grad_in[0] = apply_slope(g, call->in[0], dy);
    return TG_OK;
}

static const tg_op relu = {.name = "relu",
                           .formula = "y = max(x, 0); dx = dy where x > 0",
                           .forward = relu_forward,
                           .backward = relu_backward,
                           .reads_grad_once = true,
                           .run = relu_run};

tg_tensor *tg_relu(tg_graph *g, tg_tensor *x)
{
    return tg_unary_apply(g, &relu, x);
}
