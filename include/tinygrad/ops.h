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
 * With TG_VERIFY=1 in the environment when the first op runs, the vector
 * kernels are held against plain loops on the data at hand: each op that calls
 * a kernel runs twice, and fails with TG_ERR_VERIFY, in a replay and in a
 * backward too, if the results differ by more than rounding. The message names
 * the op, the kernel, its instruction set and both values. Slow; for when a
 * number looks wrong. "0" and "" leave it off, at no cost.
 *
 * Where a derivative is not unique, or a limit is infinite, it is PyTorch's:
 *
 *   |x|, relu, leaky_relu at 0      slope 0, 0, and the slope below 0
 *   clamp at a limit                slope 1
 *   maximum, minimum of equals      half to each
 *   max_axes, min_axes              even shares among the equal
 *   max_pool2d, argmax              the first of the equal
 *   where                           0 to what is not chosen, even if NaN
 *   pow_scalar with p = 0           slope 0, at 0 too
 *   sqrt at 0                       an infinite slope
 *   NaN in max, min, maximum, ...   the result is NaN; argmax points at it
 *   the mean of nothing             NaN; the sum 0; the largest is refused
 *
 * Letters: y is the result, dy the gradient that arrives, dx what x gets. */
#ifndef TINYGRAD_OPS_H
#define TINYGRAD_OPS_H

#include <tinygrad/graph.h>

TG_BEGIN_DECLS

/* ---------------------------------------------------------- two operands
 * NumPy broadcasting: shapes are aligned at their last axes; an axis of extent
 * 1, or a missing one, is repeated. A gradient is summed over the axes along
 * which its operand was repeated. Both are f32 or both f64; shapes that do not
 * broadcast are TG_ERR_SHAPE. Sources: numpy.broadcast; torch's functions of
 * the same names. */

TG_API tg_tensor *tg_add(tg_graph *g, tg_tensor *a, tg_tensor *b); /* a + b */
TG_API tg_tensor *tg_sub(tg_graph *g, tg_tensor *a, tg_tensor *b); /* a - b */
TG_API tg_tensor *tg_mul(tg_graph *g, tg_tensor *a, tg_tensor *b); /* a b */
TG_API tg_tensor *tg_div(tg_graph *g, tg_tensor *a, tg_tensor *b); /* a / b */

/* The larger and the smaller of a and b; NaN if either is. On a tie each gets
 * half of the gradient. */
TG_API tg_tensor *tg_maximum(tg_graph *g, tg_tensor *a, tg_tensor *b);
TG_API tg_tensor *tg_minimum(tg_graph *g, tg_tensor *a, tg_tensor *b);
/* a where the condition (i64, else TG_ERR_DTYPE) is not 0, else b; all three
 * broadcast. What is not chosen gets a gradient of 0, whatever it is, NaN too;
 * but 0 times an infinite slope of what made it is NaN: see to it that it is
 * made from numbers of its domain. */
TG_API tg_tensor *tg_where(tg_graph *g, tg_tensor *condition, tg_tensor *a,
                           tg_tensor *b);

/* ------------------------------------------------------------ elementwise
 * y[i] = f(x[i]), of x's shape; f32 or f64. Sources: torch's functions of the
 * same names, with their default options. */

/* x + c and c x; c is rounded to x's dtype. */
TG_API tg_tensor *tg_add_scalar(tg_graph *g, tg_tensor *x, double c);
TG_API tg_tensor *tg_mul_scalar(tg_graph *g, tg_tensor *x, double c);
TG_API tg_tensor *tg_neg(tg_graph *g, tg_tensor *x);    /* -x */
TG_API tg_tensor *tg_abs(tg_graph *g, tg_tensor *x);    /* |x|; abs'(0) = 0 */
TG_API tg_tensor *tg_square(tg_graph *g, tg_tensor *x); /* x^2 */
/* x^p, as C's pow, for any p; dx = p x^(p-1) dy, and 0 for p = 0. */
TG_API tg_tensor *tg_pow_scalar(tg_graph *g, tg_tensor *x, double p);
TG_API tg_tensor *tg_sqrt(tg_graph *g, tg_tensor *x); /* NaN below 0 */
TG_API tg_tensor *tg_exp(tg_graph *g, tg_tensor *x);  /* e^x */
/* The natural logarithm: -inf at 0, NaN below. */
TG_API tg_tensor *tg_log(tg_graph *g, tg_tensor *x);
TG_API tg_tensor *tg_sin(tg_graph *g, tg_tensor *x); /* x in radians */
TG_API tg_tensor *tg_cos(tg_graph *g, tg_tensor *x);
TG_API tg_tensor *tg_tanh(tg_graph *g, tg_tensor *x);
TG_API tg_tensor *tg_sigmoid(tg_graph *g, tg_tensor *x); /* 1 / (1 + e^-x) */
TG_API tg_tensor *tg_relu(tg_graph *g,
                          tg_tensor *x); /* max(x, 0); slope 0 at 0 */
/* x where x > 0, else slope x, for any slope (PyTorch's default is 0.01); its
 * slope at 0 is `slope`. */
TG_API tg_tensor *tg_leaky_relu(tg_graph *g, tg_tensor *x, double slope);
/* x times the normal distribution's P(x), exact, with erf (Hendrycks, Gimpel,
 * "Gaussian error linear units", 2016; torch's gelu with approximate="none").
 */
TG_API tg_tensor *tg_gelu(tg_graph *g, tg_tensor *x);
/* x sigmoid(x) (Elfwing, Uchibe, Doya, "Sigmoid-weighted linear units", 2017).
 */
TG_API tg_tensor *tg_silu(tg_graph *g, tg_tensor *x);
/* log(1 + e^x), without overflow (PyTorch takes x itself above 20). */
TG_API tg_tensor *tg_softplus(tg_graph *g, tg_tensor *x);
/* min(max(x, low), high), so that high wins where low > high; the gradient
 * passes where low <= x <= high. NaN stays NaN; a limit that is
 * NaN is TG_ERR_ARG. */
TG_API tg_tensor *tg_clamp(tg_graph *g, tg_tensor *x, double low, double high);

/* ------------------------------------------------------------- reductions
 * f32 or f64; f32 is summed in double. Axes (TG_ALL_AXES: all of them) may be
 * negative and in any order; they vanish or, with keepdims, stay with extent 1.
 * One out of range or named twice is TG_ERR_ARG. Sources: torch's functions of
 * the same names (sum and mean with a dim), or those named below. */

/* Over all elements, to a scalar. The sum of nothing is 0, its mean NaN. */
TG_API tg_tensor *tg_sum(tg_graph *g, tg_tensor *x);
TG_API tg_tensor *tg_mean(tg_graph *g, tg_tensor *x);
/* The same over the given axes: one result for each place of the others. */
TG_API tg_tensor *tg_sum_axes(tg_graph *g, tg_tensor *x, tg_axes axes,
                              bool keepdims);
TG_API tg_tensor *tg_mean_axes(tg_graph *g, tg_tensor *x, tg_axes axes,
                               bool keepdims);
/* The mean squared distance from the mean, over n - 1 if unbiased, else over
 * n; NaN where that is 0 (torch.var). */
TG_API tg_tensor *tg_var_axes(tg_graph *g, tg_tensor *x, tg_axes axes,
                              bool unbiased, bool keepdims);
/* The largest and the smallest element, NaN if there is one; the gradient is
 * shared evenly among ties (torch.amax, torch.amin). TG_ERR_SHAPE if there is
 * nothing to choose from. */
TG_API tg_tensor *tg_max_axes(tg_graph *g, tg_tensor *x, tg_axes axes,
                              bool keepdims);
TG_API tg_tensor *tg_min_axes(tg_graph *g, tg_tensor *x, tg_axes axes,
                              bool keepdims);
/* The index along one axis, which vanishes, of the largest element: i64, the
 * first of ties; a NaN counts as largest. No gradient (torch.argmax).
 * TG_ERR_SHAPE for an axis of extent 0. */
TG_API tg_tensor *tg_argmax(tg_graph *g, tg_tensor *x, int axis);
/* log sum e^x along one axis, without overflow; -inf for an axis of extent 0;
 * dx = e^(x - y) dy, which is NaN for an infinite x = y. */
TG_API tg_tensor *tg_logsumexp(tg_graph *g, tg_tensor *x, int axis,
                               bool keepdims);
/* e^x / sum e^x along one axis, and its logarithm, of x's shape, without
 * overflow. Where a lane holds +inf or NaN, or nothing but -inf, all is
 * NaN. */
TG_API tg_tensor *tg_softmax(tg_graph *g, tg_tensor *x, int axis);
TG_API tg_tensor *tg_log_softmax(tg_graph *g, tg_tensor *x, int axis);

/* ----------------------------------------------------------------- shapes
 * Any dtype. All copy, but for tg_reshape; gradients go back the same way, and
 * add up where an element was taken more than once. An axis may be negative;
 * one out of range is TG_ERR_ARG. */

/* The same elements in another shape, sharing x's storage. One extent may be
 * -1 and is inferred (torch.reshape). TG_ERR_SHAPE for another number of
 * elements. */
TG_API tg_tensor *tg_reshape(tg_graph *g, tg_tensor *x, tg_shape shape);
/* Swaps the last two axes: (..., m, n) -> (..., n, m) (torch's mT).
 * TG_ERR_SHAPE for fewer than two. */
TG_API tg_tensor *tg_transpose(tg_graph *g, tg_tensor *x);
/* Repeats x, by NumPy's rules, to exactly this shape, or TG_ERR_SHAPE
 * (numpy.broadcast_to). */
TG_API tg_tensor *tg_broadcast_to(tg_graph *g, tg_tensor *x, tg_shape shape);
/* x[start:stop:step] along one axis, as in NumPy: negative start and stop
 * count from the end and are clipped to the axis; a step below 1 is TG_ERR_ARG.
 * Pass INT64_MAX as stop for "to the end". */
TG_API tg_tensor *tg_slice(tg_graph *g, tg_tensor *x, int axis, int64_t start,
                           int64_t stop, int64_t step);
/* Adds `before` and `after` elements of value along one axis: its extent
 * becomes before + n + after. TG_ERR_ARG for a negative number of them, or a
 * value that i64 cannot hold (torch.nn.functional.pad, mode "constant"). */
TG_API tg_tensor *tg_pad(tg_graph *g, tg_tensor *x, int axis, int64_t before,
                         int64_t after, double value);
/* Puts the axes in another order: axis d of the result is axis order[d] of x.
 * Every axis is named once, else TG_ERR_ARG (torch.permute). */
TG_API tg_tensor *tg_permute(tg_graph *g, tg_tensor *x, tg_axes order);
/* n tensors, at least 1, one after the other along one axis. TG_ERR_SHAPE
 * unless their other extents and number of axes are the same (torch.cat). */
TG_API tg_tensor *tg_concat(tg_graph *g, tg_tensor *const *xs, int n, int axis);
/* Rows of a table: y[i...] = table[indices[i...]], of shape indices' axes, then
 * table's but the first. indices are i64. A row that is taken more than once
 * gets the sum of its gradients (torch.nn.functional.embedding). An index that
 * is no row is TG_ERR_ARG, before anything is made; in a replay it fails the
 * replay. */
TG_API tg_tensor *tg_take(tg_graph *g, tg_tensor *table, tg_tensor *indices);
/* Reverses the order of elements along the axes (torch.flip). */
TG_API tg_tensor *tg_flip(tg_graph *g, tg_tensor *x, tg_axes axes);

/* ---------------------------------------------------------------- products */

/* Matrix product by NumPy's rules, (..., m, k) x (..., k, n) -> (..., m, n):
 * y[i,j] = sum_l a[i,l] b[l,j], where the axes before the last two broadcast. A
 * vector on the left is a row, one on the right a column, and the result has
 * not that axis. da = dy b', db = a' dy. TG_ERR_SHAPE for a scalar, for extents
 * k that differ, and for batches that do not broadcast (numpy.matmul). */
TG_API tg_tensor *tg_matmul(tg_graph *g, tg_tensor *a, tg_tensor *b);
/* A dense layer: x (..., in) times the transpose of w (out, in), which is not
 * copied for it, plus b (out) or TG_NONE -> (..., out):
 *     y[...,o] = b[o] + sum_i x[...,i] w[o,i].
 * dx = dy w, dw = dy' x and db = dy, summed over all rows. TG_ERR_SHAPE for an
 * x without axes, and for extents that do not fit (torch.nn.functional.linear).
 */
TG_API tg_tensor *tg_linear(tg_graph *g, tg_tensor *x, tg_tensor *w,
                            tg_tensor *b);

/* Two-dimensional cross-correlation, the "convolution" of deep learning, for
 * one channel: (H, W) x (h, w) -> (H-h+1, W-w+1),
 *     y[i,j] = sum_ab x[i+a, j+b] k[a,b].
 * dx is the full convolution of dy with k, dk is the cross-correlation of x
 * with dy. TG_ERR_SHAPE for a kernel that is empty or larger than x.
 * Source: Zhang et al., "Dive into Deep Learning", section 7.2. */
TG_API tg_tensor *tg_corr2d(tg_graph *g, tg_tensor *x, tg_tensor *k);

/* ------------------------------------------------------- images by channels
 * Images (N, C, H, W): batch, channels, rows, columns. N may be 0, no other
 * extent (TG_ERR_SHAPE). Options hold [0] for rows and [1] for columns; one
 * below 0 is TG_ERR_ARG. */

typedef struct tg_conv2d_options {
    int stride[2];         /* from window to window; 0 means 1 */
    int padding[2];        /* zeros around the image, on either side */
    int dilation[2];       /* from tap to tap; 0 means 1 */
    int groups;            /* 0 means 1 */
    int output_padding[2]; /* conv_transpose2d's alone */
} tg_conv2d_options;

/* Cross-correlation of x (N, C, H, W) with w (O, C/groups, h, w), plus b (O) or
 * TG_NONE -> (N, O, m, n), m = (H + 2 padding - dilation (h-1) - 1) / stride +
 * 1, rounded down, and n likewise:
 *     y[n,o,i,j] = b[o] + sum_cab x[n, c, i stride - padding + a dilation,
 *                                         j stride - padding + b dilation]
 *                               w[o,c,a,b].
 * Group g of the results sums over group g of x's channels alone. What lies in
 * the padding is left out, rather than multiplied. TG_ERR_SHAPE for a kernel
 * that is larger than the padded image, channels or a bias that do not fit, or
 * groups that do not divide them; TG_ERR_ARG for an output_padding. Source:
 * torch.nn.functional.conv2d. */
TG_API tg_tensor *tg_conv2d(tg_graph *g, tg_tensor *x, tg_tensor *w,
                            tg_tensor *b, tg_conv2d_options options);
/* What the gradient of tg_conv2d to its input is, as an op: x (N, C, H, W), w
 * (C, O/groups, h, w), b (O) or TG_NONE -> (N, O, m, n) with m = (H-1) stride -
 * 2 padding + dilation (h-1) + output_padding + 1:
 *     y[n, o, i stride - padding + a dilation, ...] +=
 *         x[n,c,i,j] w[c,o,a,b], from y = b[o].
 * output_padding is smaller than the stride or the dilation (TG_ERR_ARG), and
 * adds rows and columns at the end. TG_ERR_SHAPE for channels or a bias that do
 * not fit, groups that do not divide them, or an empty result. Source:
 * torch.nn.functional.conv_transpose2d. */
TG_API tg_tensor *tg_conv_transpose2d(tg_graph *g, tg_tensor *x, tg_tensor *w,
                                      tg_tensor *b, tg_conv2d_options options);

typedef struct tg_pool2d_options {
    int kernel[2];  /* at least 1 */
    int stride[2];  /* 0 means the kernel's extent */
    int padding[2]; /* at most half of the kernel */
} tg_pool2d_options;

/* The largest number of each window, and the mean: (N, C, H, W) -> (N, C, m, n)
 * with m = (H + 2 padding - kernel) / stride + 1, rounded down. Padding is
 * never the largest; in a mean it counts as zeros. The gradient of the largest
 * goes to the first on a tie, and a NaN is larger than any number before it.
 * TG_ERR_ARG for options outside of their domain, TG_ERR_SHAPE for a kernel
 * larger than the padded image. Sources: torch.nn.functional.max_pool2d and
 * avg_pool2d, with ceil_mode off and count_include_pad on. */
TG_API tg_tensor *tg_max_pool2d(tg_graph *g, tg_tensor *x,
                                tg_pool2d_options options);
TG_API tg_tensor *tg_avg_pool2d(tg_graph *g, tg_tensor *x,
                                tg_pool2d_options options);

/* ------------------------------------------------------------------ losses
 * To a scalar; f32 or f64. They do not broadcast: a shape that differs is
 * TG_ERR_SHAPE. The mean of nothing is NaN. A target gets a gradient too. */

/* -mean_i log_softmax(logits)[i, labels[i]] for logits (N, C) and i64 labels
 * (N), each in [0, C), else TG_ERR_ARG (torch.nn.functional.cross_entropy). */
TG_API tg_tensor *tg_cross_entropy(tg_graph *g, tg_tensor *logits,
                                   tg_tensor *labels);
/* mean((prediction - target)^2) (torch.nn.functional.mse_loss). */
TG_API tg_tensor *tg_mse_loss(tg_graph *g, tg_tensor *prediction,
                              tg_tensor *target);
/* mean(-t log s - (1 - t) log(1 - s)) with s = sigmoid(x), without overflow
 * (torch.nn.functional.binary_cross_entropy_with_logits). */
TG_API tg_tensor *tg_bce_with_logits(tg_graph *g, tg_tensor *logits,
                                     tg_tensor *target);

/* ------------------------------------------------- normalisation and noise */

/* (x - mean) / sqrt(var + eps) weight + bias, mean and biased var over the last
 * axis; weight and bias have its extent, or are TG_NONE (Ba, Kiros, Hinton,
 * "Layer normalization", 2016; torch.nn.functional.layer_norm). eps is 1e-5 in
 * PyTorch; below 0 it is TG_ERR_ARG. A scalar x, or a weight or bias of another
 * extent, is TG_ERR_SHAPE. */
TG_API tg_tensor *tg_layer_norm(tg_graph *g, tg_tensor *x, tg_tensor *weight,
                                tg_tensor *bias, double eps);
/* The same by channel, for x (N, C, ...) and all others (C); weight and bias
 * may be TG_NONE. In training, mean and biased var are those of the batch,
 * which needs two values a channel (TG_ERR_SHAPE), and the running statistics
 * (leaves without gradient, or both TG_NONE) move towards them: r = (1 -
 * momentum) r + momentum batch, with the unbiased var. They move once more in a
 * replay, and not when a checkpoint is recomputed. Otherwise the running
 * statistics are used, and TG_NONE is TG_ERR_ARG, as are a momentum (0.1 in
 * PyTorch) outside [0, 1] and an eps (1e-5) below 0 (Ioffe, Szegedy, "Batch
 * normalization", 2015; torch.nn.functional.batch_norm). */
TG_API tg_tensor *tg_batch_norm(tg_graph *g, tg_tensor *x, tg_tensor *weight,
                                tg_tensor *bias, tg_tensor *running_mean,
                                tg_tensor *running_var, double momentum,
                                double eps);
/* In training, 0 with probability p, else x / (1 - p); otherwise x itself. Each
 * call draws a mask of its own from the graph's seed, which is the same in
 * backward, in a replay and when a checkpoint is recomputed (Srivastava et al.,
 * "Dropout", 2014). p outside [0, 1] is TG_ERR_ARG. */
TG_API tg_tensor *tg_dropout(tg_graph *g, tg_tensor *x, double p);

TG_END_DECLS

#endif
