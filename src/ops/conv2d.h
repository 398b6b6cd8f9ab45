/* Convolutions of many channels: three ops that differentiate into one another.
 *
 * With x (N, C, H, W), w (O, C/groups, h, w) and y (N, O, m, n):
 *     conv2d      y from x and w
 *     conv2d_dx  dx from dy and w, which is what conv_transpose2d computes
 *     conv2d_dw  dw from x and dy.
 * With a stride, H and W do not follow from y and w, nor h and w from x and y,
 * so each carries the sizes of that one convolution. */
#ifndef TINYGRAD_OPS_CONV2D_H
#define TINYGRAD_OPS_CONV2D_H

#include <tinygrad/ops.h>

#include "kernels.h"
#include "op.h"

/* One call, on its way to its sizes. */
typedef struct tg_conv2d_call {
    const char *op;
    tg_tensor *x, *w, *b; /* b may be TG_NONE */
    tg_conv2d_options options;
    tg_conv2d_sizes sizes;
} tg_conv2d_call;

/* Checks the tensors and the options, all but the channels and extents, and
 * replaces options of 0 that mean 1. */
tg_status tg_conv2d_check(tg_graph *g, tg_conv2d_call *c);
/* Fills in the channels of a group, and checks that the bias has one number
 * for each of `results`. */
tg_status tg_conv2d_set_channels(tg_graph *g, tg_conv2d_call *c, int64_t O,
                                 int64_t C, int64_t results);

/* Inputs that fit; b may be TG_NONE. */
tg_tensor *tg_conv2d_apply(tg_graph *g, tg_tensor *x, tg_tensor *w,
                           tg_tensor *b, const tg_conv2d_sizes *sizes);
tg_tensor *tg_conv2d_dx_apply(tg_graph *g, tg_tensor *dy, tg_tensor *w,
                              tg_tensor *b, const tg_conv2d_sizes *sizes);

#endif
