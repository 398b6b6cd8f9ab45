#include <tinygrad/ops.h>

#include "elementwise.h"

/* env is the number, a double. */
static inline void add_scalar_run(const tg_work *w)
{
    const double *c = w->env;
    float rounded = (float)*c;

    tg_kernel_add(w->is_f64, w->n, w->in[0], 1,
                  w->is_f64 ? (const void *)c : &rounded, 0, w->out);
}

static tg_status add_scalar_forward(const tg_call *call)
{
    return tg_elementwise(call, 1, add_scalar_run);
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
                                 .saves_nothing = true,
                                 .run = add_scalar_run};

tg_tensor *tg_add_scalar(tg_graph *g, tg_tensor *x, double c)
{
    if (tg_check_floats(g, add_scalar.name, 1, &x) != TG_OK)
        return NULL;
    return tg_apply_like(g, &add_scalar, x, &c, sizeof c);
}
