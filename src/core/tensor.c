#include <tinygrad/tensor.h>

#include "error.h"
#include "leaf.h"

#include <math.h>
#include <string.h>

/* A leaf that no graph holds, so that one may look for it as for any other. */
static tg_leaf none = {
    .slot = TG_NO_SLOT,
    .tensor = {.node = TG_NO_NODE, .owner = TG_OWNER_NOBODY}};
tg_tensor *const tg_none = &none.tensor;

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
    size_t block = sizeof(tg_leaf) + (borrowed ? 0 : TG_ALIGN + bytes);
    tg_leaf *leaf = tg_memory_new_large(block);
    if (leaf == NULL) {
        tg_fail(NULL, TG_ERR_NOMEM, "tensor: no memory for %s of %s",
                tg_shape_text(shape).text, tg_dtype_name(dtype));
        return NULL;
    }
    leaf->block = block;
    leaf->details = (tg_details){0};
    atomic_init(&leaf->refs, 1);
    atomic_init(&leaf->slot, TG_NO_SLOT);
    tg_tensor_init(&leaf->tensor, NULL, TG_OWNER_CALLER, dtype, &shape, size);
    leaf->tensor.details = &leaf->details;
    if (!borrowed)
        leaf->tensor.data = (char *)leaf + (tg_align_up((uintptr_t)(leaf + 1)) -
                                            (uintptr_t)leaf);
    return &leaf->tensor;
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
    if (!tg_tensor_look(t))
        return NULL;
    tg_tensor *copy = new_copy(t->dtype, tg_tensor_shape(t), t->data);
    if (copy != NULL && tg_set_name(copy, tg_name(t)) != TG_OK) {
        tg_leaf_release(copy);
        return NULL;
    }
    return copy;
}

static size_t name_block(const char *name)
{
    return name != NULL ? strlen(name) + 1 : 0;
}

void tg_leaf_release(tg_tensor *t)
{
    while (t != NULL && atomic_fetch_sub(&tg_leaf_of(t)->refs, 1) == 1) {
        tg_details d = *t->details;
        tg_memory_free(d.name, name_block(d.name));
        tg_memory_free(tg_leaf_of(t), tg_leaf_of(t)->block);
        t = d.grad;
    }
}

void tg_tensor_free(tg_tensor *t)
{
    if (t != NULL && t->owner == TG_OWNER_CALLER)
        tg_leaf_release(t);
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
    if (!tg_tensor_look(to) || !tg_tensor_look(from))
        return tg_last_failure()->status;
    if (to->data != from->data && tg_tensor_bytes(to) > 0)
        memmove(to->data, from->data, tg_tensor_bytes(to));
    tg_tensor_touch(to);
    return TG_OK;
}
