#include <tinygrad/ops.h>

#include "kernels.h"
#include "op.h"

static int64_t extent(const tg_tensor *t, int from_last)
{
    return t->shape.dim[t->shape.ndim - from_last];
}

/* Of any type: elements are moved, by their size. */
static tg_status transpose_forward(const tg_call *call)
{
    const tg_tensor *x = call->in[0];
    int64_t m = extent(x, 2), n = extent(x, 1);

    if (x->size > 0)
        tg_kernel_transpose(tg_element_size(x->dtype) == sizeof(double),
                            (size_t)(x->size / m / n), (size_t)m, (size_t)n,
                            x->data, call->out->data);
    return TG_OK;
}

/* y = x'; dx = dy'. */
static tg_status transpose_backward(tg_graph *g, const tg_call *call,
                                    tg_tensor *dy, tg_tensor **grad_in)
{
    (void)call;
    grad_in[0] = tg_transpose(g, dy);
    return TG_OK;
}

static const tg_op transpose = {.name = "transpose",
                                .formula = "y = x'; dx = dy'",
                                .forward = transpose_forward,
                                .backward = transpose_backward,
                                .saves_nothing = true};

tg_tensor *tg_transpose(tg_graph *g, tg_tensor *x)
{
    if (tg_check_inputs(g, transpose.name, 1, &x) != TG_OK)
        return NULL;
    int last = x->shape.ndim - 1;
    if (last < 1) {
        tg_fail(g, TG_ERR_SHAPE, "transpose: %s has not two axes",
                tg_describe(x).text);
        return NULL;
    }
    tg_shape shape = tg_tensor_shape(x);
    shape.dim[last - 1] = x->shape.dim[last];
    shape.dim[last] = x->shape.dim[last - 1];
    return tg_apply_checked(g, &transpose, x->dtype, &shape, 1, &x, NULL, 0);
}
