/* Every byte that the library holds comes through one function. */
#ifndef TINYGRAD_MEMORY_H
#define TINYGRAD_MEMORY_H

#include <stddef.h>

#include <tinygrad/export.h>

TG_BEGIN_DECLS

/* One function allocates, resizes and frees, as in Lua:
 * realloc(ctx, NULL, 0, n) allocates n bytes, realloc(ctx, p, old, n) resizes,
 * realloc(ctx, p, old, 0) frees. It returns memory aligned as malloc's, or
 * NULL; freeing cannot fail. Called from several threads if the library is. */
typedef struct tg_allocator {
    void *(*realloc)(void *ctx, void *p, size_t old_size, size_t new_size);
    void *ctx;
} tg_allocator;

/* Sets the allocator of the process; call it before anything is allocated.
 * An allocator whose realloc is NULL brings back the C library's. */
TG_API void tg_set_allocator(tg_allocator a);

/* Memory from that allocator, for what builds on the library: NULL if there is
 * none (size > 0). Sizes go back with the memory; freeing NULL does nothing. */
TG_API void *tg_memory_new(size_t size);
TG_API void *tg_memory_resize(void *p, size_t old_size, size_t size);
TG_API void tg_memory_free(void *p, size_t size);

TG_END_DECLS

#endif
