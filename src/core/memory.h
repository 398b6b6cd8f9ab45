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

void *tg_memory_new(size_t size); /* NULL if there is none; size > 0 */
void *tg_memory_resize(void *p, size_t old_size, size_t size);
void tg_memory_free(void *p, size_t size); /* p may be NULL */

/* Makes an array of at least `wanted` elements out of one of *capacity,
 * doubling; returns NULL, with the array untouched, if there is no memory. */
void *tg_memory_grow(void *array, size_t *capacity, size_t wanted,
                     size_t element);

#endif
