#include <tinygrad/ops.h>

#include "move.h"

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
                                .forward = tg_gather_forward,
                                .backward = transpose_backward,
                                .saves_nothing = true};

static void swap(int64_t *a, int64_t *b)
{
    int64_t c = *a;

    *a = *b;
    *b = c;
}

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
    tg_move move = tg_move_of(x);
    swap(&move.shape.dim[last], &move.shape.dim[last - 1]);
    swap(&move.stride[last], &move.stride[last - 1]);
    return tg_apply_checked(g, &transpose, x->dtype, &move.shape, 1, &x, &move,
                            sizeof move);
}
