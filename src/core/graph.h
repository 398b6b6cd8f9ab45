/* The graph from within.
 *
 * Invariant: a node comes after the nodes of its inputs; hence newest first is
 * an order for backward, and oldest first one for replay.
 *
 * Three lifetimes of memory: what is recorded lives in `record` (large
 * storages in `pool`) until reset or rewind; what a backward pass makes lives
 * in `pool` until its last use; leaves have memory of their own. */
#ifndef TINYGRAD_CORE_GRAPH_H
#define TINYGRAD_CORE_GRAPH_H

#include <tinygrad/graph.h>

#include "arena.h"
#include "error.h"
#include "leaves.h"
#include "op.h"
#include "pool.h"

/* What happened to whom, as facts of the computation only. */
typedef struct tg_node {
    const tg_op *op;
    tg_call call;
} tg_node;

/* What has to be undone when the record is rewound past `position`. */
typedef struct tg_undo {
    struct tg_undo *next;
    size_t position;
    void (*run)(tg_graph *g, void *arg);
    void *arg;
} tg_undo;

struct tg_graph {
    tg_node **nodes;
    size_t n_nodes, node_capacity;
    tg_arena record;
    tg_pool pool;
    void *room; /* of tg_graph_room, from the pool */
    size_t room_size;
    tg_undo *undo; /* newest first */
    tg_leaves leaves;
    struct tg_pass *pass; /* the innermost backward that is running */
    bool recording, training;
    bool recomputing; /* a checkpoint's function, for its backward */
    tg_stream next_draw;
    unsigned long failures;
    tg_failure failure; /* the first since the last reset */
};

/* Arranges that run(g, arg) is called when the record is rewound past here. */
bool tg_graph_on_rewind(tg_graph *g, void (*run)(tg_graph *g, void *arg),
                        void *arg);

/* tg_graph_rewind without its checks. */
void tg_graph_drop(tg_graph *g, tg_mark mark);

/* A tensor that g owns until it is rewound past here, with a storage of its
 * own (undefined values); NULL if there is no memory, which is not reported. */
tg_tensor *tg_graph_tensor(tg_graph *g, tg_dtype dtype, tg_shape shape);

/* Storage that g owns likewise. */
void *tg_graph_storage(tg_graph *g, size_t bytes);

/* The storage's tensor: the one whose version counts. */
static inline const tg_tensor *tg_storage_of(const tg_tensor *t)
{
    return t->base != NULL ? t->base : t;
}

/* Behind a node's inputs lie their versions when the op ran, and last that of
 * out; none if the op's backward reads no values. */
static inline size_t tg_count_versions(const tg_op *op, int n_in)
{
    return op->saves_nothing ? 0 : (size_t)n_in + 1;
}

static inline uint32_t *tg_node_versions(const tg_node *node)
{
    return (uint32_t *)(void *)(node->call.in + node->call.n_in);
}

/* Lets the versions of a node be those of now. */
static inline void tg_node_save_versions(tg_node *node)
{
    const tg_call *call = &node->call;
    uint32_t *versions = tg_node_versions(node);

    if (node->op->saves_nothing)
        return;
    for (int i = 0; i < call->n_in; i++)
        versions[i] = tg_storage_of(call->in[i])->version;
    versions[call->n_in] = tg_storage_of(call->out)->version;
}

#endif
