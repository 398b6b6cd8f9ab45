#include "scaled_product.h"

#include "elementwise.h"

/* env is the factor, a double. */
static inline void scaled_product_run(const tg_work *w)
{
    const double *c = w->env;

    tg_kernel_scaled_mul(w->is_f64, w->n, *c, w->in[0], w->in[1], w->out);
}

static tg_status scaled_product_forward(const tg_call *call)
{
    return tg_elementwise(call, 2, scaled_product_run);
}

/* y = c a b; da = c dy b, db = c dy a. */
static tg_status scaled_product_backward(tg_graph *g, const tg_call *call,
                                         tg_tensor *dy, tg_tensor **grad_in)
{
    tg_tensor *a = call->in[0], *b = call->in[1];
    const double *c = call->env;

    if (call->wanted[0])
        grad_in[0] = tg_scaled_product(g, *c, dy, b);
    if (call->wanted[1])
        grad_in[1] = tg_scaled_product(g, *c, dy, a);
    return TG_OK;
}

static const tg_op scaled_product = {.name = "scaled_product",
                                     .formula =
                                         "y = c a b; da = c dy b, db = c dy a",
                                     .forward = scaled_product_forward,
                                     .backward = scaled_product_backward,
                                     .run = scaled_product_run};

tg_tensor *tg_scaled_product(tg_graph *g, double c, tg_tensor *a, tg_tensor *b)
{
    return tg_slope_apply(g, &scaled_product, a, b, &c, sizeof c);
}
