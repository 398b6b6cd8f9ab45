/* What reductions over axes have in common.
 *
 * Two walks, one over the axes that stay and one over those that vanish.
 * Operand 0 of both is x; operand 1 of the first is y, where axes that vanish
 * have no extent. Either a row of x lies along axes that vanish, or along axes
 * that stay. */
#ifndef TINYGRAD_OPS_REDUCE_H
#define TINYGRAD_OPS_REDUCE_H

#include "walk.h"

typedef struct tg_reduction {
    tg_walk kept, reduced; /* not begun */
    bool rows;             /* a row of x vanishes, rather than stays */
} tg_reduction;

/* mask: bit d for axis d of x that vanishes. */
void tg_reduction_of(const tg_shape *x, unsigned mask, tg_reduction *r);

/* The result's shape; with keepdims an axis that vanishes has extent 1. */
tg_shape tg_reduced_shape(const tg_shape *x, unsigned mask, bool keepdims);

/* How many elements of x each element of the result is made of. */
int64_t tg_reduced_count(const tg_shape *x, unsigned mask);

/* y, whose axes in mask may have been dropped, so that it broadcasts against x
 * again: with all of x's axes, or as the scalar that it is. */
tg_tensor *tg_restore_axes(tg_graph *g, tg_tensor *y, const tg_tensor *x,
                           unsigned mask);

#endif
