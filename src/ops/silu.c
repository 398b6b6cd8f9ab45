#include <tinygrad/ops.h>

#include "elementwise.h"

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *x, tg_tensor *dy);

static inline void slope_run(const tg_work *w)
{
    tg_kernel_silu_slope(w->is_f64, w->n, w->in[0], w->in[1], w->out);
}

static tg_status slope_forward(const tg_call *call)
{
    return tg_elementwise(call, 2, slope_run);
}

/* y''(x) = s (1 - s) (2 + x (1 - 2 s)). */
static tg_tensor *curvature(tg_graph *g, tg_tensor *x)
{
    tg_tensor *s = tg_sigmoid(g, x);
    tg_tensor *ds = tg_sub(g, s, tg_square(g, s));
    tg_tensor *rest = tg_add_scalar(g, tg_mul_scalar(g, s, -2.0), 1.0);

    return tg_mul(g, ds, tg_add_scalar(g, tg_mul(g, x, rest), 2.0));
}

/* z = y'(x) dy; dy gets y'(x) dz, x gets y''(x) dy dz. */
static tg_status slope_backward(tg_graph *g, const tg_call *call, tg_tensor *dz,
                                tg_tensor **grad_in)
{
    tg_tensor *x = call->in[0], *dy = call->in[1];

    if (call->wanted[0])
        grad_in[0] = tg_mul(g, curvature(g, x), tg_mul(g, dy, dz));
    if (call->wanted[1])
        grad_in[1] = apply_slope(g, x, dz);
    return TG_OK;
}

static const tg_op slope = {
    .name = "silu_slope",
    .formula = "z = y'(x) dy; dy gets y'(x) dz, x gets y''(x) dy dz",
    .forward = slope_forward,
    .backward = slope_backward,
    .run = slope_run};

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *x, tg_tensor *dy)
{
    return tg_slope_apply(g, &slope, x, dy, NULL, 0);
}

static inline void silu_run(const tg_work *w)
{
    tg_kernel_silu(w->is_f64, w->n, w->in[0], w->out);
}

static tg_status silu_forward(const tg_call *call)
{
    return tg_elementwise(call, 1, silu_run);
}

/* y = x s, s = sigmoid(x); dx = s (1 + x (1 - s)) dy. */
static tg_status silu_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                               tg_tensor **grad_in)
{
    grad_in[0] = apply_slope(g, call->in[0], dy);
    return TG_OK;
}

static const tg_op silu = {
    .name = "silu",
    .formula = "y = x s, s = sigmoid(x); dx = s (1 + x (1 - s)) dy",
    .forward = silu_forward,
    .backward = silu_backward,
    .reads_grad_once = true,
    .run = silu_run};

tg_tensor *tg_silu(tg_graph *g, tg_tensor *x)
{
    return tg_unary_apply(g, &silu, x);
}
