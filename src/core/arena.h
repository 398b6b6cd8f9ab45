/* An arena: memory that is taken in order and given back from the end. Chunks
 * never move and are kept for the next round. */
#ifndef TINYGRAD_CORE_ARENA_H
#define TINYGRAD_CORE_ARENA_H

#include <stdbool.h>

#include "memory.h"
#include "poison.h"

/* `first` is the position of a chunk's first byte in the arena: the capacities
 * of all chunks before it. */
typedef struct tg_chunk {
    struct tg_chunk *next;
    char *bytes;
    size_t first, capacity, used;
} tg_chunk;

typedef struct tg_arena {
    tg_chunk *chunks, *current;
    size_t held; /* bytes, of all chunks */
} tg_arena;

void tg_arena_free(tg_arena *a);
/* Where the next byte would be; everything taken later lies at or after it. */
static inline size_t tg_arena_position(const tg_arena *a)
{
    return a->current != NULL ? a->current->first + a->current->used : 0;
}

/* Gives back all that was taken since a position. */
void tg_arena_rewind(tg_arena *a, size_t position);
/* When the current chunk is too small. */
void *tg_arena_take_from_next(tg_arena *a, size_t size);

/* Can so many bytes be taken without asking for memory? */
static inline bool tg_arena_has(const tg_arena *a, size_t size)
{
    const tg_chunk *c = a->current;

    return c != NULL && c->capacity - c->used >= tg_align_up(size);
}

/* Takes size bytes, aligned to TG_ALIGN; NULL if there is no memory. */
static inline void *tg_arena_take(tg_arena *a, size_t size)
{
    tg_chunk *c = a->current;
    size_t rounded = tg_align_up(size);

    if (!tg_arena_has(a, size))
        return tg_arena_take_from_next(a, rounded);
    char *p = c->bytes + c->used;
    c->used += rounded;
    TG_UNPOISON(p, size);
    return p;
}

#endif
