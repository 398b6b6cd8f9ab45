/* NumPy's broadcasting, for the ops with two operands. */
#ifndef TINYGRAD_OPS_BROADCAST_H
#define TINYGRAD_OPS_BROADCAST_H

#include "kernels.h"
#include "split.h"
#include "walk.h"

typedef void (*tg_binary_kernel)(bool is_f64, size_t n, const void *a,
                                 size_t sa, const void *b, size_t sb, void *y);

/* Where a and b are repeated, or there is much to do: the general case of the
 * function below. */
void tg_broadcast_chunks(const tg_call *call, tg_binary_kernel kernel);

/* The forward of a binary op: y = kernel(a, b). */
static inline tg_status tg_broadcast_run(const tg_call *call,
                                         tg_binary_kernel kernel)
{
    const tg_tensor *a = call->in[0], *b = call->in[1], *y = call->out;
    bool a_whole = a->size == y->size, b_whole = b->size == y->size;

    if ((a_whole || a->size == 1) && (b_whole || b->size == 1) &&
        y->size < TG_MANY)
        kernel(y->dtype == TG_F64, (size_t)y->size, a->data, a_whole, b->data,
               b_whole, y->data);
    else
        tg_broadcast_chunks(call, kernel);
    return TG_OK;
}

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
