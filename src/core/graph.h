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
#include "plan.h"
#include "pool.h"
#include "tensor.h"

/* What happened to whom, as facts of the computation only. A node is one piece
 * of memory with its result: behind the extents of `out` lie its inputs, and
 * env behind them. With a storage of one number before it, what most nodes of
 * one number need lies in two cache lines. */
typedef struct tg_node {
    const tg_op *op;
    uint64_t made; /* when: what was written later is not what the op saw */
    int n_in;
    bool has_env;
    tg_tensor out;
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
    tg_plan plan;
    uint64_t began;       /* no node was made before: when the first one was */
    uint64_t replayed;    /* when the latest replay by a plan began */
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

/* A tensor of the dtype and shape of t that g owns until it is rewound past
 * here, with a storage of its own (undefined values); NULL if there is no
 * memory, which is not reported. */
tg_tensor *tg_graph_tensor_like(tg_graph *g, const tg_tensor *t);

/* Reports that there is no memory for what was requested; NULL. */
tg_tensor *tg_no_memory_for_result(tg_graph *g, const tg_request *r);

/* Storage that g owns likewise. */
void *tg_graph_storage(tg_graph *g, size_t bytes);

/* The offsets of a node's inputs and of its env. */
static inline size_t tg_node_head(const tg_shape *shape)
{
    return offsetof(tg_node, out) + tg_tensor_head(shape);
}

static inline tg_tensor **tg_node_inputs(const tg_node *node)
{
    return (tg_tensor **)(void *)((char *)node +
                                  tg_node_head(&node->out.shape));
}

/* The node of a result. */
static inline tg_node *tg_node_of(const tg_tensor *out)
{
    return (tg_node *)((char *)out - offsetof(tg_node, out));
}

/* When a node ran. The steps of a plan do not tell, but then nothing that they
 * read is written meanwhile. */
static inline uint64_t tg_node_made(const tg_graph *g, const tg_node *node)
{
    return node->made > g->replayed ? node->made : g->replayed;
}

/* env is aligned as malloc's memory is. */
static inline uintptr_t tg_align_env(uintptr_t end)
{
    return (end + 15) & ~(uintptr_t)15;
}

/* The call that the node was made by. */
static inline tg_call tg_node_call(tg_node *node)
{
    tg_tensor **in = tg_node_inputs(node);

    return (tg_call){.out = &node->out,
                     .n_in = node->n_in,
                     .in = in,
                     .env = (void *)tg_align_env((uintptr_t)(in + node->n_in))};
}

#endif
