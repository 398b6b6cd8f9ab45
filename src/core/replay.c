#include <tinygrad/graph.h>

#include "forward.h"
#include "graph.h"
#include "pass.h"

static tg_status failed(tg_graph *g, const tg_node *node, tg_status s,
                        unsigned long before)
{
    return tg_closure_failed(g, s, before, node->op->name, "forward");
}

tg_status tg_replay(tg_graph *g)
{
    if (g == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "replay: no graph");
    if (g->pass != NULL)
        return tg_fail(g, TG_ERR_STATE,
                       "replay: a backward is running on this graph");
    unsigned long before = tg_failure_count();
    for (size_t i = 0; i < g->n_nodes; i++) {
        tg_node *node = g->nodes[i];
        tg_status s = tg_forward(node->op, &node->call);
        if (s != TG_OK)
            return failed(g, node, s, before);
        tg_node_save_versions(node);
    }
    return TG_OK;
}
