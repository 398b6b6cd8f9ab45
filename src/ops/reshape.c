#include <tinygrad/ops.h>

#include "op.h"

/* The result shares x's storage. */
static tg_status reshape_forward(const tg_call *call)
{
    (void)call;
    return TG_OK;
}

/* y = x in another shape; dx = dy in x's shape. */
static tg_status reshape_backward(tg_graph *g, const tg_call *call,
                                  tg_tensor *dy, tg_tensor **grad_in)
{
    grad_in[0] = tg_reshape(g, dy, tg_tensor_shape(call->in[0]));
    return TG_OK;
}

static const tg_op reshape = {
    .name = "reshape",
    .formula = "y = x in another shape; dx = dy in x's shape",
    .forward = reshape_forward,
    .backward = reshape_backward,
    .saves_nothing = true};

/* Replaces the one extent of -1; false if it cannot be inferred. */
static bool infer_extent(tg_shape *shape, int64_t size)
{
    int unknown = -1;
    tg_shape known = *shape;
    int64_t rest;
    size_t bytes;

    for (int d = 0; d < shape->ndim; d++) {
        if (shape->dim[d] != -1)
            continue;
        if (unknown >= 0)
            return false;
        unknown = d;
        known.dim[d] = 1;
    }
    if (!tg_shape_count(&known, TG_F64, &rest, &bytes))
        return false;
    if (unknown < 0)
        return rest == size;
    if (rest == 0 || size % rest != 0)
        return false;
    shape->dim[unknown] = size / rest;
    return true;
}

tg_tensor *tg_reshape(tg_graph *g, tg_tensor *x, tg_shape shape)
{
    tg_shape asked = shape;

    if (tg_check_inputs(g, reshape.name, 1, &x) != TG_OK)
        return NULL;
    if (shape.ndim < 0 || shape.ndim > TG_MAX_DIMS ||
        !infer_extent(&shape, x->size)) {
        tg_fail(g, TG_ERR_SHAPE, "reshape: %s does not fit into %s",
                tg_describe(x).text, tg_shape_text(asked).text);
        return NULL;
    }
    return tg_apply_view(g, &reshape, &shape, x);
}
