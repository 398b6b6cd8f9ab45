#include "pool.h"

/* Precedes the bytes of a large buffer. */
typedef struct tg_large {
    struct tg_large *next;
    size_t class, raw_size;
    char *bytes;
} tg_large;

enum { STEPS = 8, FIRST_POWER = 12, TOLERATED_CLASSES = STEPS };

/* How many bytes a class holds: (8 + step) / 8 of a power of two. */
static size_t class_size(size_t class)
{
    return (STEPS + class % STEPS) << (class / STEPS + FIRST_POWER - 3);
}

/* The smallest class that holds size bytes; size > TG_SMALL_LIMIT. */
static size_t class_of(size_t size)
{
    size_t power = 63 - (size_t)__builtin_clzll((unsigned long long)size);
    size_t step = (size >> (power - 3)) - STEPS;
    size_t class = (power - FIRST_POWER) * STEPS + step;

    return class_size(class) < size ? class + 1 : class;
}

static tg_large *large_of(void *buffer)
{
    return (tg_large *)(void *)((char *)buffer - tg_align_up(sizeof(tg_large)));
}

static void *new_large(tg_pool *p, size_t class)
{
    size_t header = tg_align_up(sizeof(tg_large));
    size_t raw_size = class_size(class) + header + TG_ALIGN;
    char *raw = tg_memory_new_large(raw_size);

    if (raw == NULL)
        return NULL;
    char *bytes = raw + (tg_align_up((uintptr_t)raw) - (uintptr_t)raw) + header;
    tg_large *large = large_of(bytes);
    *large = (tg_large){p->all, class, raw_size, raw};
    p->all = large;
    p->held += raw_size;
    return bytes;
}

/* A free buffer of up to twice the size will do: shapes that vary from step to
 * step then share buffers instead of piling them up. */
void *tg_pool_take_large(tg_pool *p, size_t size)
{
    size_t class = class_of(size);

    if (class >= TG_LARGE_CLASSES)
        return NULL;
    for (size_t c = class; c <= class + TOLERATED_CLASSES; c++) {
        if (c < TG_LARGE_CLASSES && p->large[c] != NULL)
            return tg_spare_take(&p->large[c], class_size(c));
    }
    return new_large(p, class);
}

void tg_pool_give_large(tg_pool *p, void *buffer)
{
    size_t class = large_of(buffer)->class;

    tg_spare_give(&p->large[class], buffer, class_size(class));
}

void tg_pool_free(tg_pool *p)
{
    while (p->all != NULL) {
        tg_large *large = p->all;
        p->all = large->next;
        TG_REVEAL(large->bytes, large->raw_size);
        tg_memory_free(large->bytes, large->raw_size);
    }
    tg_arena_free(&p->arena);
    *p = (tg_pool){0};
}
