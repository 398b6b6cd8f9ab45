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

/* Checks the operand and applies a unary op without settings to it. */
static inline tg_tensor *tg_unary_apply(tg_graph *g, const tg_op *op,
                                        tg_tensor *x)
{
    if (tg_check_floats(g, op->name, 1, &x) != TG_OK)
        return NULL;
    return tg_apply_like(g, op, x, NULL, 0);
}

#endif
