#include "reduce.h"

#include <tinygrad/ops.h>

void tg_reduction_of(const tg_shape *x, unsigned mask, tg_reduction *w)
{
    int64_t stride[TG_MAX_DIMS];
    int kept = 0, reduced = 0;

    *w = (tg_reduction){.rows = true};
    tg_strides(x, stride);
    for (int d = 0; d < x->ndim; d++) {
        tg_walk *to = mask & (1U << d) ? &w->reduced : &w->kept;
        int *n = mask & (1U << d) ? &reduced : &kept;
        to->dim[*n] = x->dim[d];
        to->stride[0][(*n)++] = stride[d];
        if (x->dim[d] != 1)
            w->rows = mask & (1U << d);
    }
    tg_shape y = {.ndim = kept};
    for (int d = 0; d < kept; d++)
        y.dim[d] = w->kept.dim[d];
    tg_strides(&y, w->kept.stride[1]);
    w->kept.ndim = kept;
    w->reduced.ndim = reduced;
}

tg_shape tg_reduced_shape(const tg_shape *x, unsigned mask, bool keepdims)
{
    tg_shape y = TG_SCALAR;

    for (int d = 0; d < x->ndim; d++) {
        if (!(mask & (1U << d)))
            y.dim[y.ndim++] = x->dim[d];
        else if (keepdims)
            y.dim[y.ndim++] = 1;
    }
    return y;
}

int64_t tg_reduced_count(const tg_shape *x, unsigned mask)
{
    int64_t count = 1;

    for (int d = 0; d < x->ndim; d++)
        if (mask & (1U << d))
            count *= x->dim[d];
    return count;
}

tg_tensor *tg_restore_axes(tg_graph *g, tg_tensor *y, const tg_tensor *x,
                           unsigned mask)
{
    if (y == NULL || y->shape.ndim == x->shape.ndim || y->shape.ndim == 0)
        return y;
    return tg_reshape(g, y, tg_reduced_shape(&x->shape, mask, true));
}
