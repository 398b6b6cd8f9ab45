/* Tensors from within: how they begin and end. */
#ifndef TINYGRAD_CORE_TENSOR_H
#define TINYGRAD_CORE_TENSOR_H

#include "memory.h"
#include "op.h"
#include "poison.h"

/* Gives a header its first values: no storage, no gradient, one handle. Only
 * the extents in use are copied: the rest of a shape is never read. */
static inline void tg_tensor_init(tg_tensor *t, tg_graph *g, tg_owner owner,
                                  tg_dtype dtype, const tg_shape *shape,
                                  int64_t size)
{
    t->data = NULL;
    t->size = size;
    t->graph = g;
    t->node = TG_NO_NODE;
    t->base = NULL;
    t->grad = NULL;
    t->name = NULL;
    t->next = NULL;
    t->block = 0;
    atomic_init(&t->refs, 1);
    atomic_init(&t->slot, TG_NO_SLOT);
    t->version = 0;
    t->reached = 0;
    t->dtype = dtype;
    t->owner = (uint8_t)owner;
    t->requires_grad = false;
    t->retains_grad = false;
    t->inline_data = false;
    t->shape.ndim = shape->ndim;
    for (int d = 0; d < shape->ndim; d++)
        t->shape.dim[d] = shape->dim[d];
}

/* What a small storage takes in front of its header. Where reading or writing
 * behind its end would be noticed, there is something to notice. */
static inline size_t tg_storage_room(size_t bytes)
{
    return ((bytes + 7) & ~(size_t)7) + TG_GUARD;
}

/* A leaf without values. */
tg_tensor *tg_leaf_new(tg_dtype dtype, tg_shape shape);
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
