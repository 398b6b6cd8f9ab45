#include <tinygrad/graph.h>

#include "graph.h"
#include "pass.h"

tg_graph *tg_graph_new(void)
{
    tg_graph *g = tg_memory_new(sizeof *g);

    if (g == NULL) {
        tg_fail(NULL, TG_ERR_NOMEM, "graph: no memory for a graph");
        return NULL;
    }
    *g = (tg_graph){.recording = true, .training = true};
    return g;
}

void tg_graph_free(tg_graph *g)
{
    if (g == NULL)
        return;
    tg_graph_drop(g, (tg_mark){0, 0});
    tg_pool_free(&g->pool);
    tg_arena_free(&g->record);
    tg_leaves_free(&g->leaves);
    tg_memory_free(g->nodes, g->node_capacity * sizeof *g->nodes);
    tg_memory_free(g, sizeof *g);
}

tg_status tg_graph_status(const tg_graph *g)
{
    if (g == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "graph_status: no graph");
    if (g->failure.status != TG_OK)
        *tg_last_failure() = g->failure;
    return g->failure.status;
}

static tg_status refuse_during_backward(tg_graph *g, const char *call)
{
    return tg_fail(g, TG_ERR_STATE, "%s: a backward is running on this graph",
                   call);
}

tg_status tg_graph_reset(tg_graph *g)
{
    if (g == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "graph_reset: no graph");
    if (g->pass != NULL)
        return refuse_during_backward(g, "graph_reset");
    tg_status s = tg_graph_status(g);
    tg_graph_drop(g, (tg_mark){0, 0});
    g->failure.status = TG_OK;
    return s;
}

tg_mark tg_graph_mark(const tg_graph *g)
{
    if (g == NULL)
        return (tg_mark){0, 0};
    return (tg_mark){g->n_nodes, tg_arena_position(&g->record)};
}

tg_status tg_graph_rewind(tg_graph *g, tg_mark mark)
{
    if (g == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "graph_rewind: no graph");
    if (g->pass != NULL)
        return refuse_during_backward(g, "graph_rewind");
    tg_mark now = tg_graph_mark(g);
    if (mark.node > now.node || mark.memory > now.memory)
        return tg_fail(g, TG_ERR_ARG,
                       "graph_rewind: the mark at node %zu lies ahead of the "
                       "graph's %zu",
                       mark.node, now.node);
    tg_status s = TG_OK;
    if (mark.node < g->plan.n_nodes)
        s = tg_plan_settle_first(g, mark.node);
    tg_graph_drop(g, mark);
    return s;
}

void tg_graph_drop(tg_graph *g, tg_mark mark)
{
    while (g->undo != NULL && g->undo->position >= mark.memory) {
        tg_undo *undo = g->undo;
        g->undo = undo->next;
        undo->run(g, undo->arg);
    }
    if (mark.node < g->plan.n_nodes)
        tg_plan_drop(g);
    g->n_nodes = mark.node;
    tg_arena_rewind(&g->record, mark.memory);
}

tg_tensor *tg_all_or_nothing(tg_graph *g, tg_mark before, tg_tensor *y)
{
    if (y == NULL)
        tg_graph_drop(g, before);
    return y;
}

bool tg_graph_on_rewind(tg_graph *g, void (*run)(tg_graph *g, void *arg),
                        void *arg)
{
    tg_undo *undo = tg_arena_take(&g->record, sizeof *undo);

    if (undo == NULL)
        return false;
    size_t position = tg_arena_position(&g->record) - tg_align_up(sizeof *undo);
    *undo = (tg_undo){g->undo, position, run, arg};
    g->undo = undo;
    return true;
}

bool tg_graph_set_recording(tg_graph *g, bool on)
{
    bool was = g != NULL && g->recording;

    if (g != NULL)
        g->recording = on;
    return was;
}

bool tg_graph_set_training(tg_graph *g, bool on)
{
    bool was = g != NULL && g->training;

    if (g != NULL)
        g->training = on;
    return was;
}

void tg_graph_seed(tg_graph *g, uint64_t seed)
{
    if (g != NULL)
        g->next_draw = (tg_stream){seed, 0};
}

tg_stream tg_graph_draw(tg_graph *g)
{
    tg_stream s = g->next_draw;

    g->next_draw.number++;
    return s;
}

bool tg_is_training(const tg_graph *g)
{
    return g->training;
}

bool tg_is_recomputing(const tg_graph *g)
{
    return g->recomputing;
}

size_t tg_graph_size(const tg_graph *g)
{
    return g != NULL ? g->n_nodes : 0;
}

tg_node_view tg_graph_node(const tg_graph *g, size_t i)
{
    if (i >= tg_graph_size(g))
        return (tg_node_view){0};
    tg_node *node = g->nodes[i];
    return (tg_node_view){node->op->name, &node->out, node->n_in,
                          tg_node_inputs(node), node->op->formula};
}

size_t tg_graph_leaves(const tg_graph *g)
{
    return g != NULL ? g->leaves.count : 0;
}

tg_tensor *tg_graph_leaf(const tg_graph *g, size_t i)
{
    return i < tg_graph_leaves(g) ? g->leaves.items[i] : NULL;
}

/* Looking a leaf up may build the index of leaves, which nobody can tell. */
size_t tg_graph_number(const tg_graph *g, const tg_tensor *t)
{
    uint32_t slot;

    if (g == NULL || t == NULL)
        return SIZE_MAX;
    if (t->graph != NULL)
        return t->graph == g && t->node < g->n_nodes ? t->node : SIZE_MAX;
    if (!tg_leaf_slot((tg_graph *)g, (tg_tensor *)t, &slot) ||
        slot == TG_NO_SLOT)
        return SIZE_MAX;
    return g->n_nodes + slot;
}

size_t tg_graph_memory(const tg_graph *g)
{
    if (g == NULL)
        return 0;
    return sizeof *g + g->node_capacity * sizeof *g->nodes + g->record.held +
           g->pool.arena.held + g->pool.held +
           g->leaves.capacity * sizeof *g->leaves.items;
}
