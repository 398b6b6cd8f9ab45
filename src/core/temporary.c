#include "pass.h"
#include "tensor.h"

/* Where env lies in [header][env][storage]; small storages share the block. */
enum { ENV_OFFSET = (sizeof(tg_tensor) + 15) / 16 * 16 };

static bool fits_inline(size_t head, size_t bytes)
{
    return head + bytes <= TG_SMALL_LIMIT;
}

static void *place_storage(tg_graph *g, tg_tensor *t, size_t head, size_t bytes)
{
    if (t->inline_data)
        return (char *)t + head;
    return tg_pool_take(&g->pool, bytes);
}

tg_tensor *tg_temporary_new(tg_graph *g, tg_dtype dtype, const tg_shape *shape,
                            int64_t size, tg_tensor *base, size_t env_size,
                            void **env)
{
    size_t bytes = (size_t)size * tg_element_size(dtype);
    size_t head = tg_align_up(ENV_OFFSET + env_size);
    bool is_inline = base == NULL && fits_inline(head, bytes);
    size_t block = head + (is_inline ? bytes : 0);
    tg_tensor *t = tg_pool_take(&g->pool, block);

    if (t == NULL)
        return NULL;
    tg_tensor_init(t, g, TG_OWNER_PASS, dtype, shape, size);
    t->block = block;
    t->inline_data = is_inline;
    t->base = base;
    t->data = base != NULL ? base->data : place_storage(g, t, head, bytes);
    if (t->data == NULL) {
        tg_pool_give(&g->pool, t, block);
        return NULL;
    }
    if (base != NULL)
        tg_temporary_retain(base);
    *env = (char *)t + ENV_OFFSET;
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
    tg_pool_give(pool, t, t->block);
    tg_temporary_release(base);
}

void tg_pass_end_closure(tg_pass *p)
{
    while (p->temporaries != NULL) {
        tg_tensor *t = p->temporaries;
        p->temporaries = t->next;
        tg_temporary_release(t);
    }
}
