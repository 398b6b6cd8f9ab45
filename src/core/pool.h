/* A pool: buffers that are given back in any order and taken again while they
 * are still in cache. Small ones are cut from an arena and kept by exact size,
 * large ones come from the allocator one by one and are kept by size class.
 * Nothing returns to the allocator before tg_pool_free. */
#ifndef TINYGRAD_CORE_POOL_H
#define TINYGRAD_CORE_POOL_H

#include "arena.h"

/* Large classes: eight to each power of two, from 4 KiB up to 2^62. */
#define TG_SMALL_LIMIT ((size_t)4096)
#define TG_SMALL_CLASSES (4096 / 64 + 1)
#define TG_LARGE_CLASSES (8 * 51)

/* A free buffer holds the link to the next one of its class. */
typedef struct tg_spare {
    struct tg_spare *next;
} tg_spare;

typedef struct tg_pool {
    tg_spare *small[TG_SMALL_CLASSES];
    tg_spare *large[TG_LARGE_CLASSES];
    struct tg_large *all; /* every large buffer, free or not */
    tg_arena arena;
    size_t held;
} tg_pool;

void tg_pool_free(tg_pool *p);
void *tg_pool_take_large(tg_pool *p, size_t size);
void tg_pool_give_large(tg_pool *p, void *buffer);

/* Takes the first of some free buffers of this size. */
static inline void *tg_spare_take(tg_spare **spares, size_t size)
{
    tg_spare *spare = *spares;

    TG_REVEAL(spare, sizeof *spare);
    *spares = spare->next;
    TG_UNPOISON(spare, size);
    return spare;
}

static inline void tg_spare_give(tg_spare **spares, void *buffer, size_t size)
{
    tg_spare *spare = buffer;

    TG_REVEAL(spare, sizeof *spare); /* its owner may have hidden a part */
    spare->next = *spares;
    *spares = spare;
    TG_POISON(spare, size);
}

static inline size_t tg_spare_size(size_t size)
{
    return size > 0 ? tg_align_up(size) : TG_ALIGN;
}

/* The free buffers of a small size. */
static inline tg_spare **tg_pool_spares(tg_pool *p, size_t size)
{
    return &p->small[tg_spare_size(size) / TG_ALIGN];
}

/* Takes size bytes, aligned to TG_ALIGN; NULL if there is no memory. */
static inline void *tg_pool_take(tg_pool *p, size_t size)
{
    if (size > TG_SMALL_LIMIT)
        return tg_pool_take_large(p, size);
    size_t rounded = tg_spare_size(size);
    tg_spare **spares = tg_pool_spares(p, size);
    if (*spares == NULL)
        return tg_arena_take(&p->arena, rounded);
    return tg_spare_take(spares, rounded);
}

/* Gives back what tg_pool_take returned for this size. */
static inline void tg_pool_give(tg_pool *p, void *buffer, size_t size)
{
    if (size > TG_SMALL_LIMIT) {
        tg_pool_give_large(p, buffer);
        return;
    }
    tg_spare_give(tg_pool_spares(p, size), buffer, tg_spare_size(size));
}

#endif
