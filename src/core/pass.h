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
    tg_tensor *temporaries; /* of the closure that runs now */
    size_t n_nodes, n_slots;
    tg_tensor **gradients; /* so far: by node, then by slot of a leaf */
    /* By the same number, which tensors lead to the targets of tg_gradients;
     * NULL: every one that requires a gradient is wanted. */
    unsigned char *paths;
    bool create_graph; /* record the gradients */
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
/* Adds what has gathered into .grad, of leaves and retained tensors. */
tg_status tg_pass_accumulate(tg_pass *p);
/* Releases whatever is left. */
void tg_pass_close(tg_pass *p);

/* Where the gradient of t gathers; NULL if t is not of this pass. */
tg_tensor **tg_pass_gradient(tg_pass *p, tg_tensor *t);
/* Does a share for t lead anywhere? */
bool tg_pass_wants(tg_pass *p, tg_tensor *t);
/* Does the gradient of t outlast its node's turn? */
bool tg_pass_keeps(tg_pass *p, const tg_tensor *t);

/* Adds a share to the gradient at *slot; the caller's handle goes with it. */
tg_status tg_pass_add(tg_pass *p, tg_tensor **slot, tg_tensor *share);
/* Ends the handles of the closure on its temporaries. */
void tg_pass_end_closure(tg_pass *p);

/* A temporary with room for env_size bytes behind its header (*env); NULL if
 * there is no memory. */
tg_tensor *tg_temporary_new(tg_graph *g, tg_dtype dtype, const tg_shape *shape,
                            int64_t size, tg_tensor *base, size_t env_size,
                            void **env);
unsigned tg_temporary_handles(const tg_tensor *t);
/* Has its storage no reader but whoever holds t? Only then may it change. */
bool tg_temporary_is_sole(const tg_tensor *t);
/* These leave a tensor alone that is not a temporary. */
void tg_temporary_retain(tg_tensor *t);
void tg_temporary_release(tg_tensor *t);

#endif
