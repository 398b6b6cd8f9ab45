#include "walk.h"

void tg_strides(const tg_shape *shape, int64_t stride[TG_MAX_DIMS])
{
    int64_t next = 1;

    for (int d = shape->ndim; d-- > 0;) {
        stride[d] = next;
        next *= shape->dim[d];
    }
}

void tg_broadcast_strides(const tg_shape *x, int ndim,
                          int64_t stride[TG_MAX_DIMS])
{
    int missing = ndim - x->ndim;

    for (int d = 0; d < missing; d++)
        stride[d] = 0;
    tg_strides(x, stride + missing);
    for (int d = 0; d < x->ndim; d++)
        if (x->dim[d] == 1)
            stride[missing + d] = 0;
}

static bool can_join(const tg_walk *w, int outer, int inner)
{
    for (int k = 0; k < TG_WALK_OPERANDS; k++)
        if (w->stride[k][outer] != w->stride[k][inner] * w->dim[inner])
            return false;
    return true;
}

static void put_axis(tg_walk *w, int to, int from)
{
    w->dim[to] = w->dim[from];
    for (int k = 0; k < TG_WALK_OPERANDS; k++)
        w->stride[k][to] = w->stride[k][from];
}

/* Leaves out axes of extent 1 and joins what lies behind one another. */
static void join_axes(tg_walk *w, int ndim)
{
    w->ndim = 0;
    for (int d = 0; d < ndim; d++) {
        int last = w->ndim - 1;
        if (w->dim[d] == 1)
            continue;
        if (last >= 0 && can_join(w, last, d)) {
            int64_t joined = w->dim[last] * w->dim[d];
            put_axis(w, last, d);
            w->dim[last] = joined;
        } else {
            put_axis(w, w->ndim++, d);
        }
    }
}

static void make_single(tg_walk *w)
{
    w->ndim = 1;
    w->dim[0] = 1;
    for (int k = 0; k < TG_WALK_OPERANDS; k++)
        w->stride[k][0] = 1;
}

bool tg_walk_begin(tg_walk *w, int ndim)
{
    for (int d = 0; d < ndim; d++)
        if (w->dim[d] == 0)
            return false;
    join_axes(w, ndim);
    if (w->ndim == 0)
        make_single(w);
    for (int d = 0; d < w->ndim; d++)
        w->index[d] = 0;
    for (int k = 0; k < TG_WALK_OPERANDS; k++)
        w->offset[k] = 0;
    return true;
}

bool tg_walk_next(tg_walk *w)
{
    for (int d = w->ndim - 1; d-- > 0;) {
        bool carry = ++w->index[d] == w->dim[d];
        int64_t steps = carry ? 1 - w->dim[d] : 1;
        for (int k = 0; k < TG_WALK_OPERANDS; k++)
            w->offset[k] += steps * w->stride[k][d];
        if (!carry)
            return true;
        w->index[d] = 0;
    }
    return false;
}

int64_t tg_walk_rows(const tg_walk *w)
{
    int64_t rows = 1;

    for (int d = 0; d < w->ndim - 1; d++)
        rows *= w->dim[d];
    return rows;
}

void tg_walk_seek(tg_walk *w, int64_t row)
{
    for (int k = 0; k < TG_WALK_OPERANDS; k++)
        w->offset[k] = 0;
    for (int d = w->ndim - 1; d-- > 0; row /= w->dim[d]) {
        w->index[d] = row % w->dim[d];
        for (int k = 0; k < TG_WALK_OPERANDS; k++)
            w->offset[k] += w->index[d] * w->stride[k][d];
    }
}
