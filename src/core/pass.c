#include "pass.h"

#include <string.h>

TG_COLD static tg_status no_memory(tg_pass *p)
{
    return tg_fail(p->graph, TG_ERR_NOMEM, "backward: no memory for %zu nodes",
                   p->n_nodes);
}

size_t tg_pass_leaf_number(tg_pass *p, tg_tensor *leaf)
{
    uint32_t slot = TG_NO_SLOT;

    if (!tg_leaf_slot(p->graph, leaf, &slot))
        p->lost = true;
    return slot < p->n_slots ? p->n_nodes + slot : SIZE_MAX;
}

tg_status tg_pass_report_lost(const tg_pass *p)
{
    return tg_fail(p->graph, TG_ERR_NOMEM,
                   "backward: no memory to find leaves");
}

/* Ones, as a temporary or, if gradients are recorded, as a constant. */
static tg_tensor *new_ones(tg_pass *p, const tg_tensor *y)
{
    tg_tensor *ones = p->create_graph ? tg_graph_tensor_like(p->graph, y)
                                      : tg_temporary_like(p->graph, y);

    if (ones == NULL)
        return NULL;
    tg_tensor_fill(ones, 1.0);
    return ones;
}

static bool make_tables(tg_pass *p)
{
    size_t bytes = tg_pass_count(p) * sizeof *p->gradients;

    p->gradients = tg_pool_take(&p->graph->pool, bytes);
    if (p->gradients != NULL)
        memset(p->gradients, 0, bytes);
    return p->gradients != NULL;
}

/* A y that is a leaf is held, so that it has a slot. */
tg_status tg_pass_open(tg_pass *p, tg_graph *g, tg_tensor *y,
                       const tg_tensor *grad_y)
{
    p->graph = g;
    p->outer = g->pass;
    g->pass = p;
    tg_status s = tg_plan_settle_all(g);
    if (s != TG_OK)
        return s;
    if (y->graph == NULL && !tg_leaf_hold_new(g, y))
        return no_memory(p);
    p->n_nodes = y->graph != NULL ? (size_t)y->node + 1 : 0;
    p->n_slots = g->leaves.count;
    if (!make_tables(p))
        return no_memory(p);
    tg_tensor *seed = grad_y != NULL ? (tg_tensor *)grad_y : new_ones(p, y);
    if (seed == NULL)
        return no_memory(p);
    tg_temporary_retain(seed);
    tg_pass_end_closure(p);
    tg_tensor **slot = tg_pass_gradient(p, y);
    if (slot != NULL)
        *slot = seed;
    else
        tg_temporary_release(seed);
    return tg_pass_check_lost(p);
}

/* Which of its inputs lead a node somewhere; a bit that leaves the byte belongs
 * to none of the first. */
static inline unsigned char ways_of(tg_pass *p, const tg_node *node)
{
    tg_tensor **in = tg_node_inputs(node);
    int n = node->n_in;
    unsigned ways = 0, bit = TG_WANTED;

    for (int k = 0; k < n; k++, bit <<= 1)
        if (tg_pass_wants_aimed(p, in[k]))
            ways |= TG_LEADS | bit;
    return (unsigned char)ways;
}

/* Inputs come before their node, so one walk, oldest first, finds all ways. */
static void find_paths(tg_pass *p)
{
    for (size_t i = p->first; i < p->n_nodes; i++)
        if (p->graph->nodes[i]->out.requires_grad)
            p->paths[i] |= ways_of(p, p->graph->nodes[i]);
}

tg_status tg_pass_aim(tg_pass *p, int n, tg_tensor *const *xs)
{
    p->paths = tg_pool_take(&p->graph->pool, tg_pass_count(p));
    if (p->paths == NULL)
        return no_memory(p);
    memset(p->paths, 0, tg_pass_count(p));
    for (int i = 0; i < n; i++) {
        size_t number = tg_pass_number(p, xs[i]);
        if (number != SIZE_MAX)
            p->paths[number] |= TG_TARGET;
    }
    find_paths(p);
    return tg_pass_check_lost(p);
}

void tg_pass_close(tg_pass *p)
{
    tg_pool *pool = &p->graph->pool;

    tg_pass_end_closure(p);
    for (size_t i = 0; p->gradients != NULL && i < tg_pass_count(p); i++)
        tg_temporary_release(p->gradients[i]);
    if (p->gradients != NULL)
        tg_pool_give(pool, p->gradients,
                     tg_pass_count(p) * sizeof *p->gradients);
    if (p->paths != NULL)
        tg_pool_give(pool, p->paths, tg_pass_count(p));
    p->graph->pass = p->outer;
}
