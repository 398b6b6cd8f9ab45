#include <tinygrad/ops.h>

#include "elementwise.h"

/* env is the exponent, a double. */
static inline void pow_scalar_run(const tg_work *w)
{
    const double *p = w->env;

    tg_kernel_power(w->is_f64, w->n, *p, w->in[0], w->out);
}

static tg_status pow_scalar_forward(const tg_call *call)
{
    return tg_elementwise(call, 1, pow_scalar_run);
}

/* y = x^p; dx = p x^(p-1) dy, and 0 for p = 0. */
static tg_status pow_scalar_backward(tg_graph *g, const tg_call *call,
                                     tg_tensor *dy, tg_tensor **grad_in)
{
    double p = *(const double *)call->env;

    if (p == 0)
        grad_in[0] = TG_NONE;
    else
        grad_in[0] = tg_mul(
            g, dy, tg_mul_scalar(g, tg_pow_scalar(g, call->in[0], p - 1), p));
    return TG_OK;
}

static const tg_op pow_scalar = {.name = "pow_scalar",
                                 .formula = "y = x^p; dx = p x^(p-1) dy",
                                 .forward = pow_scalar_forward,
                                 .backward = pow_scalar_backward,
                                 .reads_grad_once = true,
                                 .run = pow_scalar_run};

tg_tensor *tg_pow_scalar(tg_graph *g, tg_tensor *x, double p)
{
    if (tg_check_floats(g, pow_scalar.name, 1, &x) != TG_OK)
        return NULL;
    return tg_apply_like(g, &pow_scalar, x, &p, sizeof p);
}
