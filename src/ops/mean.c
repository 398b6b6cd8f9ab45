#include <tinygrad/ops.h>

#include "op.h"

/* y = sum(x) / n, made of two ops. */
tg_tensor *tg_mean(tg_graph *g, tg_tensor *x)
{
    if (tg_check_floats(g, "mean", 1, &x) != TG_OK)
        return NULL;
    return tg_mul_scalar(g, tg_sum(g, x), 1.0 / (double)x->size);
}
