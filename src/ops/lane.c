#include "lane.h"

#include "reduce.h"

bool tg_lanes_of(tg_graph *g, const char *op, tg_tensor *x, int axis,
                 tg_lanes *lanes)
{
    if (tg_check_floats(g, op, 1, &x) != TG_OK)
        return false;
    axis = tg_axis_index(g, op, axis, x);
    if (axis < 0)
        return false;
    *lanes = (tg_lanes){axis, 1, x->shape.dim[axis], 1};
    for (int d = 0; d < axis; d++)
        lanes->before *= x->shape.dim[d];
    for (int d = axis + 1; d < x->shape.ndim; d++)
        lanes->after *= x->shape.dim[d];
    return true;
}

tg_shape tg_lanes_reduced(const tg_lanes *l, const tg_tensor *x, bool keepdims)
{
    return tg_reduced_shape(&x->shape, 1U << l->axis, keepdims);
}
