#include <tinygrad/ops.h>

#include "unary.h"

/* env is the slope c below 0, a double. */
static tg_tensor *apply_slope(tg_graph *g, tg_tensor *x, tg_tensor *dy,
                              const double *c);

static void run_slope(const tg_call *call, const void *c, size_t first,
                      size_t n)
{
    const tg_tensor *x = call->in[0];

    tg_kernel_leaky_relu_slope(
        x->dtype == TG_F64, n, *(const double *)c, tg_element_at(x, first),
        tg_element_at(call->in[1], first), tg_element_at(call->out, first));
}

static tg_status slope_forward(const tg_call *call)
{
    return tg_run_elements(call, run_slope, call->env);
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
                            .backward = slope_backward};

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *x, tg_tensor *dy,
                              const double *c)
{
    return tg_slope_apply(g, &slope, x, dy, c, sizeof *c);
}

static void run(const tg_call *call, const void *c, size_t first, size_t n)
{
    const tg_tensor *x = call->in[0];

    tg_kernel_leaky_relu(x->dtype == TG_F64, n, *(const double *)c,
                         tg_element_at(x, first),
                         tg_element_at(call->out, first));
}

static tg_status leaky_relu_forward(const tg_call *call)
{
    return tg_run_elements(call, run, call->env);
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
    .backward = leaky_relu_backward};

tg_tensor *tg_leaky_relu(tg_graph *g, tg_tensor *x, double slope_below)
{
    if (tg_check_floats(g, leaky_relu.name, 1, &x) != TG_OK)
        return NULL;
    return tg_apply_like(g, &leaky_relu, x, &slope_below, sizeof slope_below);
}
