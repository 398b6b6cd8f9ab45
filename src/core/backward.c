/* The engine: reverse-mode differentiation of a recorded graph. It knows no op
 * by name. */
#include "pass.h"

/* A turn is a call of a node's closure: `call` is what it is asked for,
 * `shares` what it gives. n is call->n_in, known to the compiler where it is
 * small. */

static const tg_op *op_of(const tg_call *call)
{
    return tg_node_of(call->out)->op;
}

TG_COLD static tg_status report_changed(tg_graph *g, const tg_call *call)
{
    uint64_t made = tg_node_made(g, tg_node_of(call->out));
    int i = 0;

    while (i < call->n_in && tg_tensor_written(call->in[i]) <= made)
        i++;
    return tg_fail(g, TG_ERR_STATE,
                   "backward: %s %s of %s was changed after the op saved it",
                   i < call->n_in ? "input" : "result",
                   tg_describe(i < call->n_in ? call->in[i] : call->out).text,
                   op_of(call)->name);
}

/* Are the values that the closure reads those that the op saw? Where nothing
 * was written since the first node was made, none can differ. */
static inline bool is_unchanged(const tg_graph *g, const tg_call *call)
{
    uint64_t latest;

    if (tg_now() == g->began || op_of(call)->saves_nothing)
        return true;
    latest = tg_tensor_written(call->out);
    for (int i = 0; i < call->n_in; i++) {
        uint64_t written = tg_tensor_written(call->in[i]);
        latest = written > latest ? written : latest;
    }
    return latest <= tg_node_made(g, tg_node_of(call->out));
}

/* Asks for what is wanted. */
static inline tg_status begin_turn(tg_pass *p, int n, const tg_call *call,
                                   tg_tensor *dy, tg_tensor **shares,
                                   bool *wanted)
{
    for (int i = 0; i < n; i++) {
        shares[i] = NULL;
        wanted[i] = tg_pass_wants_input(p, call->out->node, i, call->in[i]);
    }
    p->spent = op_of(call)->reads_grad_once && !tg_pass_keeps(p, call->out)
                   ? dy
                   : NULL;
    return is_unchanged(p->graph, call) ? TG_OK
                                        : report_changed(p->graph, call);
}

/* What is wrong with a share that is not what was asked for. */
TG_COLD static tg_status report_share(tg_graph *g, const tg_call *call,
                                      tg_tensor *const *shares, int i)
{
    const char *op = op_of(call)->name;
    const tg_tensor *x = call->in[i], *dx = shares[i];

    if (dx == NULL)
        return tg_fail(g, TG_ERR_UNSUPPORTED,
                       "%s: backward gave no gradient for input %d, %s", op, i,
                       tg_describe(x).text);
    if (dx->graph != NULL && dx->graph != g)
        return tg_fail(g, TG_ERR_ARG,
                       "%s: backward gave a tensor of another graph", op);
    return tg_fail(g, TG_ERR_SHAPE,
                   "%s: backward gave a gradient %s of %s for input %d, "
                   "%s of %s",
                   op, tg_describe(dx).text, tg_dtype_name(dx->dtype), i,
                   tg_describe(x).text, tg_dtype_name(x->dtype));
}

static inline bool fits(const tg_graph *g, const tg_tensor *dx,
                        const tg_tensor *x)
{
    return dx != NULL &&
           (((dx->graph == g || dx->graph == NULL) && dx->dtype == x->dtype &&
             tg_same_shape(&dx->shape, &x->shape)) ||
            dx == TG_NONE);
}

/* Takes the handles back that the first shares, up to one, were given. */
TG_COLD static tg_status refuse_share(tg_graph *g, const tg_call *call,
                                      tg_tensor *const *shares, int refused)
{
    for (int i = 0; i < refused; i++)
        if (call->wanted[i])
            tg_temporary_release(shares[i]);
    return report_share(g, call, shares, refused);
}

/* Gives each wanted share a handle for its slot. One that is missing is never
 * taken for zero. */
static inline tg_status keep_shares(tg_graph *g, int n, const tg_call *call,
                                    tg_tensor *const *shares,
                                    const bool *wanted)
{
    for (int i = 0; i < n; i++) {
        if (!wanted[i])
            continue;
        if (!fits(g, shares[i], call->in[i]))
            return refuse_share(g, call, shares, i);
        tg_temporary_retain(shares[i]);
    }
    return TG_OK;
}

TG_COLD static tg_status report_undefined(tg_graph *g, const tg_op *op)
{
    return tg_fail(g, TG_ERR_UNSUPPORTED, "%s: no derivative is defined",
                   op->name);
}

static inline tg_status run_closure(tg_graph *g, const tg_call *call,
                                    tg_tensor *dy, tg_tensor **shares)
{
    const tg_op *op = op_of(call);
    unsigned long before = tg_failure_count(), failures = g->failures;

    if (op->backward == NULL)
        return report_undefined(g, op);
    tg_status s = op->backward(g, call, dy, shares);
    if (s != TG_OK)
        return tg_closure_failed(g, s, before, op->name, "backward");
    return g->failures == failures ? TG_OK : tg_last_failure()->status;
}

TG_COLD static void tell(tg_pass *p, const tg_call *call, tg_tensor *dy,
                         tg_tensor **shares)
{
    tg_backward_step step = {.node = tg_graph_node(p->graph, call->out->node),
                             .grad_out = dy,
                             .grad_in = shares};

    for (int i = 0; i < call->n_in; i++)
        if (!call->wanted[i])
            shares[i] = NULL;
    p->observer(&step, p->observer_env);
}

static inline tg_status add_share(tg_pass *p, tg_tensor *x, tg_tensor *dx)
{
    tg_tensor **slot = tg_pass_gradient(p, x);

    if (slot != NULL)
        return tg_pass_add(p, slot, dx);
    tg_temporary_release(dx);
    return TG_OK;
}

/* Handles go over from the closure to the slots. dy's goes in between, so that
 * a share which is dy itself can become the sole user of its storage. */
static inline tg_status hand_over(tg_pass *p, int n, const tg_call *call,
                                  tg_tensor **dy_slot, tg_tensor *const *shares,
                                  const bool *wanted)
{
    tg_tensor *dy = *dy_slot;
    tg_status s = TG_OK;

    tg_pass_end_closure(p);
    if (!tg_pass_keeps(p, call->out)) {
        *dy_slot = NULL;
        tg_temporary_release(dy);
    }
    for (int i = 0; i < n; i++) {
        if (!wanted[i])
            continue;
        if (s == TG_OK)
            s = add_share(p, call->in[i], shares[i]);
        else
            tg_temporary_release(shares[i]);
    }
    return s == TG_OK ? tg_pass_check_lost(p) : s;
}

static TG_FOLDED tg_status take_turn(tg_pass *p, int n, tg_node *node,
                                     tg_tensor **dy_slot, tg_tensor **shares,
                                     bool *wanted)
{
    tg_call call = tg_node_call(node);
    tg_tensor *dy = *dy_slot;

    call.wanted = wanted;
    tg_status s = begin_turn(p, n, &call, dy, shares, wanted);
    if (s == TG_OK)
        s = run_closure(p->graph, &call, dy, shares);
    if (s == TG_OK)
        s = keep_shares(p->graph, n, &call, shares, wanted);
    if (s == TG_OK && p->observer != NULL)
        tell(p, &call, dy, shares);
    return s == TG_OK ? hand_over(p, n, &call, dy_slot, shares, wanted) : s;
}

/* Arrays for many inputs come from the pool. */
static tg_status take_long_turn(tg_pass *p, tg_node *node, tg_tensor **dy_slot)
{
    size_t n = (size_t)node->n_in;
    size_t bytes = n * (sizeof(tg_tensor *) + sizeof(bool));
    tg_tensor **shares = tg_pool_take(&p->graph->pool, bytes);

    if (shares == NULL)
        return tg_fail(p->graph, TG_ERR_NOMEM,
                       "backward: no memory for the %zu shares of %s", n,
                       node->op->name);
    tg_status s =
        take_turn(p, node->n_in, node, dy_slot, shares, (bool *)(shares + n));
    tg_pool_give(&p->graph->pool, shares, bytes);
    return s;
}

/* A result whose gradient is zero: so is that of its inputs. */
static tg_status pass_zero_on(tg_pass *p, const tg_node *node,
                              tg_tensor **dy_slot)
{
    tg_tensor **in = tg_node_inputs(node);

    if (!tg_pass_keeps(p, &node->out))
        *dy_slot = NULL;
    for (int i = 0; i < node->n_in; i++) {
        if (!tg_pass_wants(p, in[i]))
            continue;
        tg_tensor **slot = tg_pass_gradient(p, in[i]);
        if (slot != NULL && *slot == NULL)
            *slot = TG_NONE;
    }
    return tg_pass_check_lost(p);
}

static inline tg_status visit(tg_pass *p, tg_node *node, tg_tensor **dy_slot)
{
    tg_tensor *shares[2];
    bool wanted[2];

    if (*dy_slot == TG_NONE)
        return pass_zero_on(p, node, dy_slot);
    if (node->n_in == 1)
        return take_turn(p, 1, node, dy_slot, shares, wanted);
    if (node->n_in == 2)
        return take_turn(p, 2, node, dy_slot, shares, wanted);
    return take_long_turn(p, node, dy_slot);
}

/* Does anything behind this node want a share? */
static bool leads(const tg_pass *p, const tg_node *node)
{
    if (p->paths == NULL)
        return node->out.requires_grad;
    return (p->paths[node->out.node] & TG_LEADS) != 0;
}

/* Newest first is a topological order (graph.h), so when a node's turn comes
 * all shares of its result are in. */
tg_status tg_pass_run(tg_pass *p)
{
    tg_status s = TG_OK;

    for (size_t i = p->n_nodes; i-- > p->first && s == TG_OK;) {
        tg_node *node = p->graph->nodes[i];
        if (p->gradients[i] != NULL && leads(p, node))
            s = visit(p, node, &p->gradients[i]);
    }
    return s;
}
