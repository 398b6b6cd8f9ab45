/* Ops that make each element of their result from the same elements of their
 * operands, which are repeated, NumPy's way, to the result's shape. Such an op
 * is one function at work on n elements; the rest is the same for all. */
#ifndef TINYGRAD_OPS_ELEMENTWISE_H
#define TINYGRAD_OPS_ELEMENTWISE_H

#include "kernels.h"
#include "work.h"

/* Below this many elements there is nothing to gain from threads, and nothing
 * is asked. */
enum { TG_MANY = 1 << 15 };

/* Where operands are repeated in parts, or there is much to do. */
tg_status tg_elementwise_parts(const tg_call *call, tg_run *run);

/* The forward of such an op; n_in is a constant. */
static inline tg_status tg_elementwise(const tg_call *call, int n_in,
                                       tg_run *run)
{
    tg_work w = tg_work_of(call, n_in);
    bool whole = w.n < TG_MANY;

    for (int i = 0; i < n_in; i++)
        whole &= w.step[i] == 1 || call->in[i]->size == 1;
    if (!whole)
        return tg_elementwise_parts(call, run);
    run(&w);
    return TG_OK;
}

/* Checks the operand and applies an op of one operand, without settings. */
static inline tg_tensor *tg_unary_apply(tg_graph *g, const tg_op *op,
                                        tg_tensor *x)
{
    tg_tensor *y = tg_small_unary(g, op, x);

    if (y != NULL)
        return y;
    if (tg_check_floats(g, op->name, 1, &x) != TG_OK)
        return NULL;
    return tg_apply_like(g, op, x, NULL, 0);
}

/* Checks both operands, of one shape, and applies a slope to them: an op that
 * makes dx = dy f'(x). */
static inline tg_tensor *tg_slope_apply(tg_graph *g, const tg_op *op,
                                        tg_tensor *x, tg_tensor *dy,
                                        const void *env, size_t env_size)
{
    tg_tensor *in[] = {x, dy};
    tg_tensor *z = env_size == 0 ? tg_small_binary(g, op, x, dy) : NULL;

    if (z != NULL)
        return z;
    if (tg_check_floats(g, op->name, 2, in) != TG_OK)
        return NULL;
    return tg_apply_counted(g, op, x->dtype, &x->shape, x->size, 2, in, env,
                            env_size);
}

#endif
