#include <tinygrad/memory.h>

#include "memory.h"

#include <stdlib.h>

static void *libc_realloc(void *ctx, void *p, size_t old_size, size_t new_size)
{
    (void)ctx;
    (void)old_size;
    if (new_size > 0)
        return realloc(p, new_size);
    free(p);
    return NULL;
}

static tg_allocator allocator = {libc_realloc, NULL};

void tg_set_allocator(tg_allocator a)
{
    allocator = a.realloc != NULL ? a : (tg_allocator){libc_realloc, NULL};
}

void *tg_memory_new(size_t size)
{
    return allocator.realloc(allocator.ctx, NULL, 0, size);
}

void *tg_memory_resize(void *p, size_t old_size, size_t size)
{
    return allocator.realloc(allocator.ctx, p, old_size, size);
}

void tg_memory_free(void *p, size_t size)
{
    if (p != NULL)
        allocator.realloc(allocator.ctx, p, size, 0);
}

void *tg_memory_grow(void *array, size_t *capacity, size_t wanted,
                     size_t element)
{
    size_t more = *capacity > 0 ? *capacity : 16;

    while (more < wanted)
        more *= 2;
    void *grown = tg_memory_resize(array, *capacity * element, more * element);
    if (grown != NULL)
        *capacity = more;
    return grown;
}
