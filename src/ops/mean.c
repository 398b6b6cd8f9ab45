#include <tinygrad/ops.h>

#include "reduce.h"

/* y = sum(x) / n, made of two ops. */
tg_tensor *tg_mean_axes(tg_graph *g, tg_tensor *x, tg_axes axes, bool keepdims)
{
    unsigned mask;

    if (tg_check_floats(g, "mean", 1, &x) != TG_OK ||
        tg_axes_mask(g, "mean", axes, x, &mask) != TG_OK)
        return NULL;
    double n = (double)tg_reduced_count(&x->shape, mask);
    tg_mark before = tg_graph_mark(g);
    tg_tensor *sum = tg_sum_axes(g, x, axes, keepdims);
    return tg_all_or_nothing(g, before, tg_mul_scalar(g, sum, 1.0 / n));
}

tg_tensor *tg_mean(tg_graph *g, tg_tensor *x)
{
    return tg_mean_axes(g, x, TG_ALL_AXES, false);
}
