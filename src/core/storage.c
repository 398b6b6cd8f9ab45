/* What a graph owns until it is rewound: storages and tensors; and its room. */
#include "graph.h"

typedef struct large_storage {
    void *bytes;
    size_t size;
} large_storage;

static void give_back(tg_graph *g, void *arg)
{
    large_storage *storage = arg;

    tg_pool_give(&g->pool, storage->bytes, storage->size);
}

/* Large storages come from the pool, so that what a backward pass has released
 * can serve the next step's forward, and the other way round. */
static void *take_large(tg_graph *g, size_t size)
{
    large_storage *storage = tg_arena_take(&g->record, sizeof *storage);

    if (storage == NULL)
        return NULL;
    *storage = (large_storage){tg_pool_take(&g->pool, size), size};
    if (storage->bytes == NULL)
        return NULL;
    if (tg_graph_on_rewind(g, give_back, storage))
        return storage->bytes;
    tg_pool_give(&g->pool, storage->bytes, size);
    return NULL;
}

void *tg_graph_storage(tg_graph *g, size_t bytes)
{
    if (bytes > TG_SMALL_LIMIT)
        return take_large(g, bytes);
    return tg_arena_take(&g->record, bytes > 0 ? bytes : 1);
}

tg_tensor *tg_graph_tensor_like(tg_graph *g, const tg_tensor *like)
{
    tg_mark before = tg_graph_mark(g);
    tg_tensor *t = tg_arena_take(&g->record, tg_tensor_head(&like->shape));
    void *data = t != NULL ? tg_graph_storage(g, tg_tensor_bytes(like)) : NULL;

    if (data == NULL) {
        tg_graph_drop(g, before);
        return NULL;
    }
    tg_tensor_init(t, g, TG_OWNER_GRAPH, like->dtype, &like->shape, like->size);
    t->data = data;
    return t;
}

void *tg_graph_room(tg_graph *g, size_t bytes)
{
    if (bytes <= g->room_size)
        return g->room;
    if (g->room_size > 0)
        tg_pool_give(&g->pool, g->room, g->room_size);
    g->room = tg_pool_take(&g->pool, bytes);
    g->room_size = g->room != NULL ? bytes : 0;
    return g->room;
}
