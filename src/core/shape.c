#include <tinygrad/tensor.h>

#include "graph.h"
#include "op.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    size_t size;
} dtypes[] = {
#define DTYPE_ROW(dtype, type, name) {name, sizeof(type)},
    TG_DTYPES(DTYPE_ROW)
#undef DTYPE_ROW
};

static bool is_dtype(tg_dtype dtype)
{
    return (unsigned)dtype < sizeof dtypes / sizeof *dtypes;
}

const char *tg_dtype_name(tg_dtype dtype)
{
    return is_dtype(dtype) ? dtypes[dtype].name : "unknown dtype";
}

size_t tg_dtype_size(tg_dtype dtype)
{
    return is_dtype(dtype) ? dtypes[dtype].size : 0;
}

bool tg_shape_equal(tg_shape a, tg_shape b)
{
    return tg_same_shape(&a, &b);
}

/* The product of the extents that are not 0 must not overflow either: an empty
 * tensor's strides are numbers too. */
bool tg_shape_count(const tg_shape *shape, tg_dtype dtype, int64_t *size,
                    size_t *bytes)
{
    int64_t product = 1;
    bool empty = false;

    if (shape->ndim < 0 || shape->ndim > TG_MAX_DIMS)
        return false;
    for (int d = 0; d < shape->ndim; d++) {
        int64_t extent = shape->dim[d];
        if (extent < 0)
            return false;
        if (extent == 0)
            empty = true;
        else if (__builtin_mul_overflow(product, extent, &product))
            return false;
    }
    /* Half of the address space leaves room for headers and alignment. */
    if (product > INT64_MAX / 2 / (int64_t)sizeof(double))
        return false;
    *size = empty ? 0 : product;
    *bytes = (size_t)*size * tg_element_size(dtype);
    return true;
}

static size_t append(char *text, size_t used, size_t room, const char *part)
{
    size_t n = strlen(part);

    if (used + n < room)
        memcpy(text + used, part, n + 1);
    return used + n < room ? used + n : used;
}

tg_text tg_shape_text(tg_shape shape)
{
    tg_text out = {"("};
    size_t used = 1;
    char part[32];

    if (shape.ndim < 0 || shape.ndim > TG_MAX_DIMS) {
        snprintf(out.text, sizeof out.text, "a shape of %d dimensions",
                 shape.ndim);
        return out;
    }
    for (int d = 0; d < shape.ndim; d++) {
        snprintf(part, sizeof part, d > 0 ? ", %" PRId64 : "%" PRId64,
                 shape.dim[d]);
        used = append(out.text, used, sizeof out.text, part);
    }
    append(out.text, used, sizeof out.text, shape.ndim == 1 ? ",)" : ")");
    return out;
}

tg_text tg_describe(const tg_tensor *t)
{
    if (t == NULL || t == TG_NONE)
        return (tg_text){"(nothing)"};
    tg_text shape = tg_shape_text(tg_tensor_shape(t));
    if (tg_name(t) == NULL)
        return shape;
    tg_text out;
    snprintf(out.text, sizeof out.text, "'%.40s' %.210s", tg_name(t),
             shape.text);
    return out;
}
