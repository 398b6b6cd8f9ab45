#include <tinygrad/graph.h>

#include "forward.h"
#include "graph.h"
#include "pass.h"

TG_COLD static tg_status failed(tg_graph *g, const tg_node *node, tg_status s,
                                unsigned long before)
{
    return tg_closure_failed(g, s, before, node->op->name, "forward");
}

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

/* `number` is work on one number, but for where that lies. */
static inline tg_status run_step(tg_graph *g, const tg_step *step,
                                 tg_work *number)
{
    if (step->run == NULL)
        return run_node(g, step->of.node);
    if (step->of.number.out != NULL) {
        number->out = step->of.number.out;
        number->in[0] = step->of.number.in[0];
        number->in[1] = step->of.number.in[1];
        step->run(number);
    } else {
        step->run(step->of.other.work);
    }
    return TG_OK;
}

static tg_status run_steps(tg_graph *g, const tg_stage *stage)
{
    uint8_t width = g->plan.is_f64 ? sizeof(double) : sizeof(float);
    tg_work number = {.n = 1,
                      .step = {1, 1},
                      .width = {width, width},
                      .is_f64 = g->plan.is_f64};
    tg_status s = TG_OK;

    for (size_t i = 0; i < stage->count && s == TG_OK; i++)
        s = run_step(g, &stage->steps[i], &number);
    return s;
}

static tg_status run_stages(tg_graph *g)
{
    const tg_plan *p = &g->plan;
    tg_status s = TG_OK;

    for (size_t i = 0; i < p->n_stages && s == TG_OK; i++) {
        s = run_steps(g, &p->stages[i]);
        if (s == TG_OK && p->stages[i].group.count > 0)
            tg_group_run(&p->stages[i].group);
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
