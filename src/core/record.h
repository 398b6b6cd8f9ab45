/* How a record is laid out: a small storage, and then the node. */
#ifndef TINYGRAD_CORE_RECORD_H
#define TINYGRAD_CORE_RECORD_H

#include "graph.h"

#include <string.h>

/* Where things lie from the first byte of a record on. */
typedef struct tg_layout {
    bool inline_data;
    size_t bytes, node, size;
} tg_layout;

static inline tg_layout tg_record_layout(const tg_request *r)
{
    size_t bytes = (size_t)r->size * tg_element_size(r->dtype);
    bool inline_data = r->base == NULL && bytes <= TG_SMALL_LIMIT;
    size_t node = inline_data ? tg_storage_room(bytes) : 0;
    size_t end =
        node + tg_node_head(r->shape) + (size_t)r->n_in * sizeof(tg_tensor *);

    if (r->env_size > 0)
        end = tg_align_env(end) + r->env_size;
    return (tg_layout){inline_data, bytes, node, end};
}

/* A new node in the record at p; its storage, if that lies elsewhere, is not
 * there yet. */
static inline tg_node *tg_record_fill(void *p, tg_graph *g, const tg_request *r,
                                      const tg_layout *at)
{
    tg_node *node = (tg_node *)(void *)((char *)p + at->node);

    node->op = r->op;
    node->n_in = r->n_in;
    node->has_env = r->env_size > 0;
    tg_tensor_init(&node->out, g, TG_OWNER_GRAPH, r->dtype, r->shape, r->size);
    node->out.base = r->base;
    node->out.data = at->inline_data   ? p
                     : r->base != NULL ? r->base->data
                                       : NULL;
    if (at->inline_data)
        TG_POISON((char *)p + at->bytes, at->node - at->bytes);
    if (r->env_size > 0)
        memcpy(tg_node_call(node).env, r->env, r->env_size);
    return node;
}

static inline bool tg_record_requires_grad(const tg_graph *g,
                                           const tg_request *r, bool wanted)
{
    return wanted & g->recording & !r->op->stops_gradient &
           (r->dtype != TG_I64);
}

static inline void tg_record_append(tg_graph *g, tg_node *node)
{
    node->made = tg_now();
    if (g->n_nodes == 0)
        g->began = node->made;
    node->out.node = (uint32_t)g->n_nodes;
    g->nodes[g->n_nodes++] = node;
}

#endif
