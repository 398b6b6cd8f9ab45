#include <tinygrad/ops.h>

#include "elementwise.h"

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *y, tg_tensor *dy);

static inline void slope_run(const tg_work *w)
{
    tg_kernel_sigmoid_slope(w->is_f64, w->n, w->in[0], w->in[1], w->out);
}

static tg_status slope_forward(const tg_call *call)
{
    return tg_elementwise(call, 2, slope_run);
}

/* z = y (1 - y) dy; dy gets y (1 - y) dz, y gets (1 - 2 y) dy dz. */
static tg_status slope_backward(tg_graph *g, const tg_call *call, tg_tensor *dz,
                                tg_tensor **grad_in)
{
    tg_tensor *y = call->in[0], *dy = call->in[1];

    if (call->wanted[0])
        grad_in[0] = tg_mul(g, tg_add_scalar(g, tg_mul_scalar(g, y, -2.0), 1.0),
                            tg_mul(g, dy, dz));
    if (call->wanted[1])
        grad_in[1] = apply_slope(g, y, dz);
    return TG_OK;
}

static const tg_op slope = {
    .name = "sigmoid_slope",
    .formula = "z = y (1 - y) dy; dy gets y (1 - y) dz, y gets (1 - 2 y) dy dz",
    .forward = slope_forward,
    .backward = slope_backward,
    .run = slope_run};

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *y, tg_tensor *dy)
{
    return tg_slope_apply(g, &slope, y, dy, NULL, 0);
}

static inline void sigmoid_run(const tg_work *w)
{
    tg_kernel_sigmoid(w->is_f64, w->n, w->in[0], w->out);
}

static tg_status sigmoid_forward(const tg_call *call)
{
    return tg_elementwise(call, 1, sigmoid_run);
}

/* y = 1 / (1 + e^-x); dx = y (1 - y) dy. */
static tg_status sigmoid_backward(tg_graph *g, const tg_call *call,
                                  tg_tensor *dy, tg_tensor **grad_in)
{
    grad_in[0] = apply_slope(g, call->out, dy);
    return TG_OK;
}

static const tg_op sigmoid = {.name = "sigmoid",
                              .formula =
                                  "y = 1 / (1 + e^-x); dx = y (1 - y) dy",
                              .forward = sigmoid_forward,
                              .backward = sigmoid_backward,
                              .reads_grad_once = true,
                              .run = sigmoid_run};

tg_tensor *tg_sigmoid(tg_graph *g, tg_tensor *x)
{
    return tg_unary_apply(g, &sigmoid, x);
}
