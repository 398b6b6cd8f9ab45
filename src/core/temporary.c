#include "pass.h"
#include "tensor.h"

/* A block is [small storage][header][env]. */
typedef struct layout {
    bool inline_data;
    size_t bytes, header, env, size;
} layout;

static layout lay_out(size_t bytes, bool is_view, size_t env_size)
{
    size_t tail = sizeof(tg_tensor) + 15 + env_size;
    size_t front = tg_storage_room(bytes);
    bool inline_data = !is_view && front + tail <= TG_SMALL_LIMIT;
    size_t header = inline_data ? front : 0;
    size_t env = (header + sizeof(tg_tensor) + 15) & ~(size_t)15;

    return (layout){inline_data, bytes, header, env, env + env_size};
}

/* Gives t the storage of base, that in its block or a large one. */
static bool place_storage(tg_graph *g, tg_tensor *t, void *block,
                          const layout *at)
{
    if (t->base != NULL) {
        t->data = t->base->data;
        tg_temporary_retain(t->base);
    } else if (at->inline_data) {
        t->data = block;
        TG_POISON((char *)block + at->bytes, at->header - at->bytes);
    } else {
        t->data = tg_pool_take(&g->pool, at->bytes);
    }
    return t->data != NULL;
}

tg_tensor *tg_temporary_new(tg_graph *g, tg_dtype dtype, const tg_shape *shape,
                            int64_t size, tg_tensor *base, size_t env_size,
                            void **env)
{
    size_t bytes = (size_t)size * tg_element_size(dtype);
    layout at = lay_out(bytes, base != NULL, env_size);
    char *block = tg_pool_take(&g->pool, at.size);

    if (block == NULL)
        return NULL;
    tg_tensor *t = (tg_tensor *)(void *)(block + at.header);
    tg_tensor_init(t, g, TG_OWNER_PASS, dtype, shape, size);
    t->block = at.size;
    t->inline_data = at.inline_data;
    t->base = base;
    if (!place_storage(g, t, block, &at)) {
        tg_pool_give(&g->pool, block, at.size);
        return NULL;
    }
    *env = block + at.env;
    t->next = g->pass->temporaries;
    g->pass->temporaries = t;
    return t;
}

/* A view is never of a view, so this is called at most once more. */
void tg_temporary_end(tg_tensor *t)
{
    tg_pool *pool = &t->graph->pool;
    tg_tensor *base = t->base;

    if (base == NULL && !t->inline_data)
        tg_pool_give(pool, t->data, tg_tensor_bytes(t));
    tg_pool_give(pool, t->inline_data ? t->data : t, t->block);
    tg_temporary_release(base);
}
