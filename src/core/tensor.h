/* Tensors from within: how they begin and end. */
#ifndef TINYGRAD_CORE_TENSOR_H
#define TINYGRAD_CORE_TENSOR_H

#include "memory.h"
#include "op.h"

/* Gives a header its first values: no storage, no gradient, one handle. */
void tg_tensor_init(tg_tensor *t, tg_graph *g, tg_owner owner, tg_dtype dtype,
                    const tg_shape *shape, int64_t size);

/* Drops a handle of a leaf; the last one frees it. */
void tg_tensor_release(tg_tensor *leaf);

/* to += from, elementwise; f32 or f64, same dtype and size. */
void tg_tensor_accumulate(tg_tensor *to, const tg_tensor *from);

/* Every element is value. */
void tg_tensor_fill(tg_tensor *t, double value);

static inline size_t tg_tensor_bytes(const tg_tensor *t)
{
    return (size_t)t->size * tg_element_size(t->dtype);
}

#endif
