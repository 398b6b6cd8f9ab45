#include <tinygrad/ops.h>

#include "elementwise.h"

/* env is the number, a double. */
static inline void mul_scalar_run(const tg_work *w)
{
    const double *c = w->env;
    float rounded = (float)*c;

    tg_kernel_mul(w->is_f64, w->n, w->in[0], 1,
                  w->is_f64 ? (const void *)c : &rounded, 0, w->out);
}

static tg_status mul_scalar_forward(const tg_call *call)
{
    return tg_elementwise(call, 1, mul_scalar_run);
}

/* y = c x; dx = c dy. */
static tg_status mul_scalar_backward(tg_graph *g, const tg_call *call,
                                     tg_tensor *dy, tg_tensor **grad_in)
{
    const double *c = call->env;

    grad_in[0] = tg_mul_scalar(g, dy, *c);
    return TG_OK;
}

static const tg_op mul_scalar = {.name = "mul_scalar",
                                 .formula = "y = c x; dx = c dy",
                                 .forward = mul_scalar_forward,
                                 .backward = mul_scalar_backward,
                                 .reads_grad_once = true,
                                 .saves_nothing = true,
                                 .run = mul_scalar_run};

tg_tensor *tg_mul_scalar(tg_graph *g, tg_tensor *x, double c)
{
    if (tg_check_floats(g, mul_scalar.name, 1, &x) != TG_OK)
        return NULL;
    return tg_apply_like(g, &mul_scalar, x, &c, sizeof c);
}
