/* The engine: reverse-mode differentiation of a recorded graph. It knows no op
 * by name. */
#include "pass.h"

enum { FEW = 8 };

/* One node's turn. Arrays for many inputs come from the pool. */
typedef struct turn {
    const tg_node *node;
    tg_tensor *dy;
    tg_tensor **shares;
    bool *wanted;
    tg_tensor *few_shares[FEW];
    bool few_wanted[FEW];
} turn;

static size_t many_size(int n)
{
    return (size_t)n * (sizeof(tg_tensor *) + sizeof(bool));
}

static bool open_turn(tg_pass *p, turn *t, const tg_node *node, tg_tensor *dy)
{
    int n = node->call.n_in;

    t->node = node;
    t->dy = dy;
    t->shares = t->few_shares;
    t->wanted = t->few_wanted;
    if (n > FEW) {
        t->shares = tg_pool_take(&p->graph->pool, many_size(n));
        t->wanted = (bool *)(t->shares + n);
    }
    for (int i = 0; t->shares != NULL && i < n; i++) {
        t->shares[i] = NULL;
        t->wanted[i] = tg_pass_wants(p, node->call.in[i]);
    }
    return t->shares != NULL;
}

static void close_turn(tg_pass *p, turn *t)
{
    int n = t->node->call.n_in;

    if (n > FEW)
        tg_pool_give(&p->graph->pool, t->shares, many_size(n));
}

static tg_status report_changed(tg_graph *g, const tg_node *node, int i)
{
    bool is_input = i < node->call.n_in;
    const tg_tensor *t = is_input ? node->call.in[i] : node->call.out;

    return tg_fail(g, TG_ERR_STATE,
                   "backward: %s %s of %s was changed after the op saved it",
                   is_input ? "input" : "result", tg_describe(t).text,
                   node->op->name);
}

static tg_status check_unchanged(tg_graph *g, const tg_node *node)
{
    const tg_call *call = &node->call;

    if (node->versions == NULL)
        return TG_OK;
    for (int i = 0; i <= call->n_in; i++) {
        const tg_tensor *t = i < call->n_in ? call->in[i] : call->out;
        if (tg_storage_of(t)->version != node->versions[i])
            return report_changed(g, node, i);
    }
    return TG_OK;
}

/* A wanted share that is missing is never taken for zero. */
static tg_status check_share(tg_graph *g, const turn *t, int i)
{
    const char *op = t->node->op->name;
    const tg_tensor *x = t->node->call.in[i], *dx = t->shares[i];

    if (dx == NULL)
        return tg_fail(g, TG_ERR_UNSUPPORTED,
                       "%s: backward gave no gradient for input %d, %s", op, i,
                       tg_describe(x).text);
    if (dx == TG_NONE)
        return TG_OK;
    if (dx->graph != NULL && dx->graph != g)
        return tg_fail(g, TG_ERR_ARG,
                       "%s: backward gave a tensor of another graph", op);
    if (dx->dtype != x->dtype || !tg_same_shape(&dx->shape, &x->shape))
        return tg_fail(g, TG_ERR_SHAPE,
                       "%s: backward gave a gradient %s of %s for input %d, "
                       "%s of %s",
                       op, tg_describe(dx).text, tg_dtype_name(dx->dtype), i,
                       tg_describe(x).text, tg_dtype_name(x->dtype));
    return TG_OK;
}

static tg_status run_closure(tg_graph *g, turn *t)
{
    const tg_op *op = t->node->op;
    tg_call call = t->node->call;
    unsigned long before = tg_failure_count(), failures = g->failures;

    if (op->backward == NULL)
        return tg_fail(g, TG_ERR_UNSUPPORTED, "%s: no derivative is defined",
                       op->name);
    call.wanted = t->wanted;
    tg_status s = op->backward(g, &call, t->dy, t->shares);
    if (s != TG_OK)
        return tg_closure_failed(g, s, before, op->name, "backward");
    if (g->failures != failures)
        return tg_last_failure()->status;
    for (int i = 0; s == TG_OK && i < call.n_in; i++)
        if (t->wanted[i])
            s = check_share(g, t, i);
    return s;
}

static void tell(tg_pass *p, const turn *t)
{
    const tg_node *node = t->node;
    tg_backward_step step = {.node =
                                 tg_graph_node(p->graph, node->call.out->node),
                             .grad_out = t->dy,
                             .grad_in = t->shares};

    for (int i = 0; i < node->call.n_in; i++)
        if (!t->wanted[i])
            t->shares[i] = NULL;
    p->observer(&step, p->observer_env);
}

/* Handles go over from the closure to the slots. dy's goes in between, so that
 * a share which is dy itself can become the sole user of its storage. */
static tg_status hand_over(tg_pass *p, turn *t, tg_tensor **dy_slot)
{
    const tg_call *call = &t->node->call;
    tg_status s = TG_OK;

    for (int i = 0; i < call->n_in; i++)
        if (t->wanted[i])
            tg_temporary_retain(t->shares[i]);
    tg_pass_end_closure(p);
    if (!tg_pass_keeps(p, call->out)) {
        *dy_slot = NULL;
        tg_temporary_release(t->dy);
    }
    for (int i = 0; i < call->n_in; i++) {
        if (!t->wanted[i])
            continue;
        tg_tensor **slot = tg_pass_gradient(p, call->in[i]);
        if (s == TG_OK && slot != NULL)
            s = tg_pass_add(p, slot, t->shares[i]);
        else
            tg_temporary_release(t->shares[i]);
    }
    return s == TG_OK ? tg_pass_check_lost(p) : s;
}

/* A result whose gradient is zero: so is that of its inputs. */
static tg_status pass_zero_on(tg_pass *p, const tg_call *call)
{
    for (int i = 0; i < call->n_in; i++) {
        if (!tg_pass_wants(p, call->in[i]))
            continue;
        tg_tensor **slot = tg_pass_gradient(p, call->in[i]);
        if (slot != NULL && *slot == NULL)
            *slot = TG_NONE;
    }
    return tg_pass_check_lost(p);
}

static tg_status visit(tg_pass *p, const tg_node *node, tg_tensor **dy_slot)
{
    turn t;

    if (*dy_slot == TG_NONE)
        return pass_zero_on(p, &node->call);

    if (!open_turn(p, &t, node, *dy_slot))
        return tg_fail(p->graph, TG_ERR_NOMEM,
                       "backward: no memory for the %d shares of %s",
                       node->call.n_in, node->op->name);
    tg_status s = check_unchanged(p->graph, node);
    if (s == TG_OK)
        s = run_closure(p->graph, &t);
    if (s == TG_OK && p->observer != NULL)
        tell(p, &t);
    if (s == TG_OK)
        s = hand_over(p, &t, dy_slot);
    close_turn(p, &t);
    return s;
}

/* Does anything behind this node want a share? */
static bool leads(const tg_pass *p, const tg_node *node)
{
    if (p->paths == NULL)
        return node->call.out->requires_grad;
    return (p->paths[node->call.out->node] & TG_LEADS) != 0;
}

/* Newest first is a topological order (graph.h), so when a node's turn comes
 * all shares of its result are in. */
tg_status tg_pass_run(tg_pass *p)
{
    tg_status s = TG_OK;

    for (size_t i = p->n_nodes; i-- > p->first && s == TG_OK;) {
        const tg_node *node = p->graph->nodes[i];
        if (p->gradients[i] != NULL && leads(p, node))
            s = visit(p, node, &p->gradients[i]);
    }
    return s;
}
