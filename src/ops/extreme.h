/* The largest and the smallest of some elements: one family. */
#ifndef TINYGRAD_OPS_EXTREME_H
#define TINYGRAD_OPS_EXTREME_H

#include "kernels.h"
#include "op.h"

typedef void (*tg_fold_rows)(bool is_f64, size_t rows, size_t n, size_t step,
                             const void *x, void *y);
typedef void (*tg_fold_two)(bool is_f64, size_t n, const void *a, size_t sa,
                            const void *b, size_t sb, void *y);

/* env of both ops: bit d for axis d of x that vanishes. */
typedef struct tg_extreme {
    unsigned mask;
} tg_extreme;

/* y = the fold of x over the axes: of each of some rows, and of two arrays. */
tg_status tg_extreme_run(const tg_call *call, tg_fold_rows rows,
                         tg_fold_two two);

/* dx = dy / (number of ties) where x = y, 0 elsewhere. */
tg_status tg_extreme_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                              tg_tensor **grad_in);

tg_tensor *tg_extreme_apply(tg_graph *g, const tg_op *op, tg_tensor *x,
                            tg_axes axes, bool keepdims);

#endif
