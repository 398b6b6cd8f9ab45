#include "graph.h"
#include "op.h"

/* -ndim..ndim-1 -> 0..ndim-1, or -1. */
static int wrap_axis(int axis, int ndim)
{
    if (axis < -ndim || axis >= ndim)
        return -1;
    return axis < 0 ? axis + ndim : axis;
}

int tg_axis_index(tg_graph *g, const char *op, int axis, const tg_tensor *x)
{
    int index = wrap_axis(axis, x->shape.ndim);

    if (index < 0)
        tg_fail(g, TG_ERR_ARG, "%s: no axis %d in %s", op, axis,
                tg_describe(x).text);
    return index;
}

tg_status tg_axes_mask(tg_graph *g, const char *op, tg_axes axes,
                       const tg_tensor *x, unsigned *mask)
{
    *mask = axes.count == 0 ? (1U << x->shape.ndim) - 1 : 0;
    if (axes.count < 0 || axes.count > TG_MAX_DIMS)
        return tg_fail(g, TG_ERR_ARG, "%s: %d axes for %s", op, axes.count,
                       tg_describe(x).text);
    for (int i = 0; i < axes.count; i++) {
        int axis = tg_axis_index(g, op, axes.axis[i], x);
        if (axis < 0)
            return TG_ERR_ARG;
        if (*mask & (1U << axis))
            return tg_fail(g, TG_ERR_ARG, "%s: axis %d named twice for %s", op,
                           axes.axis[i], tg_describe(x).text);
        *mask |= 1U << axis;
    }
    return TG_OK;
}
