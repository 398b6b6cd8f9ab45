/* A leaf from within: a tensor with memory of its own, counted by handles. Its
 * owner has one, and so has every graph that holds it. */
#ifndef TINYGRAD_CORE_LEAF_H
#define TINYGRAD_CORE_LEAF_H

#include "tensor.h"

#define TG_NO_SLOT UINT32_MAX

typedef struct tg_leaf {
    size_t block; /* bytes of the leaf and its storage */
    tg_details details;
    atomic_uint refs;
    atomic_uint slot; /* where a graph holds it: a hint, to be checked */
    tg_tensor tensor;
} tg_leaf;

static inline tg_leaf *tg_leaf_of(const tg_tensor *t)
{
    return (tg_leaf *)((char *)t - offsetof(tg_leaf, tensor));
}

/* A leaf without values. */
tg_tensor *tg_leaf_new(tg_dtype dtype, tg_shape shape);
/* Drops a handle; the last one frees the leaf. */
void tg_leaf_release(tg_tensor *leaf);

#endif
