#include <tinygrad/ops.h>

#include "elementwise.h"
#include "scaled_product.h"

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *x, tg_tensor *dy);

static inline void slope_run(const tg_work *w)
{
    tg_kernel_gelu_slope(w->is_f64, w->n, w->in[0], w->in[1], w->out);
}

static tg_status slope_forward(const tg_call *call)
{
    return tg_elementwise(call, 2, slope_run);
}

/* y''(x) = (2 - x^2) p(x), p(x) = e^(-x^2/2) / sqrt(2 pi). */
static tg_tensor *curvature(tg_graph *g, tg_tensor *x)
{
    const double peak = 0.39894228040143267794;
    tg_tensor *square = tg_square(g, x);
    tg_tensor *density = tg_exp(g, tg_mul_scalar(g, square, -0.5));
    tg_tensor *rest = tg_add_scalar(g, tg_neg(g, square), 2.0);

    return tg_scaled_product(g, peak, rest, density);
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
    .name = "gelu_slope",
    .formula = "z = y'(x) dy; dy gets y'(x) dz, x gets y''(x) dy dz",
    .forward = slope_forward,
    .backward = slope_backward,
    .run = slope_run};

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *x, tg_tensor *dy)
{
    return tg_slope_apply(g, &slope, x, dy, NULL, 0);
}

static inline void gelu_run(const tg_work *w)
{
    tg_kernel_gelu(w->is_f64, w->n, w->in[0], w->out);
}

static tg_status gelu_forward(const tg_call *call)
{
    return tg_elementwise(call, 1, gelu_run);
}

/* y = x P(x), P the normal distribution, p its density; dx = (P + x p) dy. */
static tg_status gelu_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                               tg_tensor **grad_in)
{
    grad_in[0] = apply_slope(g, call->in[0], dy);
    return TG_OK;
}

static const tg_op gelu = {.name = "gelu",
                           .formula = "y = x P(x), P the normal distribution, "
                                      "p its density; dx = (P + x p) dy",
                           .forward = gelu_forward,
                           .backward = gelu_backward,
                           .reads_grad_once = true,
                           .run = gelu_run};

tg_tensor *tg_gelu(tg_graph *g, tg_tensor *x)
{
    return tg_unary_apply(g, &gelu, x);
}
