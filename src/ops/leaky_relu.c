#include <tinygrad/ops.h>

#include "elementwise.h"

/* env is the slope c below 0, a double. */
static tg_tensor *apply_slope(tg_graph *g, tg_tensor *x, tg_tensor *dy,
                              const double *c);

static inline void slope_run(const tg_work *w)
{
    const double *c = w->env;

    tg_kernel_leaky_relu_slope(w->is_f64, w->n, *c, w->in[0], w->in[1], w->out);
}

static tg_status slope_forward(const tg_call *call)
{
    return tg_elementwise(call, 2, slope_run);
}

/* z = dy where x > 0, else c dy; dy gets the same of dz, x gets 0. */
static tg_status slope_backward(tg_graph *g, const tg_call *call, tg_tensor *dz,
                                tg_tensor **grad_in)
{
    if (call->wanted[0])
        grad_in[0] = TG_NONE;
    if (call->wanted[1])
        grad_in[1] = apply_slope(g, call->in[0], dz, call->env);
    return TG_OK;
}

static const tg_op slope = {.name = "leaky_relu_slope",
                            .formula = "z = dy where x > 0, else c dy",
                            .forward = slope_forward,
                            .backward = slope_backward,
                            .run = slope_run};

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *x, tg_tensor *dy,
                              const double *c)
{
    return tg_slope_apply(g, &slope, x, dy, c, sizeof *c);
}

static inline void leaky_relu_run(const tg_work *w)
{
    const double *c = w->env;

    tg_kernel_leaky_relu(w->is_f64, w->n, *c, w->in[0], w->out);
}

static tg_status leaky_relu_forward(const tg_call *call)
{
    return tg_elementwise(call, 1, leaky_relu_run);
}

/* y = x where x > 0, else c x; dx = dy where x > 0, else c dy. */
static tg_status leaky_relu_backward(tg_graph *g, const tg_call *call,
                                     tg_tensor *dy, tg_tensor **grad_in)
{
    grad_in[0] = apply_slope(g, call->in[0], dy, call->env);
    return TG_OK;
}

static const tg_op leaky_relu = {
    .name = "leaky_relu",
    .formula = "y = x where x > 0, else c x; dx = dy where x > 0, else c dy",
    .forward = leaky_relu_forward,
    .backward = leaky_relu_backward,
    .reads_grad_once = true,
    .run = leaky_relu_run};

tg_tensor *tg_leaky_relu(tg_graph *g, tg_tensor *x, double slope_below)
{
    if (tg_check_floats(g, leaky_relu.name, 1, &x) != TG_OK)
        return NULL;
    return tg_apply_like(g, &leaky_relu, x, &slope_below, sizeof slope_below);
}
