/* What the losses between two tensors have in common. */
#ifndef TINYGRAD_OPS_LOSS_H
#define TINYGRAD_OPS_LOSS_H

#include "op.h"

/* Float tensors of one dtype and one shape: losses do not broadcast, which
 * would compare what does not belong together. */
static inline tg_status tg_check_loss(tg_graph *g, const char *op, tg_tensor *x,
                                      tg_tensor *target)
{
    tg_tensor *in[] = {x, target};
    tg_status s = tg_check_floats(g, op, 2, in);

    if (s != TG_OK || tg_same_shape(&x->shape, &target->shape))
        return s;
    return tg_fail(g, TG_ERR_SHAPE, "%s: target %s has not the shape of %s", op,
                   tg_describe(target).text, tg_describe(x).text);
}

#endif
