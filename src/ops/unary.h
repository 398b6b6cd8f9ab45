/* What the ops of one float tensor, elementwise, have in common. */
#ifndef TINYGRAD_OPS_UNARY_H
#define TINYGRAD_OPS_UNARY_H

#include "kernels.h"
#include "op.h"

typedef void (*tg_unary_kernel)(bool is_f64, size_t n, const void *x, void *y);

/* The forward of a unary op: y = kernel(x). */
static inline tg_status tg_unary_run(const tg_call *call,
                                     tg_unary_kernel kernel)
{
    const tg_tensor *x = call->in[0];

    kernel(x->dtype == TG_F64, (size_t)x->size, x->data, call->out->data);
    return TG_OK;
}

typedef void (*tg_slope_kernel)(bool is_f64, size_t n, const void *x,
                                const void *dy, void *dx);

/* The forward of a slope, an op of two tensors of one shape: dx = dy f'(x). */
static inline tg_status tg_slope_run(const tg_call *call,
                                     tg_slope_kernel kernel)
{
    const tg_tensor *x = call->in[0], *dy = call->in[1];

    kernel(x->dtype == TG_F64, (size_t)x->size, x->data, dy->data,
           call->out->data);
    return TG_OK;
}

static inline tg_tensor *tg_slope_apply(tg_graph *g, const tg_op *op,
                                        tg_tensor *x, tg_tensor *dy,
                                        const void *env, size_t env_size)
{
    tg_tensor *in[] = {x, dy};

    if (tg_check_floats(g, op->name, 2, in) != TG_OK)
        return NULL;
    return tg_apply_checked(g, op, x->dtype, &x->shape, 2, in, env, env_size);
}

/* Checks the operand and applies a unary op without settings to it. */
static inline tg_tensor *tg_unary_apply(tg_graph *g, const tg_op *op,
                                        tg_tensor *x)
{
    if (tg_check_floats(g, op->name, 1, &x) != TG_OK)
        return NULL;
    return tg_apply_like(g, op, x, NULL, 0);
}

#endif
