#include <tinygrad/ops.h>

#include "kernels.h"
#include "split.h"

/* `arg` is the number, a double. */
static void run(const tg_call *call, const void *arg, size_t first, size_t n)
{
    const tg_tensor *x = call->in[0];
    const double *c = arg;
    float rounded = (float)*c;
    bool is_f64 = x->dtype == TG_F64;

    tg_kernel_mul(is_f64, n, tg_element_at(x, first), 1,
                  is_f64 ? (const void *)c : &rounded, 0,
                  tg_element_at(call->out, first));
}

static tg_status mul_scalar_forward(const tg_call *call)
{
    return tg_run_elements(call, run, call->env);
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
                                 .saves_nothing = true};

tg_tensor *tg_mul_scalar(tg_graph *g, tg_tensor *x, double c)
{
    if (tg_check_floats(g, mul_scalar.name, 1, &x) != TG_OK)
        return NULL;
    return tg_apply_like(g, &mul_scalar, x, &c, sizeof c);
}
