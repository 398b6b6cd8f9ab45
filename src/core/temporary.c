#include "forward.h"
#include "pass.h"

#include <string.h>

/* A block is [small storage][header][env]. */
typedef struct layout {
    bool inline_data;
    size_t bytes, header, env, size;
} layout;

static layout lay_out(const tg_shape *shape, size_t bytes, bool is_view,
                      size_t env_size)
{
    size_t head = offsetof(tg_temporary, tensor) + tg_tensor_head(shape);
    size_t front = tg_storage_room(bytes);
    bool inline_data =
        !is_view && front + tg_align_env(head) + env_size <= TG_SMALL_LIMIT;
    size_t header = inline_data ? front : 0;
    size_t env = tg_align_env(header + head);

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

/* The result of a call that was requested, with room for env. */
static inline tg_tensor *new_temporary(tg_graph *g, const tg_request *r,
                                       void **env)
{
    size_t bytes = (size_t)r->size * tg_element_size(r->dtype);
    layout at = lay_out(r->shape, bytes, r->base != NULL, r->env_size);
    char *block = tg_pool_take(&g->pool, at.size);

    if (block == NULL)
        return NULL;
    tg_temporary *t = (tg_temporary *)(void *)(block + at.header);
    tg_tensor_init(&t->tensor, g, TG_OWNER_PASS, r->dtype, r->shape, r->size);
    t->tensor.base = r->base;
    t->block = at.size;
    t->handles = 1;
    t->inline_data = at.inline_data;
    if (!place_storage(g, &t->tensor, block, &at)) {
        tg_pool_give(&g->pool, block, at.size);
        return NULL;
    }
    *env = block + at.env;
    t->next = g->pass->temporaries;
    g->pass->temporaries = t;
    return &t->tensor;
}

tg_tensor *tg_temporary_like(tg_graph *g, const tg_tensor *like)
{
    void *env;
    tg_request r = {
        .dtype = like->dtype, .shape = &like->shape, .size = like->size};

    return new_temporary(g, &r, &env);
}

/* A large gradient is written over by the op that reads it last: of two
 * buffers one is enough, and it is in cache. */
static bool takes_over(const tg_pass *p, const tg_request *r)
{
    const tg_tensor *dy = p->spent;
    bool reads = false;

    if (r->op->run == NULL || r->size != dy->size ||
        tg_tensor_bytes(dy) <= TG_SMALL_LIMIT || p->observer != NULL ||
        tg_is_verifying() || !tg_temporary_is_sole(dy))
        return false;
    for (int i = 0; i < r->n_in; i++)
        reads |= r->in[i] == dy;
    return reads;
}

static tg_tensor *make(tg_graph *g, const tg_request *r)
{
    void *env;
    tg_tensor *out = new_temporary(g, r, &env);

    if (out == NULL)
        return tg_no_memory_for_result(g, r);
    if (r->env_size > 0)
        memcpy(env, r->env, r->env_size);
    tg_call call = {.out = out, .n_in = r->n_in, .in = r->in, .env = env};
    if (tg_run_forward(g, r->op, &call) != TG_OK)
        return NULL;
    if (r->op->destroy != NULL)
        r->op->destroy(env);
    return out;
}

tg_tensor *tg_temporary_make(tg_graph *g, const tg_request *r)
{
    tg_tensor *dy = g->pass->spent;

    if (dy == NULL || !takes_over(g->pass, r))
        return make(g, r);
    tg_request over = *r;
    over.base = dy->base != NULL ? dy->base : dy;
    g->pass->spent = NULL;
    return make(g, &over);
}

/* And its base, if this was the last that held it. */
void tg_temporary_end(tg_tensor *t)
{
    tg_pool *pool = &t->graph->pool;

    do {
        tg_temporary *block = tg_temporary_of(t);
        tg_tensor *base = t->base;
        if (base == NULL && !block->inline_data)
            tg_pool_give(pool, t->data, tg_tensor_bytes(t));
        tg_pool_give(pool, block->inline_data ? t->data : block, block->block);
        t = base;
    } while (t != NULL && t->owner == TG_OWNER_PASS &&
             --tg_temporary_of(t)->handles == 0);
}
