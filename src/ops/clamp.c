#include <tinygrad/ops.h>

#include "elementwise.h"

#include <math.h>

typedef struct limits {
    double low, high;
} limits;

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *x, tg_tensor *dy,
                              const limits *l);

static inline void slope_run(const tg_work *w)
{
    const limits *l = w->env;

    tg_kernel_clamp_slope(w->is_f64, w->n, l->low, l->high, w->in[0], w->in[1],
                          w->out);
}

static tg_status slope_forward(const tg_call *call)
{
    return tg_elementwise(call, 2, slope_run);
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
                            .backward = slope_backward,
                            .run = slope_run};

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *x, tg_tensor *dy,
                              const limits *l)
{
    return tg_slope_apply(g, &slope, x, dy, l, sizeof *l);
}

static inline void clamp_run(const tg_work *w)
{
    const limits *l = w->env;

    tg_kernel_clamp(w->is_f64, w->n, l->low, l->high, w->in[0], w->out);
}

static tg_status clamp_forward(const tg_call *call)
{
    return tg_elementwise(call, 1, clamp_run);
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
    .backward = clamp_backward,
    .reads_grad_once = true,
    .run = clamp_run};

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
