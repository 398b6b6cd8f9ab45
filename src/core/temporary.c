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
    size_t bytes = (size_t)size * tg_dtype_size(dtype);
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

unsigned tg_temporary_handles(const tg_tensor *t)
{
    return atomic_load_explicit(&t->refs, memory_order_relaxed);
}

static void set_handles(tg_tensor *t, unsigned n)
{
    atomic_store_explicit(&t->refs, n, memory_order_relaxed);
}

void tg_temporary_retain(tg_tensor *t)
{
    if (t->owner == TG_OWNER_PASS)
        set_handles(t, tg_temporary_handles(t) + 1);
}

static void end(tg_tensor *t)
{
    tg_pool *pool = &t->graph->pool;

    if (t->base == NULL && !t->inline_data)
        tg_pool_give(pool, t->data, tg_tensor_bytes(t));
    tg_pool_give(pool, t, t->block);
}

/* A view is never of a view, so this goes round at most twice. */
void tg_temporary_release(tg_tensor *t)
{
    while (t != NULL && t->owner == TG_OWNER_PASS) {
        unsigned left = tg_temporary_handles(t) - 1;
        set_handles(t, left);
        if (left > 0)
            return;
        tg_tensor *base = t->base;
        end(t);
        t = base;
    }
}

void tg_pass_end_closure(tg_pass *p)
{
    while (p->temporaries != NULL) {
        tg_tensor *t = p->temporaries;
        p->temporaries = t->next;
        tg_temporary_release(t);
    }
}
