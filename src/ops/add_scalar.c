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

    tg_kernel_add(is_f64, n, tg_element_at(x, first), 1,
                  is_f64 ? (const void *)c : &rounded, 0,
                  tg_element_at(call->out, first));
}

static tg_status add_scalar_forward(const tg_call *call)
{
    return tg_run_elements(call, run, call->env);
}

/* y = x + c; dx = dy. */
static tg_status add_scalar_backward(tg_graph *g, const tg_call *call,
                                     tg_tensor *dy, tg_tensor **grad_in)
{
    (void)g;
    (void)call;
    grad_in[0] = dy;
    return TG_OK;
}

static const tg_op add_scalar = {.name = "add_scalar",
                                 .formula = "y = x + c; dx = dy",
                                 .forward = add_scalar_forward,
                                 .backward = add_scalar_backward,
                                 .saves_nothing = true};

tg_tensor *tg_add_scalar(tg_graph *g, tg_tensor *x, double c)
{
    if (tg_check_floats(g, add_scalar.name, 1, &x) != TG_OK)
        return NULL;
    return tg_apply_like(g, &add_scalar, x, &c, sizeof c);
}
