#include "plan.h"

#include "forward.h"
#include "graph.h"

enum { OBSERVED = 2 }; /* replays before the first plan */

void tg_plan_leave_out(tg_graph *g, tg_tensor *t)
{
    t->flags |= TG_STALE;
    g->plan.leaves_out = true;
}

void tg_plan_give(tg_graph *g)
{
    tg_plan *p = &g->plan;

    if (p->block != NULL)
        tg_pool_give(&g->pool, p->block, p->block_size);
    p->block = NULL;
    for (size_t i = 0; p->leaves_out && i < p->n_nodes; i++)
        g->nodes[i]->out.flags &= (uint8_t)~TG_STALE;
    p->leaves_out = p->is_stale = false;
}

void tg_plan_drop(tg_graph *g)
{
    tg_plan_give(g);
    g->plan = (tg_plan){0};
}

bool tg_plan_begin(tg_graph *g)
{
    tg_plan *p = &g->plan;

    if (p->n_nodes != g->n_nodes) {
        tg_plan_drop(g);
        p->n_nodes = g->n_nodes;
    }
    p->is_stale = false;
    if (p->replays < OBSERVED || tg_is_verifying()) {
        p->replays++;
        return false;
    }
    if (!p->is_made) {
        tg_plan_give(g);
        tg_plan_make(g);
        p->is_made = true;
    }
    p->is_stale = p->leaves_out;
    return p->block != NULL;
}

/* ---- stale results */

TG_COLD static tg_status report_written(tg_graph *g, const tg_node *node,
                                        const tg_tensor *in)
{
    return tg_fail(g, TG_ERR_STATE,
                   "%s: the replay left %s out, and input %s was changed since",
                   node->op->name, tg_describe(&node->out).text,
                   tg_describe(in).text);
}

static tg_status make_up(tg_graph *g, tg_node *node)
{
    tg_call call = tg_node_call(node);

    for (int i = 0; i < node->n_in; i++)
        if (tg_tensor_written(call.in[i]) > tg_node_made(g, node))
            return report_written(g, node, call.in[i]);
    node->out.flags &= (uint8_t)~TG_STALE;
    return tg_run_forward(g, node->op, &call);
}

/* What was made up has lost its mark, so the plan that left it out is over. */
tg_status tg_plan_settle_first(tg_graph *g, size_t n)
{
    tg_plan *p = &g->plan;
    tg_status s = TG_OK;

    if (!p->is_stale)
        return TG_OK;
    p->is_made = false;
    for (size_t i = 0; i < n && s == TG_OK; i++)
        if (g->nodes[i]->out.flags & TG_STALE)
            s = make_up(g, g->nodes[i]);
    p->is_stale = s != TG_OK || n < g->n_nodes;
    return s;
}

tg_status tg_plan_settle(tg_graph *g)
{
    return tg_plan_settle_first(g, g->n_nodes);
}

tg_status tg_plan_settle_all(tg_graph *g)
{
    tg_plan *p = &g->plan;

    if (p->replays > 0 && !p->keeps_all) {
        p->keeps_all = true;
        p->is_made = false;
    }
    return tg_plan_settle(g);
}
