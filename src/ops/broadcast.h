/* NumPy's broadcasting: shapes and gradients. */
#ifndef TINYGRAD_OPS_BROADCAST_H
#define TINYGRAD_OPS_BROADCAST_H

#include "elementwise.h"
#include "walk.h"

/* Walks over the rows of a result: operand 0 is call->out, i + 1 is
 * call->in[i], repeated to its shape. False if there is no row. */
bool tg_broadcast_begin(tg_walk *w, const tg_call *call);

/* Widens y to the common shape of y and x; false if there is none. */
bool tg_widen(tg_shape *y, const tg_shape *x);
/* The common shape of n operands; TG_ERR_SHAPE if there is none. */
tg_status tg_broadcast_shape(tg_graph *g, const char *op, int n,
                             tg_tensor *const *in, tg_shape *shape);

/* Checks both operands and applies a binary op to them. */
tg_tensor *tg_broadcast_apply(tg_graph *g, const tg_op *op, tg_tensor *a,
                              tg_tensor *b);

/* Sums dy over the axes along which x was repeated. */
tg_tensor *tg_sum_repeated(tg_graph *g, tg_tensor *dy, const tg_tensor *x);

/* The same, if there are any: x's gradient. NULL gives NULL. */
static inline tg_tensor *tg_unbroadcast(tg_graph *g, tg_tensor *dy,
                                        const tg_tensor *x)
{
    if (dy == NULL || tg_same_shape(&dy->shape, &x->shape))
        return dy;
    return tg_sum_repeated(g, dy, x);
}

#endif
