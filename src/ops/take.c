#include <tinygrad/ops.h>

#include "kernels.h"
#include "op.h"

#include <inttypes.h>
#include <string.h>

/* Indices are checked whenever they are read: before anything is made, and
 * again in forward, since a replay or its caller may bring new ones. */
static tg_status check_indices(tg_graph *g, const tg_tensor *indices,
                               const tg_tensor *table, int64_t rows)
{
    const int64_t *index = indices->data;

    for (int64_t i = 0; i < indices->size; i++)
        if (index[i] < 0 || index[i] >= rows)
            return tg_fail(g, TG_ERR_ARG,
                           "take: index %" PRId64 " of %s is not a row of %s",
                           index[i], tg_describe(indices).text,
                           tg_describe(table).text);
    return TG_OK;
}

static size_t row_bytes(const tg_tensor *table)
{
    size_t bytes = tg_element_size(table->dtype);

    for (int d = 1; d < table->shape.ndim; d++)
        bytes *= (size_t)table->shape.dim[d];
    return bytes;
}

static tg_tensor *apply_put(tg_graph *g, tg_tensor *dy, tg_tensor *indices,
                            tg_shape shape);

static tg_status take_forward(const tg_call *call)
{
    const tg_tensor *table = call->in[0], *indices = call->in[1];
    const int64_t *index = indices->data;
    size_t bytes = row_bytes(table);
    tg_status s = check_indices(NULL, indices, table, table->shape.dim[0]);

    for (int64_t i = 0; s == TG_OK && i < indices->size; i++)
        memcpy((char *)call->out->data + (size_t)i * bytes,
               (const char *)table->data + (size_t)index[i] * bytes, bytes);
    return s;
}

/* y[i] = table[index[i]]; dtable = zeros, plus dy[i] at row index[i]. */
static tg_status take_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                               tg_tensor **grad_in)
{
    grad_in[0] = apply_put(g, dy, call->in[1], tg_tensor_shape(call->in[0]));
    return TG_OK;
}

static const tg_op take = {
    .name = "take",
    .formula = "y[i] = table[index[i]]; dtable[index[i]] += dy[i]",
    .forward = take_forward,
    .backward = take_backward};

static tg_status put_forward(const tg_call *call)
{
    const tg_tensor *x = call->in[0], *indices = call->in[1], *y = call->out;
    const int64_t *index = indices->data;
    size_t bytes = row_bytes(y), n = bytes / tg_element_size(y->dtype);
    tg_status s = check_indices(NULL, indices, y, y->shape.dim[0]);

    if (s != TG_OK)
        return s;
    memset(y->data, 0, (size_t)y->size * tg_element_size(y->dtype));
    for (int64_t i = 0; i < indices->size; i++) {
        char *row = (char *)y->data + (size_t)index[i] * bytes;
        tg_kernel_add(y->dtype == TG_F64, n, row, 1,
                      (const char *)x->data + (size_t)i * bytes, 1, row);
    }
    return TG_OK;
}

/* y = zeros, plus x[i] at row index[i]; dx[i] = dy[index[i]]. */
static tg_status put_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                              tg_tensor **grad_in)
{
    grad_in[0] = tg_take(g, dy, call->in[1]);
    return TG_OK;
}

static const tg_op put = {.name = "put",
                          .formula =
                              "y[index[i]] += x[i]; dx[i] = dy[index[i]]",
                          .forward = put_forward,
                          .backward = put_backward};

static tg_tensor *apply_put(tg_graph *g, tg_tensor *dy, tg_tensor *indices,
                            tg_shape shape)
{
    tg_tensor *in[] = {dy, indices};

    if (tg_check_inputs(g, put.name, 2, in) != TG_OK)
        return NULL;
    return tg_apply_checked(g, &put, dy->dtype, &shape, 2, in, NULL, 0);
}

/* indices' axes, then table's but the first; false if they are too many. */
static bool taken_shape(const tg_tensor *table, const tg_tensor *indices,
                        tg_shape *shape)
{
    if (indices->shape.ndim + table->shape.ndim - 1 > TG_MAX_DIMS)
        return false;
    *shape = tg_tensor_shape(indices);
    for (int d = 1; d < table->shape.ndim; d++)
        shape->dim[shape->ndim++] = table->shape.dim[d];
    return true;
}

tg_tensor *tg_take(tg_graph *g, tg_tensor *table, tg_tensor *indices)
{
    tg_tensor *in[] = {table, indices};
    tg_shape shape;

    if (tg_check_inputs(g, take.name, 2, in) != TG_OK)
        return NULL;
    if (indices->dtype != TG_I64) {
        tg_fail(g, TG_ERR_DTYPE,
                "take: indices %s are %s, not i64, for table %s",
                tg_describe(indices).text, tg_dtype_name(indices->dtype),
                tg_describe(table).text);
        return NULL;
    }
    if (table->shape.ndim < 1 || !taken_shape(table, indices, &shape)) {
        tg_fail(g, TG_ERR_SHAPE,
                "take: no rows, or too many axes, for indices %s of table %s",
                tg_describe(indices).text, tg_describe(table).text);
        return NULL;
    }
    if (check_indices(g, indices, table, table->shape.dim[0]) != TG_OK)
        return NULL;
    return tg_apply_checked(g, &take, table->dtype, &shape, 2, in, NULL, 0);
}
