#include "scaled_product.h"

#include "unary.h"

static tg_status scaled_product_forward(const tg_call *call)
{
    const tg_tensor *a = call->in[0], *b = call->in[1];
    const double *c = call->env;

    tg_kernel_scaled_mul(a->dtype == TG_F64, (size_t)a->size, *c, a->data,
                         b->data, call->out->data);
    return TG_OK;
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
                                     .backward = scaled_product_backward};

tg_tensor *tg_scaled_product(tg_graph *g, double c, tg_tensor *a, tg_tensor *b)
{
    return tg_slope_apply(g, &scaled_product, a, b, &c, sizeof c);
}
