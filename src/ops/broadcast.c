#include "broadcast.h"

#include <tinygrad/ops.h>

bool tg_broadcast_begin(tg_walk *w, const tg_call *call)
{
    const tg_shape *y = &call->out->shape;

    *w = (tg_walk){0};
    for (int d = 0; d < y->ndim; d++)
        w->dim[d] = y->dim[d];
    tg_strides(y, w->stride[0]);
    for (int i = 0; i < call->n_in; i++)
        tg_broadcast_strides(&call->in[i]->shape, y->ndim, w->stride[i + 1]);
    return tg_walk_begin(w, y->ndim);
}

static int64_t extent_from_last(const tg_shape *shape, int back)
{
    return back < shape->ndim ? shape->dim[shape->ndim - 1 - back] : 1;
}

bool tg_widen(tg_shape *y, const tg_shape *x)
{
    tg_shape wide = {.ndim = y->ndim > x->ndim ? y->ndim : x->ndim};

    for (int back = 0; back < wide.ndim; back++) {
        int64_t m = extent_from_last(y, back), n = extent_from_last(x, back);
        if (m != n && m != 1 && n != 1)
            return false;
        wide.dim[wide.ndim - 1 - back] = m == 1 ? n : m;
    }
    *y = wide;
    return true;
}

static tg_status refuse(tg_graph *g, const char *op, int n,
                        tg_tensor *const *in)
{
    if (n == 3)
        return tg_fail(g, TG_ERR_SHAPE, "%s: %s, %s and %s do not broadcast",
                       op, tg_describe(in[0]).text, tg_describe(in[1]).text,
                       tg_describe(in[2]).text);
    return tg_fail(g, TG_ERR_SHAPE, "%s: %s and %s do not broadcast", op,
                   tg_describe(in[0]).text, tg_describe(in[1]).text);
}

tg_status tg_broadcast_shape(tg_graph *g, const char *op, int n,
                             tg_tensor *const *in, tg_shape *shape)
{
    shape->ndim = 0;
    for (int i = 0; i < n; i++)
        if (!tg_widen(shape, &in[i]->shape))
            return refuse(g, op, n, in);
    return TG_OK;
}

static TG_APART tg_tensor *apply(tg_graph *g, const tg_op *op, tg_tensor *a,
                                 tg_tensor *b)
{
    tg_tensor *in[] = {a, b};
    tg_shape shape;

    if (tg_check_floats(g, op->name, 2, in) != TG_OK)
        return NULL;
    if (tg_same_shape(&a->shape, &b->shape))
        return tg_apply_counted(g, op, a->dtype, &a->shape, a->size, 2, in,
                                NULL, 0);
    if (tg_broadcast_shape(g, op->name, 2, in, &shape) != TG_OK)
        return NULL;
    return tg_apply_checked(g, op, a->dtype, &shape, 2, in, NULL, 0);
}

tg_tensor *tg_broadcast_apply(tg_graph *g, const tg_op *op, tg_tensor *a,
                              tg_tensor *b)
{
    tg_tensor *y = tg_small_binary(g, op, a, b);

    return y != NULL ? y : apply(g, op, a, b);
}

tg_tensor *tg_sum_repeated(tg_graph *g, tg_tensor *dy, const tg_tensor *x)
{
    tg_axes repeated = {0};
    int missing = dy->shape.ndim - x->shape.ndim;
    for (int d = 0; d < dy->shape.ndim; d++)
        if (d < missing ||
            (x->shape.dim[d - missing] == 1 && dy->shape.dim[d] != 1))
            repeated.axis[repeated.count++] = d;
    tg_tensor *dx = tg_sum_axes(g, dy, repeated, true);
    return missing == 0 ? dx : tg_reshape(g, dx, tg_tensor_shape(x));
}
