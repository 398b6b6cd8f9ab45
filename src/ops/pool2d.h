/* What pooling ops ask of their input alike. */
#ifndef TINYGRAD_OPS_POOL2D_H
#define TINYGRAD_OPS_POOL2D_H

#include <tinygrad/ops.h>

#include "kernels.h"
#include "op.h"

/* Checks input and options and fills in the windows. */
tg_status tg_pool2d_windows(tg_graph *g, const char *op, tg_tensor *x,
                            const tg_pool2d_options *options, tg_windows2d *at);

/* How many images x has, over batch and channels. */
static inline size_t tg_pool2d_images(const tg_tensor *x)
{
    return (size_t)(x->shape.dim[0] * x->shape.dim[1]);
}

/* The shape of x with images of this extent. */
static inline tg_shape tg_pool2d_shape(const tg_tensor *x,
                                       const size_t extent[2])
{
    return TG_SHAPE(x->shape.dim[0], x->shape.dim[1], (int64_t)extent[0],
                    (int64_t)extent[1]);
}

#endif
