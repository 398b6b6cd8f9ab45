/* madvise is not of the C standard. */
#define _DEFAULT_SOURCE

#include <tinygrad/memory.h>

#include "memory.h"

#include <stdlib.h>

#if defined(__linux__)
#include <sys/mman.h>
#endif

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

/* Asks for huge pages for what [p, p + size) holds of them. Memory of another
 * allocator is its own business; a system that refuses is as before. */
static void advise(void *p, size_t size)
{
#if defined(MADV_HUGEPAGE)
    const uintptr_t page = (uintptr_t)2 << 20;
    uintptr_t first = ((uintptr_t)p + page - 1) & ~(page - 1);
    uintptr_t last = ((uintptr_t)p + size) & ~(page - 1);

    if (allocator.realloc == libc_realloc && last > first)
        madvise((void *)first, last - first, MADV_HUGEPAGE);
#else
    (void)p;
    (void)size;
#endif
}

void *tg_memory_new_large(size_t size)
{
    void *p = tg_memory_new(size);

    if (p != NULL && size >= (size_t)4 << 20)
        advise(p, size);
    return p;
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
