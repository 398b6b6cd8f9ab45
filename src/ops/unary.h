/* What the ops of one float tensor, elementwise, have in common. */
#ifndef TINYGRAD_OPS_UNARY_H
#define TINYGRAD_OPS_UNARY_H

#include "kernels.h"
#include "op.h"
#include "split.h"

typedef void (*tg_unary_kernel)(bool is_f64, size_t n, const void *x, void *y);

/* `kernel` is a tg_unary_kernel. */
static inline void tg_unary_elements(const tg_call *call, const void *kernel,
                                     size_t first, size_t n)
{
    const tg_tensor *x = call->in[0];
    const tg_unary_kernel *run = kernel;

    (*run)(x->dtype == TG_F64, n, tg_element_at(x, first),
           tg_element_at(call->out, first));
}

/* The forward of a unary op: y = kernel(x). */
static inline tg_status tg_unary_run(const tg_call *call,
                                     tg_unary_kernel kernel)
{
    return tg_run_elements(call, tg_unary_elements, &kernel);
}

typedef void (*tg_slope_kernel)(bool is_f64, size_t n, const void *x,
                                const void *dy, void *dx);

/* `kernel` is a tg_slope_kernel. */
static inline void tg_slope_elements(const tg_call *call, const void *kernel,
                                     size_t first, size_t n)
{
    const tg_tensor *x = call->in[0];
    const tg_slope_kernel *run = kernel;

    (*run)(x->dtype == TG_F64, n, tg_element_at(x, first),
           tg_element_at(call->in[1], first), tg_element_at(call->out, first));
}

/* The forward of a slope, an op of two tensors of one shape: dx = dy f'(x). */
static inline tg_status tg_slope_run(const tg_call *call,
                                     tg_slope_kernel kernel)
{
    return tg_run_elements(call, tg_slope_elements, &kernel);
}

static inline tg_tensor *tg_slope_apply(tg_graph *g, const tg_op *op,
                                        tg_tensor *x, tg_tensor *dy,
                                        const void *env, size_t env_size)
{
    tg_tensor *in[] = {x, dy};

    if (tg_check_floats(g, op->name, 2, in) != TG_OK)
        return NULL;
    return tg_apply_counted(g, op, x->dtype, &x->shape, x->size, 2, in, env,
                            env_size);
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
