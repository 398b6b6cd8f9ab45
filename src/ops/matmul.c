#include <tinygrad/ops.h>

#include "broadcast.h"
#include "product.h"

/* Which operands are transposed: of the products that a gradient is made of,
 * without a copy of any. */
typedef struct product_env {
    bool a_transposed, b_transposed;
} product_env;

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

static int64_t matrix_size(const tg_tensor *t)
{
    return extent(t, 2) * extent(t, 1);
}

static void *matrix(const tg_tensor *t, int64_t i)
{
    return (char *)t->data +
           i * matrix_size(t) * (int64_t)tg_element_size(t->dtype);
}

/* Operands 0, 1 and 2 are y, a and b, in matrices. */
static size_t next_of(const tg_walk *w, int operand, const tg_tensor *t)
{
    return (size_t)(tg_walk_step(w, operand) * matrix_size(t));
}

static tg_status multiply_row(const tg_walk *w, const tg_call *call)
{
    const tg_tensor *a = call->in[0], *b = call->in[1], *y = call->out;
    const product_env *env = call->env;
    tg_matmul_sizes sizes = {.m = (size_t)extent(y, 2),
                             .n = (size_t)extent(y, 1),
                             .k = (size_t)extent(a, env->a_transposed ? 2 : 1),
                             .a_transposed = env->a_transposed,
                             .b_transposed = env->b_transposed,
                             .count = (size_t)tg_walk_row(w),
                             .a_next = next_of(w, 1, a),
                             .b_next = next_of(w, 2, b),
                             .y_next = next_of(w, 0, y)};
    size_t bytes = tg_matmul_room(&sizes) * tg_element_size(y->dtype);
    void *room = tg_graph_room(y->graph, bytes);

    if (room == NULL && bytes > 0)
        return TG_ERR_NOMEM;
    tg_kernel_matmul(y->dtype == TG_F64, &sizes, matrix(a, w->offset[1]),
                     matrix(b, w->offset[2]), room, matrix(y, w->offset[0]));
    return TG_OK;
}

static tg_status matmul_forward(const tg_call *call)
{
    tg_shape of_a = batches_of(call->in[0]), of_b = batches_of(call->in[1]),
             of_y = batches_of(call->out);
    tg_walk w = {0};

    for (int d = 0; d < of_y.ndim; d++)
        w.dim[d] = of_y.dim[d];
    tg_strides(&of_y, w.stride[0]);
    tg_broadcast_strides(&of_a, of_y.ndim, w.stride[1]);
    tg_broadcast_strides(&of_b, of_y.ndim, w.stride[2]);
    if (!tg_walk_begin(&w, of_y.ndim))
        return TG_OK;
    tg_status status;
    do
        status = multiply_row(&w, call);
    while (status == TG_OK && tg_walk_next(&w));
    return status;
}

/* With a and b for what they are as they stand in the product: y = a b;
 * da = dy b', db = a' dy, summed over repeated batches. The gradient of what
 * is transposed is so, too: da' = b dy', db' = dy' a. */
static tg_status matmul_backward(tg_graph *g, const tg_call *call,
                                 tg_tensor *dy, tg_tensor **grad_in)
{
    tg_tensor *a = call->in[0], *b = call->in[1];
    const product_env *env = call->env;
    bool ta = env->a_transposed, tb = env->b_transposed;

    if (call->wanted[0]) {
        tg_tensor *da = ta ? tg_product(g, b, tb, dy, true)
                           : tg_product(g, dy, false, b, !tb);
        grad_in[0] = tg_unbroadcast(g, da, a);
    }
    if (call->wanted[1]) {
        tg_tensor *db = tb ? tg_product(g, dy, true, a, ta)
                           : tg_product(g, a, !ta, dy, false);
        grad_in[1] = tg_unbroadcast(g, db, b);
    }
    return TG_OK;
}

#define MATMUL(text)                                                           \
    {                                                                          \
        .name = "matmul", .formula = text, .forward = matmul_forward,          \
        .backward = matmul_backward                                            \
    }
/* [a is transposed][b is transposed] */
static const tg_op matmul[2][2] = {
    {MATMUL("y = a b; da = dy b', db = a' dy"),
     MATMUL("y = a b'; da = dy b, db = dy' a")},
    {MATMUL("y = a' b; da = b dy', db = a dy"),
     MATMUL("y = a' b'; da = b' dy', db = dy' a'")}};

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

static tg_tensor *apply(tg_graph *g, tg_tensor *a, tg_tensor *b,
                        product_env env, const tg_shape *shape)
{
    tg_tensor *in[] = {a, b};

    return tg_apply_checked(g, &matmul[env.a_transposed][env.b_transposed],
                            a->dtype, shape, 2, in, &env, sizeof env);
}

static tg_shape shape_of(const tg_tensor *t, bool transposed)
{
    tg_shape shape = tg_tensor_shape(t);

    if (transposed) {
        shape.dim[shape.ndim - 1] = extent(t, 2);
        shape.dim[shape.ndim - 2] = extent(t, 1);
    }
    return shape;
}

tg_tensor *tg_product(tg_graph *g, tg_tensor *a, bool a_transposed,
                      tg_tensor *b, bool b_transposed)
{
    tg_shape shape;

    product_shape(shape_of(a, a_transposed), shape_of(b, b_transposed), &shape);
    return apply(g, a, b, (product_env){a_transposed, b_transposed}, &shape);
}

/* As matrices: a vector on the left is a row, one on the right a column. */
static tg_shape as_matrix(const tg_tensor *t, bool on_the_left)
{
    tg_shape shape = tg_tensor_shape(t);

    if (shape.ndim > 1)
        return shape;
    return on_the_left ? TG_SHAPE(1, t->size) : TG_SHAPE(t->size, 1);
}

static tg_tensor *multiply(tg_graph *g, tg_tensor *a, tg_tensor *b,
                           const tg_shape *shape)
{
    if (a == NULL || b == NULL)
        return NULL;
    return apply(g, a, b, (product_env){0}, shape);
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

    if (tg_check_floats(g, "matmul", 2, in) != TG_OK)
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
