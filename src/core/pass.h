/* A backward pass and what belongs to it: nothing of it outlives the pass.
 *
 * A temporary is a tensor that a closure made while nothing is recorded. It
 * lives in the graph's pool and counts its handles: the closure that made it
 * has one until it returns, a slot that keeps it as a gradient has another,
 * and so has a view of its storage. */
#ifndef TINYGRAD_CORE_PASS_H
#define TINYGRAD_CORE_PASS_H

#include "graph.h"

/* Bits of tg_pass.paths; from TG_WANTED on, one for each of the first inputs of
 * a node that lead somewhere. */
enum { TG_LEADS = 1, TG_TARGET = 2, TG_WANTED = 4, TG_FIRST_INPUTS = 6 };

typedef struct tg_pass {
    tg_graph *graph;
    struct tg_pass *outer;
    struct tg_temporary *temporaries; /* of the closure that runs now */
    size_t first, n_nodes, n_slots; /* nodes before the first are not visited */
    /* So far: by node, then by slot of a leaf. TG_NONE is a zero. */
    tg_tensor **gradients;
    /* By the same number, which tensors lead to the targets of tg_gradients;
     * NULL: every one that requires a gradient is wanted. */
    unsigned char *paths;
    bool create_graph; /* record the gradients */
    bool lost;         /* a leaf could not be found, for lack of memory */
    /* What the closure that runs now gives to one op, and nobody reads after
     * it; or NULL. */
    tg_tensor *spent;
    tg_observer observer;
    void *observer_env;
} tg_pass;

/* The length of its tables. */
static inline size_t tg_pass_count(const tg_pass *p)
{
    return p->n_nodes + p->n_slots;
}

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
    unsigned slot =
        atomic_load_explicit(&tg_leaf_of(t)->slot, memory_order_relaxed);
    return slot < p->n_slots ? p->n_nodes + slot : SIZE_MAX;
}

/* Where the gradient of t gathers; NULL if t is not of this pass. */
static inline tg_tensor **tg_pass_gradient(tg_pass *p, tg_tensor *t)
{
    size_t i = tg_pass_number(p, t);

    return i != SIZE_MAX ? &p->gradients[i] : NULL;
}

/* Does a share for t lead anywhere, in a pass that is aimed? */
static inline bool tg_pass_wants_aimed(tg_pass *p, tg_tensor *t)
{
    if (!t->requires_grad)
        return false;
    size_t i = tg_pass_number(p, t);
    return i != SIZE_MAX && p->paths[i] != 0;
}

/* And in any? */
static inline bool tg_pass_wants(tg_pass *p, tg_tensor *t)
{
    return p->paths != NULL ? tg_pass_wants_aimed(p, t) : t->requires_grad;
}

/* The same for an input of node i. */
static inline bool tg_pass_wants_input(tg_pass *p, size_t i, int k,
                                       tg_tensor *in)
{
    if (p->paths == NULL)
        return in->requires_grad;
    if (k < TG_FIRST_INPUTS)
        return (p->paths[i] & (TG_WANTED << k)) != 0;
    return tg_pass_wants(p, in);
}

/* Does the gradient of t outlast its node's turn? */
static inline bool tg_pass_keeps(const tg_pass *p, const tg_tensor *t)
{
    if (p->paths == NULL)
        return (t->flags & TG_RETAINS_GRAD) != 0;
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

typedef struct tg_temporary {
    struct tg_temporary *next; /* of the same closure */
    size_t block; /* bytes that hold it, and a small storage before it */
    uint32_t handles;
    bool inline_data; /* there is such a storage */
    tg_tensor tensor;
} tg_temporary;

static inline tg_temporary *tg_temporary_of(const tg_tensor *t)
{
    return (tg_temporary *)((char *)t - offsetof(tg_temporary, tensor));
}

/* tg_make while a pass runs and nothing is recorded. */
tg_tensor *tg_temporary_make(tg_graph *g, const tg_request *r);
/* One of the dtype and shape of t, without values; NULL if there is no memory,
 * which is not reported. */
tg_tensor *tg_temporary_like(tg_graph *g, const tg_tensor *t);

static inline bool tg_temporary_has_one_handle(const tg_tensor *t)
{
    return t->owner == TG_OWNER_PASS && tg_temporary_of(t)->handles == 1;
}

/* Has its storage no reader but whoever holds t? Only then may it change. */
static inline bool tg_temporary_is_sole(const tg_tensor *t)
{
    return tg_temporary_has_one_handle(t) &&
           (t->base == NULL || tg_temporary_has_one_handle(t->base));
}

void tg_temporary_end(tg_tensor *t);

/* These leave a tensor alone that is not a temporary. */
static inline void tg_temporary_retain(tg_tensor *t)
{
    if (t->owner == TG_OWNER_PASS)
        tg_temporary_of(t)->handles++;
}

static inline void tg_temporary_release(tg_tensor *t)
{
    if (t == NULL || t->owner != TG_OWNER_PASS)
        return;
    if (--tg_temporary_of(t)->handles == 0)
        tg_temporary_end(t);
}

/* Ends the handles of the closure on its temporaries. */
static inline void tg_pass_end_closure(tg_pass *p)
{
    tg_temporary *next, *t = p->temporaries;

    p->temporaries = NULL;
    for (; t != NULL; t = next) {
        next = t->next;
        tg_temporary_release(&t->tensor);
    }
}

#endif
