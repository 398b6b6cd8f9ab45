/* Tensors from within: how they begin, and when they were written. */
#ifndef TINYGRAD_CORE_TENSOR_H
#define TINYGRAD_CORE_TENSOR_H

#include <stdatomic.h>

#include "memory.h"
#include "op.h"
#include "poison.h"

/* Bytes of a tensor up to the last extent in use. */
static inline size_t tg_tensor_head(const tg_shape *shape)
{
    return offsetof(tg_tensor, shape.dim) +
           (size_t)shape->ndim * sizeof *shape->dim;
}

/* Gives a tensor its first values: no storage, no details. */
static inline void tg_tensor_init(tg_tensor *t, tg_graph *g, tg_owner owner,
                                  tg_dtype dtype, const tg_shape *shape,
                                  int64_t size)
{
    t->data = NULL;
    t->size = size;
    t->graph = g;
    t->base = NULL;
    t->written = 0;
    t->details = NULL;
    t->node = TG_NO_NODE;
    t->dtype = (uint8_t)dtype;
    t->owner = (uint8_t)owner;
    t->requires_grad = false;
    t->flags = 0;
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

/* Lets the values of t be current, now and after every replay; false if that
 * is not possible, with a failure reported. */
bool tg_tensor_look(const tg_tensor *t);

/* The details of t, which a result is given here; NULL if there is no memory,
 * which is not reported. */
tg_details *tg_tensor_details(tg_tensor *t);

/* y = a + b, n numbers; y may be a. */
void tg_add_many(bool is_f64, size_t n, const void *a, const void *b, void *y);
static inline void tg_add_numbers(bool is_f64, size_t n, const void *a,
                                  const void *b, void *y)
{
    if (n != 1)
        tg_add_many(is_f64, n, a, b, y);
    else if (is_f64)
        *(double *)y = *(const double *)a + *(const double *)b;
    else
        *(float *)y = *(const float *)a + *(const float *)b;
}

/* to += from; f32 or f64, same dtype and size. */
static inline void tg_tensor_accumulate(tg_tensor *to, const tg_tensor *from)
{
    tg_add_numbers(to->dtype == TG_F64, (size_t)to->size, to->data, from->data,
                   to->data);
}

/* Every element is value. */
void tg_tensor_fill(tg_tensor *t, double value);

static inline size_t tg_tensor_bytes(const tg_tensor *t)
{
    return (size_t)t->size * tg_element_size(t->dtype);
}

/* The process counts the times that the library wrote into a tensor. What was
 * written after an op ran is not what the op saw. */
extern atomic_uint_least64_t tg_clock;
static inline uint64_t tg_now(void)
{
    return atomic_load_explicit(&tg_clock, memory_order_relaxed);
}

/* When the elements that t shows were written. */
static inline uint64_t tg_tensor_written(const tg_tensor *t)
{
    return t->base != NULL ? t->base->written : t->written;
}

#endif
