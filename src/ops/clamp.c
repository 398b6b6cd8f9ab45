#include <tinygrad/ops.h>

#include "unary.h"

#include <math.h>

typedef struct limits {
    double low, high;
} limits;

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *x, tg_tensor *dy,
                              const limits *l);

static void run_slope(const tg_call *call, const void *arg, size_t first,
                      size_t n)
{
    const tg_tensor *x = call->in[0];
    const limits *l = arg;

    tg_kernel_clamp_slope(
        x->dtype == TG_F64, n, l->low, l->high, tg_element_at(x, first),
        tg_element_at(call->in[1], first), tg_element_at(call->out, first));
}

static tg_status slope_forward(const tg_call *call)
{
    return tg_run_elements(call, run_slope, call->env);
}

/* z = dy where low <= x <= high; dy gets dz there, x gets 0. */
static tg_status slope_backward(tg_graph *g, const tg_call *call, tg_tensor *dz,
                                tg_tensor **grad_in)
{
    if (call->wanted[0])
        grad_in[0] = TG_NONE;
    if (call->wanted[1])
        grad_in[1] = apply_slope(g, call->in[0], dz, call->env);
    return TG_OK;
}

static const tg_op slope = {.name = "clamp_slope",
                            .formula = "z = dy where low <= x <= high",
                            .forward = slope_forward,
                            .backward = slope_backward};

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *x, tg_tensor *dy,
                              const limits *l)
{
    return tg_slope_apply(g, &slope, x, dy, l, sizeof *l);
}

static void run(const tg_call *call, const void *arg, size_t first, size_t n)
{
    const tg_tensor *x = call->in[0];
    const limits *l = arg;

    tg_kernel_clamp(x->dtype == TG_F64, n, l->low, l->high,
                    tg_element_at(x, first), tg_element_at(call->out, first));
}

static tg_status clamp_forward(const tg_call *call)
{
    return tg_run_elements(call, run, call->env);
}

/* y = min(max(x, low), high); dx = dy where low <= x <= high. */
static tg_status clamp_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                                tg_tensor **grad_in)
{
    grad_in[0] = apply_slope(g, call->in[0], dy, call->env);
    return TG_OK;
}

static const tg_op clamp = {
    .name = "clamp",
    .formula = "y = min(max(x, low), high); dx = dy where low <= x <= high",
    .forward = clamp_forward,
    .backward = clamp_backward};

tg_tensor *tg_clamp(tg_graph *g, tg_tensor *x, double low, double high)
{
    if (tg_check_floats(g, clamp.name, 1, &x) != TG_OK)
        return NULL;
    if (isnan(low) || isnan(high)) {
        tg_fail(g, TG_ERR_ARG, "clamp: a limit of %s is not a number",
                tg_describe(x).text);
        return NULL;
    }
    return tg_apply_like(g, &clamp, x, &(limits){low, high}, sizeof(limits));
}
