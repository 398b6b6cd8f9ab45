#include "broadcast.h"

#include "walk.h"

#include <tinygrad/ops.h>

static char *at(const tg_tensor *t, int64_t offset)
{
    return (char *)t->data + offset * (int64_t)tg_element_size(t->dtype);
}

void tg_broadcast_rows(const tg_call *call, tg_binary_kernel kernel)
{
    const tg_tensor *a = call->in[0], *b = call->in[1], *y = call->out;
    tg_walk w = {0};

    for (int d = 0; d < y->shape.ndim; d++)
        w.dim[d] = y->shape.dim[d];
    tg_strides(&y->shape, w.stride[0]);
    tg_broadcast_strides(&a->shape, y->shape.ndim, w.stride[1]);
    tg_broadcast_strides(&b->shape, y->shape.ndim, w.stride[2]);
    if (!tg_walk_begin(&w, y->shape.ndim))
        return;
    do
        kernel(y->dtype == TG_F64, (size_t)tg_walk_row(&w), at(a, w.offset[1]),
               (size_t)tg_walk_step(&w, 1), at(b, w.offset[2]),
               (size_t)tg_walk_step(&w, 2), at(y, w.offset[0]));
    while (tg_walk_next(&w));
}

static int64_t extent_from_last(const tg_shape *shape, int back)
{
    return back < shape->ndim ? shape->dim[shape->ndim - 1 - back] : 1;
}

/* The common shape; false if there is none. */
static bool broadcast_shape(const tg_shape *a, const tg_shape *b, tg_shape *y)
{
    y->ndim = a->ndim > b->ndim ? a->ndim : b->ndim;
    for (int back = 0; back < y->ndim; back++) {
        int64_t m = extent_from_last(a, back), n = extent_from_last(b, back);
        if (m != n && m != 1 && n != 1)
            return false;
        y->dim[y->ndim - 1 - back] = m == 1 ? n : m;
    }
    return true;
}

tg_tensor *tg_broadcast_apply(tg_graph *g, const tg_op *op, tg_tensor *a,
                              tg_tensor *b)
{
    tg_tensor *in[] = {a, b};
    tg_shape shape;

    if (tg_check_floats(g, op->name, 2, in) != TG_OK)
        return NULL;
    if (!broadcast_shape(&a->shape, &b->shape, &shape)) {
        tg_fail(g, TG_ERR_SHAPE, "%s: %s and %s do not broadcast", op->name,
                tg_describe(a).text, tg_describe(b).text);
        return NULL;
    }
    return tg_apply_checked(g, op, a->dtype, &shape, 2, in, NULL, 0);
}

tg_tensor *tg_unbroadcast(tg_graph *g, tg_tensor *dy, const tg_tensor *x)
{
    tg_axes repeated = {0};

    if (dy == NULL || tg_same_shape(&dy->shape, &x->shape))
        return dy;
    int missing = dy->shape.ndim - x->shape.ndim;
    for (int d = 0; d < dy->shape.ndim; d++)
        if (d < missing ||
            (x->shape.dim[d - missing] == 1 && dy->shape.dim[d] != 1))
            repeated.axis[repeated.count++] = d;
    tg_tensor *dx = tg_sum_axes(g, dy, repeated, true);
    return missing == 0 ? dx : tg_reshape(g, dx, x->shape);
}
