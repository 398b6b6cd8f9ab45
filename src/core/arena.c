#include "arena.h"

enum { SMALLEST_CHUNK = 16 << 10, LARGEST_STEP = 16 << 20 };

static size_t chunk_size(size_t capacity)
{
    return sizeof(tg_chunk) + TG_ALIGN + capacity;
}

void tg_arena_free(tg_arena *a)
{
    while (a->chunks != NULL) {
        tg_chunk *c = a->chunks;
        a->chunks = c->next;
        TG_UNPOISON(c->bytes, c->capacity);
        tg_memory_free(c, chunk_size(c->capacity));
    }
    *a = (tg_arena){0};
}

/* Chunks grow with the arena, so that their number stays small. */
static tg_chunk *new_chunk(tg_arena *a, size_t size)
{
    size_t capacity = a->held < SMALLEST_CHUNK ? SMALLEST_CHUNK
                      : a->held < LARGEST_STEP ? a->held
                                               : LARGEST_STEP;
    if (capacity < size)
        capacity = size;
    tg_chunk *c = tg_memory_new_large(chunk_size(capacity));
    if (c == NULL)
        return NULL;
    uintptr_t start = (uintptr_t)(c + 1);
    c->bytes = (char *)c + (tg_align_up(start) - (uintptr_t)c);
    c->capacity = capacity;
    TG_POISON(c->bytes, capacity);
    a->held += chunk_size(capacity);
    return c;
}

static void insert_after_current(tg_arena *a, tg_chunk *c)
{
    tg_chunk **link = a->current != NULL ? &a->current->next : &a->chunks;

    c->next = *link;
    *link = c;
}

/* A next chunk that is too small is kept behind the new one: the order in
 * which chunks are filled is the order of the list. */
void *tg_arena_take_from_next(tg_arena *a, size_t size)
{
    tg_chunk *next = a->current != NULL ? a->current->next : a->chunks;

    if (next == NULL || next->capacity < size) {
        next = new_chunk(a, size);
        if (next == NULL)
            return NULL;
        insert_after_current(a, next);
    }
    next->first =
        a->current != NULL ? a->current->first + a->current->capacity : 0;
    next->used = size;
    a->current = next;
    TG_UNPOISON(next->bytes, size);
    return next->bytes;
}

void tg_arena_rewind(tg_arena *a, size_t position)
{
    if (a->current == NULL)
        return;
    for (tg_chunk *c = a->chunks;; c = c->next) {
        if (position <= c->first + c->used || c == a->current) {
            size_t kept = position - c->first;
            TG_POISON(c->bytes + kept, c->capacity - kept);
            c->used = kept;
            for (tg_chunk *d = c; d != a->current; d = d->next)
                TG_POISON(d->next->bytes, d->next->capacity);
            a->current = c;
            return;
        }
    }
}
