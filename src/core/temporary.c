#include "temporary.h"

#include "forward.h"

#include <string.h>

bool tg_temporary_find_storage(tg_graph *g, tg_tensor *t, size_t bytes)
{
    if (t->base != NULL) {
        t->data = t->base->data;
        tg_temporary_retain(t->base);
    } else {
        t->data = tg_pool_take(&g->pool, bytes);
    }
    return t->data != NULL;
}

tg_tensor *tg_temporary_like(tg_graph *g, const tg_tensor *like)
{
    void *env;
    tg_request r = {
        .dtype = like->dtype, .shape = &like->shape, .size = like->size};

    return tg_temporary_new(g, &r, &env);
}

static tg_tensor *run(tg_graph *g, const tg_request *r, tg_tensor *out,
                      void *env)
{
    tg_call call = {.out = out, .n_in = r->n_in, .in = r->in, .env = env};

    return tg_run_forward(g, r->op, &call) == TG_OK ? out : NULL;
}

/* An op that takes over is elementwise and only reads its env. */
tg_tensor *tg_temporary_make(tg_graph *g, const tg_request *r)
{
    tg_tensor *spent = g->pass->spent;
    void *env;

    if (!tg_is_verifying() && tg_temporary_takes_over(g->pass, r)) {
        g->pass->spent = NULL;
        return run(g, r, spent, (void *)r->env);
    }
    tg_tensor *out = tg_temporary_new(g, r, &env);
    if (out == NULL)
        return tg_no_memory_for_result(g, r);
    if (r->env_size > 0)
        memcpy(env, r->env, r->env_size);
    out = run(g, r, out, env);
    if (out != NULL && r->op->destroy != NULL)
        r->op->destroy(env);
    return out;
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
