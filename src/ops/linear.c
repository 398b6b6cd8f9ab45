#include <tinygrad/ops.h>

#include "op.h"
#include "product.h"

static tg_status check(tg_graph *g, tg_tensor *x, tg_tensor *w, tg_tensor *b)
{
    tg_tensor *in[] = {x, w, b};
    tg_status s = tg_check_floats(g, "linear", b == TG_NONE ? 2 : 3, in);

    if (s != TG_OK)
        return s;
    if (x->shape.ndim == 0 || w->shape.ndim != 2 ||
        x->shape.dim[x->shape.ndim - 1] != w->shape.dim[1])
        return tg_fail(g, TG_ERR_SHAPE,
                       "linear: input %s does not fit weight %s",
                       tg_describe(x).text, tg_describe(w).text);
    if (b != TG_NONE &&
        (b->shape.ndim != 1 || b->shape.dim[0] != w->shape.dim[0]))
        return tg_fail(g, TG_ERR_SHAPE,
                       "linear: bias %s does not fit weight %s",
                       tg_describe(b).text, tg_describe(w).text);
    return TG_OK;
}

/* All rows of x are one tall matrix. */
static tg_tensor *multiply(tg_graph *g, tg_tensor *x, tg_tensor *w)
{
    tg_shape shape = tg_tensor_shape(x);
    int64_t rows = 1, in = shape.dim[shape.ndim - 1];

    if (shape.ndim == 2)
        return tg_product(g, x, false, w, true);
    for (int d = 0; d < shape.ndim - 1; d++)
        rows *= shape.dim[d];
    tg_tensor *tall = tg_reshape(g, x, TG_SHAPE(rows, in));
    if (tall == NULL)
        return NULL;
    shape.dim[shape.ndim - 1] = w->shape.dim[0];
    return tg_reshape(g, tg_product(g, tall, false, w, true), shape);
}

tg_tensor *tg_linear(tg_graph *g, tg_tensor *x, tg_tensor *w, tg_tensor *b)
{
    if (check(g, x, w, b) != TG_OK)
        return NULL;
    tg_mark before = tg_graph_mark(g);
    tg_tensor *y = multiply(g, x, w);
    return tg_all_or_nothing(g, before, b == TG_NONE ? y : tg_add(g, y, b));
}
