/* A backward pass and what belongs to it: nothing of it outlives the pass.
 *
 * A temporary is a tensor that a closure made while nothing is recorded. It
 * lives in the graph's pool and counts its handles: the closure that made it
 * has one until it returns, a slot that keeps it as a gradient has another,
 * and so has a view of its storage. */
#ifndef TINYGRAD_CORE_PASS_H
#define TINYGRAD_CORE_PASS_H

#include "graph.h"

enum { TG_LEADS = 1, TG_TARGET = 2 }; /* bits of tg_pass.paths */

typedef struct tg_pass {
    tg_graph *graph;
    struct tg_pass *outer;
    tg_tensor *temporaries;         /* of the closure that runs now */
    size_t first, n_nodes, n_slots; /* nodes before the first are not visited */
    /* So far: by node, then by slot of a leaf. TG_NONE is a zero. */
    tg_tensor **gradients;
    /* By the same number, which tensors lead to the targets of tg_gradients;
     * NULL: every one that requires a gradient is wanted. */
    unsigned char *paths;
    bool create_graph; /* record the gradients */
    bool lost;         /* a leaf could not be found, for lack of memory */
    tg_observer observer;
    void *observer_env;
} tg_pass;

/* Opens a pass over the nodes up to y's, seeded with grad_y, or with ones. */
tg_status tg_pass_open(tg_pass *p, tg_graph *g, tg_tensor *y,
                       const tg_tensor *grad_y);
/* Restricts it to the ways that lead to xs. */
tg_status tg_pass_aim(tg_pass *p, int n, tg_tensor *const *xs);
/* The engine. */
tg_status tg_pass_run(tg_pass *p);
/* tg_gradients, of checked arguments, that takes results older than the node
 * `first` for independent of one another. */
tg_status tg_pass_gradients(tg_graph *g, size_t first, tg_tensor *y,
                            const tg_tensor *grad_y, int n,
                            tg_tensor *const *xs, tg_tensor **grads,
                            tg_gradients_options options);
/* Adds what has gathered into .grad, of leaves and retained tensors. */
tg_status tg_pass_accumulate(tg_pass *p);
/* TG_ERR_NOMEM, reported, if a leaf was lost. */
tg_status tg_pass_report_lost(const tg_pass *p);
static inline tg_status tg_pass_check_lost(const tg_pass *p)
{
    return p->lost ? tg_pass_report_lost(p) : TG_OK;
}

/* Releases whatever is left. */
void tg_pass_close(tg_pass *p);

/* The number of a leaf in the tables of the pass, or SIZE_MAX; p->lost then
 * says whether there was no memory to find it. */
size_t tg_pass_leaf_number(tg_pass *p, tg_tensor *leaf);

/* The number of t in the tables of the pass, or SIZE_MAX. */
static inline size_t tg_pass_number(tg_pass *p, tg_tensor *t)
{
    if (t->graph != NULL)
        return t->node < p->n_nodes ? t->node : SIZE_MAX;
    if (!tg_leaf_hint_holds(&p->graph->leaves, t))
        return tg_pass_leaf_number(p, t);
    unsigned slot = atomic_load_explicit(&t->slot, memory_order_relaxed);
    return slot < p->n_slots ? p->n_nodes + slot : SIZE_MAX;
}

/* Where the gradient of t gathers; NULL if t is not of this pass. */
static inline tg_tensor **tg_pass_gradient(tg_pass *p, tg_tensor *t)
{
    size_t i = tg_pass_number(p, t);

    return i != SIZE_MAX ? &p->gradients[i] : NULL;
}

/* Does a share for t lead anywhere? */
static inline bool tg_pass_wants(tg_pass *p, tg_tensor *t)
{
    if (!t->requires_grad || p->paths == NULL)
        return t->requires_grad;
    size_t i = tg_pass_number(p, t);
    return i != SIZE_MAX && p->paths[i] != 0;
}

/* Does the gradient of t outlast its node's turn? */
static inline bool tg_pass_keeps(const tg_pass *p, const tg_tensor *t)
{
    if (p->paths == NULL)
        return t->retains_grad;
    return (p->paths[t->node] & TG_TARGET) != 0;
}

/* Adds a share to the gradient at *slot; the caller's handle goes with it. */
tg_status tg_pass_add_later(tg_pass *p, tg_tensor **slot, tg_tensor *share);
static inline tg_status tg_pass_add(tg_pass *p, tg_tensor **slot,
                                    tg_tensor *share)
{
    if (*slot != NULL)
        return tg_pass_add_later(p, slot, share);
    *slot = share;
    return TG_OK;
}

/* A temporary with room for env_size bytes behind its header (*env); NULL if
 * there is no memory. */
tg_tensor *tg_temporary_new(tg_graph *g, tg_dtype dtype, const tg_shape *shape,
                            int64_t size, tg_tensor *base, size_t env_size,
                            void **env);
static inline unsigned tg_temporary_handles(const tg_tensor *t)
{
    return atomic_load_explicit(&t->refs, memory_order_relaxed);
}

static inline void tg_temporary_set_handles(tg_tensor *t, unsigned n)
{
    atomic_store_explicit(&t->refs, n, memory_order_relaxed);
}

/* Has its storage no reader but whoever holds t? Only then may it change. */
static inline bool tg_temporary_is_sole(const tg_tensor *t)
{
    if (t->owner != TG_OWNER_PASS || tg_temporary_handles(t) > 1)
        return false;
    return t->base == NULL || (t->base->owner == TG_OWNER_PASS &&
                               tg_temporary_handles(t->base) == 1);
}

void tg_temporary_end(tg_tensor *t);

/* These leave a tensor alone that is not a temporary. */
static inline void tg_temporary_retain(tg_tensor *t)
{
    if (t->owner == TG_OWNER_PASS)
        tg_temporary_set_handles(t, tg_temporary_handles(t) + 1);
}

static inline void tg_temporary_release(tg_tensor *t)
{
    if (t == NULL || t->owner != TG_OWNER_PASS)
        return;
    unsigned left = tg_temporary_handles(t) - 1;
    tg_temporary_set_handles(t, left);
    if (left == 0)
        tg_temporary_end(t);
}

/* Ends the handles of the closure on its temporaries. */
static inline void tg_pass_end_closure(tg_pass *p)
{
    tg_tensor *next, *t = p->temporaries;

    p->temporaries = NULL;
    for (; t != NULL; t = next) {
        next = t->next;
        tg_temporary_release(t);
    }
}

#endif
