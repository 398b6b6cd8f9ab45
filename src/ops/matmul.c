#include <tinygrad/ops.h>

#include "kernels.h"
#include "op.h"

static tg_status matmul_forward(const tg_call *call)
{
    const tg_tensor *a = call->in[0], *b = call->in[1];

    tg_kernel_matmul(a->dtype == TG_F64, (size_t)a->shape.dim[0],
                     (size_t)b->shape.dim[1], (size_t)a->shape.dim[1], a->data,
                     b->data, call->out->data);
    return TG_OK;
}

/* y = a b; da = dy b', db = a' dy. */
static tg_status matmul_backward(tg_graph *g, const tg_call *call,
                                 tg_tensor *dy, tg_tensor **grad_in)
{
    tg_tensor *a = call->in[0], *b = call->in[1];

    if (call->wanted[0])
        grad_in[0] = tg_matmul(g, dy, tg_transpose(g, b));
    if (call->wanted[1])
        grad_in[1] = tg_matmul(g, tg_transpose(g, a), dy);
    return TG_OK;
}

static const tg_op matmul = {.name = "matmul",
                             .formula = "y = a b; da = dy b', db = a' dy",
                             .forward = matmul_forward,
                             .backward = matmul_backward};

tg_tensor *tg_matmul(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    tg_tensor *in[] = {a, b};

    if (tg_check_floats(g, matmul.name, 2, in) != TG_OK)
        return NULL;
    if (a->shape.ndim != 2 || b->shape.ndim != 2 ||
        a->shape.dim[1] != b->shape.dim[0]) {
        tg_fail(g, TG_ERR_SHAPE, "matmul: no product of %s and %s",
                tg_describe(a).text, tg_describe(b).text);
        return NULL;
    }
    return tg_apply_checked(g, &matmul, a->dtype,
                            &TG_SHAPE(a->shape.dim[0], b->shape.dim[1]), 2, in,
                            NULL, 0);
}
