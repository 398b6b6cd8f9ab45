#include <tinygrad/ops.h>

#include "op.h"

static tg_status check_scale(tg_graph *g, const tg_tensor *x, tg_tensor *scale,
                             const char *what)
{
    tg_tensor *in[] = {(tg_tensor *)x, scale};

    if (scale == TG_NONE)
        return TG_OK;
    tg_status s = tg_check_floats(g, "layer_norm", 2, in);
    if (s != TG_OK)
        return s;
    if (scale->shape.ndim != 1 ||
        scale->size != x->shape.dim[x->shape.ndim - 1])
        return tg_fail(g, TG_ERR_SHAPE,
                       "layer_norm: %s %s does not fit the last axis of %s",
                       what, tg_describe(scale).text, tg_describe(x).text);
    return TG_OK;
}

static tg_status check(tg_graph *g, tg_tensor *x, tg_tensor *weight,
                       tg_tensor *bias, double eps)
{
    tg_status s = tg_check_floats(g, "layer_norm", 1, &x);

    if (s == TG_OK && x->shape.ndim < 1)
        s = tg_fail(g, TG_ERR_SHAPE, "layer_norm: %s has no last axis",
                    tg_describe(x).text);
    if (s == TG_OK && !(eps >= 0))
        s = tg_fail(g, TG_ERR_ARG, "layer_norm: eps %g for %s is negative", eps,
                    tg_describe(x).text);
    if (s == TG_OK)
        s = check_scale(g, x, weight, "weight");
    return s == TG_OK ? check_scale(g, x, bias, "bias") : s;
}

/* y = (x - mean) / sqrt(var + eps) weight + bias, made of other ops. */
tg_tensor *tg_layer_norm(tg_graph *g, tg_tensor *x, tg_tensor *weight,
                         tg_tensor *bias, double eps)
{
    if (check(g, x, weight, bias, eps) != TG_OK)
        return NULL;
    tg_axes last = TG_AXES(-1);
    tg_mark before = tg_graph_mark(g);
    tg_tensor *distance = tg_sub(g, x, tg_mean_axes(g, x, last, true));
    tg_tensor *variance = tg_mean_axes(g, tg_square(g, distance), last, true);
    tg_tensor *y =
        tg_div(g, distance, tg_sqrt(g, tg_add_scalar(g, variance, eps)));
    if (weight != TG_NONE)
        y = tg_mul(g, y, weight);
    if (bias != TG_NONE)
        y = tg_add(g, y, bias);
    return tg_all_or_nothing(g, before, y);
}
