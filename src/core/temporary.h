/* How a temporary is laid out, and when none is needed. */
#ifndef TINYGRAD_CORE_TEMPORARY_H
#define TINYGRAD_CORE_TEMPORARY_H

#include "pass.h"

/* A block is [small storage][header][env]. */
typedef struct tg_block {
    bool inline_data;
    size_t bytes, header, env, size;
} tg_block;

static inline tg_block tg_temporary_layout(const tg_request *r)
{
    size_t bytes = (size_t)r->size * tg_element_size(r->dtype);
    size_t head = offsetof(tg_temporary, tensor) + tg_tensor_head(r->shape);
    size_t front = tg_storage_room(bytes);
    bool inline_data =
        r->base == NULL &&
        front + tg_align_env(head) + r->env_size <= TG_SMALL_LIMIT;
    size_t header = inline_data ? front : 0;
    size_t env = tg_align_env(header + head);

    return (tg_block){inline_data, bytes, header, env, env + r->env_size};
}

/* Gives t the storage of its base, or a large one. */
bool tg_temporary_find_storage(tg_graph *g, tg_tensor *t, size_t bytes);

/* The result of a call, with room for its env; NULL if there is no memory. */
static inline tg_tensor *tg_temporary_new(tg_graph *g, const tg_request *r,
                                          void **env)
{
    tg_block at = tg_temporary_layout(r);
    char *block = tg_pool_take(&g->pool, at.size);

    if (block == NULL)
        return NULL;
    tg_temporary *t = (tg_temporary *)(void *)(block + at.header);
    tg_tensor_init(&t->tensor, g, TG_OWNER_PASS, r->dtype, r->shape, r->size);
    t->tensor.base = r->base;
    t->tensor.data = block;
    t->block = at.size;
    t->handles = 1;
    t->inline_data = at.inline_data;
    if (at.inline_data) {
        TG_POISON(block + at.bytes, at.header - at.bytes);
    } else if (!tg_temporary_find_storage(g, &t->tensor, at.bytes)) {
        tg_pool_give(&g->pool, block, at.size);
        return NULL;
    }
    *env = block + at.env;
    t->next = g->pass->temporaries;
    g->pass->temporaries = t;
    return &t->tensor;
}

/* A gradient becomes the result of the op that reads it last, if that writes
 * each element where it read it: of two buffers one is enough, and it is in
 * cache. A kernel that is verified needs both. */
static inline bool tg_temporary_takes_over(const tg_pass *p,
                                           const tg_request *r)
{
    const tg_tensor *dy = p->spent;
    bool reads = false;

    if (dy == NULL)
        return false;
    for (int i = 0; i < r->n_in; i++)
        reads |= r->in[i] == dy;
    return reads && r->op->run != NULL && r->dtype == dy->dtype &&
           tg_same_shape(r->shape, &dy->shape) && tg_temporary_is_sole(dy) &&
           p->observer == NULL;
}

#endif
