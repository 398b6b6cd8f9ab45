#include <tinygrad/ops.h>

#include "reduce.h"

/* y = sum((x - mean(x))^2) / (n - 1), or / n; made of other ops. */
tg_tensor *tg_var_axes(tg_graph *g, tg_tensor *x, tg_axes axes, bool unbiased,
                       bool keepdims)
{
    unsigned mask;

    if (tg_check_floats(g, "var_axes", 1, &x) != TG_OK ||
        tg_axes_mask(g, "var_axes", axes, x, &mask) != TG_OK)
        return NULL;
    double n = (double)tg_reduced_count(&x->shape, mask);
    double freedom = unbiased && n > 0 ? n - 1 : n;
    tg_mark before = tg_graph_mark(g);
    tg_tensor *distance = tg_sub(g, x, tg_mean_axes(g, x, axes, true));
    tg_tensor *sum = tg_sum_axes(g, tg_square(g, distance), axes, keepdims);
    return tg_all_or_nothing(g, before, tg_mul_scalar(g, sum, 1.0 / freedom));
}
