/* The ops. Each runs on a graph and returns a tensor that the graph owns
 * (graph.h says how long), of its inputs' dtype.
 *
 * Common to all: a NULL input yields NULL; NaN and infinities travel by IEEE
 * rules; a refusal is TG_ERR_SHAPE for shapes that do not fit, TG_ERR_DTYPE
 * for dtypes that differ or that the op has no meaning for, TG_ERR_ARG for a
 * setting outside its domain or a tensor of another graph, and leaves the
 * graph as it was. Ops compute on f32 and f64; those that only move elements
 * take i64 too. Every op is differentiable to any order.
 *
 * Letters: y is the result, dy the gradient that arrives, dx what x gets. */
#ifndef TINYGRAD_OPS_H
#define TINYGRAD_OPS_H

#include <tinygrad/graph.h>

TG_BEGIN_DECLS

/* ---------------------------------------------------------- two operands
 * NumPy broadcasting: shapes are aligned at their last axes; an axis of extent
 * 1, or a missing one, is repeated. A gradient is summed over the axes along
 * which its operand was repeated. */

TG_API tg_tensor *tg_add(tg_graph *g, tg_tensor *a, tg_tensor *b); /* a + b */
TG_API tg_tensor *tg_sub(tg_graph *g, tg_tensor *a, tg_tensor *b); /* a - b */
TG_API tg_tensor *tg_mul(tg_graph *g, tg_tensor *a, tg_tensor *b); /* a b */
TG_API tg_tensor *tg_div(tg_graph *g, tg_tensor *a, tg_tensor *b); /* a / b */

/* ------------------------------------------------------------ elementwise */

/* x + c and c x; c is rounded to x's dtype. */
TG_API tg_tensor *tg_add_scalar(tg_graph *g, tg_tensor *x, double c);
TG_API tg_tensor *tg_mul_scalar(tg_graph *g, tg_tensor *x, double c);
TG_API tg_tensor *tg_neg(tg_graph *g, tg_tensor *x);    /* -x */
TG_API tg_tensor *tg_abs(tg_graph *g, tg_tensor *x);    /* |x|; abs'(0) = 0 */
TG_API tg_tensor *tg_square(tg_graph *g, tg_tensor *x); /* x^2 */

/* ------------------------------------------------------------- reductions */

/* Over all elements, to a scalar. f32 is summed in double. The sum of nothing
 * is 0, its mean NaN. */
TG_API tg_tensor *tg_sum(tg_graph *g, tg_tensor *x);
TG_API tg_tensor *tg_mean(tg_graph *g, tg_tensor *x);
/* Over the given axes (TG_ALL_AXES: all of them), which vanish or, with
 * keepdims, stay with extent 1. An axis out of range or named twice is
 * TG_ERR_ARG. */
TG_API tg_tensor *tg_sum_axes(tg_graph *g, tg_tensor *x, tg_axes axes,
                              bool keepdims);

/* ----------------------------------------------------------------- shapes
 * Any dtype. All copy, but for tg_reshape. */

/* The same elements in another shape, sharing x's storage. One extent may be
 * -1 and is inferred. */
TG_API tg_tensor *tg_reshape(tg_graph *g, tg_tensor *x, tg_shape shape);
/* Swaps the last two axes: (..., m, n) -> (..., n, m). */
TG_API tg_tensor *tg_transpose(tg_graph *g, tg_tensor *x);
/* Repeats x, by NumPy's rules, to exactly this shape. */
TG_API tg_tensor *tg_broadcast_to(tg_graph *g, tg_tensor *x, tg_shape shape);
/* x[start:stop:step] along one axis, as in NumPy: negative start and stop
 * count from the end and are clipped to the axis; step > 0. Pass INT64_MAX as
 * stop for "to the end". */
TG_API tg_tensor *tg_slice(tg_graph *g, tg_tensor *x, int axis, int64_t start,
                           int64_t stop, int64_t step);
/* Adds `before` and `after` elements of value along one axis; neither may be
 * negative. */
TG_API tg_tensor *tg_pad(tg_graph *g, tg_tensor *x, int axis, int64_t before,
                         int64_t after, double value);
/* Reverses the order of elements along the axes. */
TG_API tg_tensor *tg_flip(tg_graph *g, tg_tensor *x, tg_axes axes);

/* ---------------------------------------------------------------- products */

/* Matrix product (m, k) x (k, n) -> (m, n):  y[i,j] = sum_l a[i,l] b[l,j];
 * da = dy b', db = a' dy. */
TG_API tg_tensor *tg_matmul(tg_graph *g, tg_tensor *a, tg_tensor *b);

/* Two-dimensional cross-correlation, the "convolution" of deep learning, for
 * one channel: (H, W) x (h, w) -> (H-h+1, W-w+1),
 *     y[i,j] = sum_ab x[i+a, j+b] k[a,b].
 * dx is the full convolution of dy with k, dk is the cross-correlation of x
 * with dy. TG_ERR_SHAPE for a kernel that is empty or larger than x.
 * Source: Zhang et al., "Dive into Deep Learning", section 7.2. */
TG_API tg_tensor *tg_corr2d(tg_graph *g, tg_tensor *x, tg_tensor *k);

TG_END_DECLS

#endif
