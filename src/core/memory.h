/* Memory through the process's allocator. Sizes go back with the memory, as
 * the allocator wants them. */
#ifndef TINYGRAD_CORE_MEMORY_H
#define TINYGRAD_CORE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include <tinygrad/memory.h>

/* Storage starts at multiples of this: a cache line, and the widest vector. */
#define TG_ALIGN ((size_t)64)

static inline size_t tg_align_up(size_t n)
{
    return (n + TG_ALIGN - 1) & ~(TG_ALIGN - 1);
}

/* tg_memory_new for what will be filled: where the system has huge pages, a
 * first touch then costs much less. */
void *tg_memory_new_large(size_t size);

/* Makes an array of at least `wanted` elements out of one of *capacity,
 * doubling; returns NULL, with the array untouched, if there is no memory. */
void *tg_memory_grow(void *array, size_t *capacity, size_t wanted,
                     size_t element);

#endif
