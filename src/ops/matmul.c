#include <tinygrad/ops.h>

#include "broadcast.h"

static int64_t extent(const tg_tensor *t, int from_last)
{
    return t->shape.dim[t->shape.ndim - from_last];
}

/* The axes before the last two. */
static tg_shape batches_of(const tg_tensor *t)
{
    tg_shape batches = tg_tensor_shape(t);

    batches.ndim -= 2;
    return batches;
}

static void *matrix(const tg_tensor *t, int64_t i)
{
    int64_t size = extent(t, 2) * extent(t, 1);

    return (char *)t->data + i * size * (int64_t)tg_element_size(t->dtype);
}

/* Operands 0, 1 and 2 are y, a and b, in matrices. */
static void multiply_row(const tg_walk *w, const tg_tensor *a,
                         const tg_tensor *b, const tg_tensor *y)
{
    for (int64_t i = 0; i < tg_walk_row(w); i++)
        tg_kernel_matmul(y->dtype == TG_F64, (size_t)extent(a, 2),
                         (size_t)extent(b, 1), (size_t)extent(a, 1),
                         matrix(a, w->offset[1] + i * tg_walk_step(w, 1)),
                         matrix(b, w->offset[2] + i * tg_walk_step(w, 2)),
                         matrix(y, w->offset[0] + i * tg_walk_step(w, 0)));
}

static tg_status matmul_forward(const tg_call *call)
{
    const tg_tensor *a = call->in[0], *b = call->in[1];
    tg_shape of_a = batches_of(a), of_b = batches_of(b),
             of_y = batches_of(call->out);
    tg_walk w = {0};

    for (int d = 0; d < of_y.ndim; d++)
        w.dim[d] = of_y.dim[d];
    tg_strides(&of_y, w.stride[0]);
    tg_broadcast_strides(&of_a, of_y.ndim, w.stride[1]);
    tg_broadcast_strides(&of_b, of_y.ndim, w.stride[2]);
    if (!tg_walk_begin(&w, of_y.ndim))
        return TG_OK;
    do
        multiply_row(&w, a, b, call->out);
    while (tg_walk_next(&w));
    return TG_OK;
}

/* y = a b; da = dy b', db = a' dy, summed over repeated batches. */
static tg_status matmul_backward(tg_graph *g, const tg_call *call,
                                 tg_tensor *dy, tg_tensor **grad_in)
{
    tg_tensor *a = call->in[0], *b = call->in[1];

    if (call->wanted[0])
        grad_in[0] = tg_unbroadcast(g, tg_matmul(g, dy, tg_transpose(g, b)), a);
    if (call->wanted[1])
        grad_in[1] = tg_unbroadcast(g, tg_matmul(g, tg_transpose(g, a), dy), b);
    return TG_OK;
}

static const tg_op matmul = {.name = "matmul",
                             .formula = "y = a b; da = dy b', db = a' dy",
                             .forward = matmul_forward,
                             .backward = matmul_backward};

/* As matrices: a vector on the left is a row, one on the right a column. */
static tg_shape as_matrix(const tg_tensor *t, bool on_the_left)
{
    tg_shape shape = tg_tensor_shape(t);

    if (shape.ndim > 1)
        return shape;
    return on_the_left ? TG_SHAPE(1, t->size) : TG_SHAPE(t->size, 1);
}

/* The shape of the product of two matrices, or batches of them. */
static bool product_shape(tg_shape a, tg_shape b, tg_shape *y)
{
    int64_t m = a.dim[a.ndim - 2], n = b.dim[b.ndim - 1];

    if (a.dim[a.ndim - 1] != b.dim[b.ndim - 2])
        return false;
    a.ndim -= 2;
    b.ndim -= 2;
    *y = a;
    if (!tg_widen(y, &b))
        return false;
    y->dim[y->ndim++] = m;
    y->dim[y->ndim++] = n;
    return true;
}

static tg_tensor *multiply(tg_graph *g, tg_tensor *a, tg_tensor *b,
                           const tg_shape *shape)
{
    tg_tensor *in[] = {a, b};

    if (a == NULL || b == NULL)
        return NULL;
    return tg_apply_checked(g, &matmul, a->dtype, shape, 2, in, NULL, 0);
}

/* Many matrices times one are one tall matrix times it. */
static tg_tensor *multiply_tall(tg_graph *g, tg_tensor *a, tg_tensor *b,
                                const tg_shape *shape)
{
    int64_t rows = a->size / extent(a, 1);
    tg_shape flat = TG_SHAPE(rows, extent(b, 1));
    tg_tensor *tall = tg_reshape(g, a, TG_SHAPE(rows, extent(a, 1)));

    return tg_reshape(g, multiply(g, tall, b, &flat), *shape);
}

/* The axis that made a matrix of a vector vanishes again. */
static tg_shape without_axis(tg_shape y, bool row, bool column)
{
    if (row && !column)
        y.dim[y.ndim - 2] = y.dim[y.ndim - 1];
    y.ndim -= row + column;
    return y;
}

static tg_tensor *multiply_any(tg_graph *g, tg_tensor *a, tg_tensor *b,
                               const tg_shape *shape)
{
    bool row = a->shape.ndim == 1, column = b->shape.ndim == 1;

    if (a->shape.ndim > 2 && b->shape.ndim == 2 && extent(a, 1) > 0)
        return multiply_tall(g, a, b, shape);
    if (!row && !column)
        return multiply(g, a, b, shape);
    tg_tensor *left = row ? tg_reshape(g, a, as_matrix(a, true)) : a;
    tg_tensor *right = column ? tg_reshape(g, b, as_matrix(b, false)) : b;
    return tg_reshape(g, multiply(g, left, right, shape),
                      without_axis(*shape, row, column));
}

tg_tensor *tg_matmul(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    tg_tensor *in[] = {a, b};
    tg_shape shape;

    if (tg_check_floats(g, matmul.name, 2, in) != TG_OK)
        return NULL;
    if (a->shape.ndim == 0 || b->shape.ndim == 0 ||
        !product_shape(as_matrix(a, true), as_matrix(b, false), &shape)) {
        tg_fail(g, TG_ERR_SHAPE, "matmul: no product of %s and %s",
                tg_describe(a).text, tg_describe(b).text);
        return NULL;
    }
    tg_mark before = tg_graph_mark(g);
    return tg_all_or_nothing(g, before, multiply_any(g, a, b, &shape));
}
