#include <tinygrad/graph.h>

#include "forward.h"
#include "graph.h"
#include "pass.h"

TG_COLD static tg_status failed(tg_graph *g, const tg_node *node, tg_status s,
                                unsigned long before)
{
    return tg_closure_failed(g, s, before, node->op->name, "forward");
}

/* Inputs of gradients are as old as the nodes are many: by the time that they
 * are read they are in cache again. */
enum { AHEAD = 16 };

static tg_status run_node(tg_graph *g, tg_node *node)
{
    unsigned long before = tg_failure_count();
    tg_call call = tg_node_call(node);
    tg_status s = tg_forward(node->op, &call);

    node->made = tg_now();
    return s == TG_OK ? s : failed(g, node, s, before);
}

static tg_status run_nodes(tg_graph *g)
{
    tg_status s = TG_OK;

    for (size_t i = 0; i < g->n_nodes && s == TG_OK; i++)
        s = run_node(g, g->nodes[i]);
    return s;
}

static inline void fetch(const tg_step *step)
{
    if (step->run != NULL) {
        TG_FETCH(step->of.work.in[0]);
        TG_FETCH(step->of.work.in[1]);
    }
}

static tg_status run_steps(tg_graph *g, const tg_stage *stage)
{
    tg_status s = TG_OK;

    for (size_t i = 0; i < stage->count && s == TG_OK; i++) {
        const tg_step *step = &stage->steps[i];
        if (i + AHEAD < stage->count)
            fetch(step + AHEAD);
        if (step->run != NULL)
            step->run(&step->of.work);
        else
            s = run_node(g, step->of.node);
    }
    return s;
}

static tg_status run_stages(tg_graph *g)
{
    const tg_plan *p = &g->plan;
    tg_status s = TG_OK;

    for (size_t i = 0; i < p->n_stages && s == TG_OK; i++) {
        s = run_steps(g, &p->stages[i]);
        if (s == TG_OK && p->stages[i].group.count > 0)
            tg_group_run(g, &p->stages[i].group);
    }
    return s;
}

tg_status tg_replay(tg_graph *g)
{
    if (g == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "replay: no graph");
    if (g->pass != NULL)
        return tg_fail(g, TG_ERR_STATE,
                       "replay: a backward is running on this graph");
    uint64_t before = tg_now();
    bool planned = tg_plan_begin(g);
    tg_status s = planned ? run_stages(g) : run_nodes(g);
    if (!planned)
        g->plan.is_loud |= tg_now() != before;
    else if (s == TG_OK)
        g->replayed = before;
    if (s == TG_OK)
        g->began = before;
    return s;
}
