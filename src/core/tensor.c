#include <tinygrad/tensor.h>

#include "graph.h"
#include "tensor.h"

#include <math.h>
#include <string.h>

static tg_tensor none = {.node = TG_NO_NODE, .owner = TG_OWNER_NOBODY};
tg_tensor *const tg_none = &none;

static tg_status check_new(tg_dtype dtype, tg_shape shape, int64_t *size,
                           size_t *bytes)
{
    if (tg_dtype_size(dtype) == 0)
        return tg_fail(NULL, TG_ERR_DTYPE, "tensor: unknown dtype %d",
                       (int)dtype);
    if (shape.ndim < 0 || shape.ndim > TG_MAX_DIMS)
        return tg_fail(NULL, TG_ERR_SHAPE,
                       "tensor: %d dimensions (0 to %d are possible)",
                       shape.ndim, TG_MAX_DIMS);
    if (!tg_shape_count(&shape, dtype, size, bytes))
        return tg_fail(NULL, TG_ERR_SHAPE,
                       "tensor: shape %s is negative or too large",
                       tg_shape_text(shape).text);
    return TG_OK;
}

/* Header and, unless it is borrowed, storage in one block. */
static tg_tensor *new_leaf(tg_dtype dtype, tg_shape shape, bool borrowed)
{
    int64_t size;
    size_t bytes;

    if (check_new(dtype, shape, &size, &bytes) != TG_OK)
        return NULL;
    size_t block = sizeof(tg_tensor) + (borrowed ? 0 : TG_ALIGN + bytes);
    tg_tensor *t = tg_memory_new_large(block);
    if (t == NULL) {
        tg_fail(NULL, TG_ERR_NOMEM, "tensor: no memory for %s of %s",
                tg_shape_text(shape).text, tg_dtype_name(dtype));
        return NULL;
    }
    tg_tensor_init(t, NULL, TG_OWNER_CALLER, dtype, &shape, size);
    t->block = block;
    t->inline_data = !borrowed;
    if (!borrowed)
        t->data = (char *)t + (tg_align_up((uintptr_t)(t + 1)) - (uintptr_t)t);
    return t;
}

tg_tensor *tg_leaf_new(tg_dtype dtype, tg_shape shape)
{
    return new_leaf(dtype, shape, false);
}

tg_tensor *tg_tensor_new(tg_dtype dtype, tg_shape shape)
{
    tg_tensor *t = new_leaf(dtype, shape, false);

    if (t != NULL)
        memset(t->data, 0, tg_tensor_bytes(t));
    return t;
}

void tg_tensor_fill(tg_tensor *t, double value)
{
    for (int64_t i = 0; i < t->size; i++) {
        if (t->dtype == TG_F32)
            ((float *)t->data)[i] = (float)value;
        else if (t->dtype == TG_F64)
            ((double *)t->data)[i] = value;
        else
            ((int64_t *)t->data)[i] = (int64_t)value;
    }
}

tg_tensor *tg_tensor_full(tg_dtype dtype, tg_shape shape, double value)
{
    const double limit = 9223372036854775808.0; /* 2^63 */

    if (dtype == TG_I64 &&
        !(value >= -limit && value < limit && nearbyint(value) == value)) {
        tg_fail(NULL, TG_ERR_ARG, "tensor: %g is not an i64", value);
        return NULL;
    }
    tg_tensor *t = new_leaf(dtype, shape, false);
    if (t != NULL)
        tg_tensor_fill(t, value);
    return t;
}

static tg_tensor *new_copy(tg_dtype dtype, tg_shape shape, const void *data)
{
    int64_t size;
    size_t bytes;

    if (check_new(dtype, shape, &size, &bytes) != TG_OK)
        return NULL;
    if (data == NULL && bytes > 0) {
        tg_fail(NULL, TG_ERR_ARG, "tensor: no data for %s",
                tg_shape_text(shape).text);
        return NULL;
    }
    tg_tensor *t = new_leaf(dtype, shape, false);
    if (t != NULL && bytes > 0)
        memcpy(t->data, data, bytes);
    return t;
}

tg_tensor *tg_tensor_f32(tg_shape shape, const float *data)
{
    return new_copy(TG_F32, shape, data);
}

tg_tensor *tg_tensor_f64(tg_shape shape, const double *data)
{
    return new_copy(TG_F64, shape, data);
}

tg_tensor *tg_tensor_i64(tg_shape shape, const int64_t *data)
{
    return new_copy(TG_I64, shape, data);
}

tg_tensor *tg_tensor_borrow(tg_dtype dtype, tg_shape shape, void *data)
{
    int64_t size;
    size_t bytes;

    if (check_new(dtype, shape, &size, &bytes) != TG_OK)
        return NULL;
    if ((data == NULL && bytes > 0) ||
        (uintptr_t)data % tg_dtype_size(dtype) != 0) {
        tg_fail(NULL, TG_ERR_ARG, "tensor: %s data for %s",
                data == NULL ? "no" : "misaligned", tg_shape_text(shape).text);
        return NULL;
    }
    tg_tensor *t = new_leaf(dtype, shape, true);
    if (t != NULL)
        t->data = data;
    return t;
}

tg_tensor *tg_tensor_clone(const tg_tensor *t)
{
    if (t == NULL || t == TG_NONE) {
        tg_fail(NULL, TG_ERR_ARG, "clone: no tensor");
        return NULL;
    }
    tg_tensor *copy = new_copy(t->dtype, t->shape, t->data);
    if (copy != NULL && tg_set_name(copy, t->name) != TG_OK) {
        tg_tensor_release(copy);
        return NULL;
    }
    return copy;
}

static size_t name_block(const char *name)
{
    return name != NULL ? strlen(name) + 1 : 0;
}

void tg_tensor_release(tg_tensor *leaf)
{
    while (leaf != NULL && atomic_fetch_sub(&leaf->refs, 1) == 1) {
        tg_tensor *grad = leaf->grad;
        tg_memory_free(leaf->name, name_block(leaf->name));
        tg_memory_free(leaf, leaf->block);
        leaf = grad;
    }
}

void tg_tensor_free(tg_tensor *t)
{
    if (t != NULL && t->owner == TG_OWNER_CALLER)
        tg_tensor_release(t);
}

tg_status tg_tensor_copy(tg_tensor *to, const tg_tensor *from)
{
    if (to == NULL || from == NULL || to == TG_NONE || from == TG_NONE)
        return tg_fail(NULL, TG_ERR_ARG, "copy: no tensor");
    if (to->dtype != from->dtype)
        return tg_fail(NULL, TG_ERR_DTYPE, "copy: %s of %s into %s of %s",
                       tg_describe(from).text, tg_dtype_name(from->dtype),
                       tg_describe(to).text, tg_dtype_name(to->dtype));
    if (!tg_same_shape(&to->shape, &from->shape))
        return tg_fail(NULL, TG_ERR_SHAPE, "copy: %s does not fit into %s",
                       tg_describe(from).text, tg_describe(to).text);
    if (to->data != from->data && tg_tensor_bytes(to) > 0)
        memmove(to->data, from->data, tg_tensor_bytes(to));
    tg_tensor_touch(to);
    return TG_OK;
}
