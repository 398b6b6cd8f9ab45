/* Checkpoints: a function's inner results are not kept but made again when
 * backward needs them. */
#include <tinygrad/graph.h>

#include "pass.h"

#include <string.h>

/* The node's inputs are the function's own, and after them whatever else it
 * reached for (parameters, earlier results) that requires a gradient: so the
 * engine sees all that the result depends on. */
typedef struct checkpoint {
    tg_function fn;
    void *env;
    int n;               /* the function's own inputs */
    tg_stream draws;     /* where its draws begin, for the same masks again */
    const void *outcome; /* of the first run, until forward has copied it */
} checkpoint;

/* ---- once more */

/* fn's result, which must be what it was. */
static tg_status check_again(tg_graph *g, const tg_call *call, tg_tensor *y)
{
    tg_status s = tg_check_inputs(g, "checkpoint", 1, &y);

    if (s != TG_OK || (y->dtype == call->out->dtype &&
                       tg_same_shape(&y->shape, &call->out->shape)))
        return s;
    return tg_fail(g, TG_ERR_STATE,
                   "checkpoint: the function returned %s, and now %s",
                   tg_describe(call->out).text, tg_describe(y).text);
}

static tg_status run_again(tg_graph *g, const tg_call *call, bool recording,
                           bool recomputing, tg_tensor **y)
{
    const checkpoint *c = call->env;
    tg_stream draws = g->next_draw;
    bool was_recomputing = g->recomputing;
    bool was_recording = tg_graph_set_recording(g, recording);

    g->next_draw = c->draws;
    g->recomputing = recomputing;
    *y = c->fn(g, call->in, c->n, c->env);
    g->recomputing = was_recomputing;
    g->next_draw = draws;
    tg_graph_set_recording(g, was_recording);
    return check_again(g, call, *y);
}

/* In a replay the function runs again, and what it makes is dropped. */
static tg_status checkpoint_forward(const tg_call *call)
{
    checkpoint *c = call->env;
    tg_graph *g = call->out->graph;
    size_t bytes = tg_tensor_bytes(call->out);
    const void *outcome = c->outcome;
    tg_mark before = tg_graph_mark(g);

    tg_status s = TG_OK;
    tg_tensor *y = NULL;

    if (outcome == NULL)
        s = run_again(g, call, false, false, &y);
    if (outcome == NULL && s == TG_OK)
        outcome = y->data;
    if (s == TG_OK)
        memcpy(call->out->data, outcome, bytes);
    c->outcome = NULL;
    tg_graph_drop(g, before);
    return s;
}

static bool contains(tg_tensor *const *in, int n, const tg_tensor *t)
{
    for (int i = 0; i < n; i++)
        if (in[i] == t)
            return true;
    return false;
}

/* ---- backward */

/* A gradient that outlives what is dropped: a temporary of the outer pass. */
static tg_tensor *keep(tg_graph *g, const tg_tensor *dx)
{
    tg_tensor *kept = tg_temporary_like(g, dx);

    if (kept == NULL)
        tg_fail(g, TG_ERR_NOMEM, "checkpoint: no memory for a gradient %s",
                tg_describe(dx).text);
    else if (dx->size > 0)
        memcpy(kept->data, dx->data, tg_tensor_bytes(dx));
    return kept;
}

/* xs and dxs have room for all inputs; dxs[k] is what the k-th wanted gets. An
 * input may depend on another one: that is not this node's business, so the
 * pass ends at the first node of the second run. */
static tg_status gather_gradients(tg_graph *g, const tg_call *call,
                                  size_t first, tg_tensor *y, tg_tensor *dy,
                                  tg_tensor **xs, tg_tensor **dxs)
{
    tg_gradients_options options = {g->recording, .allow_unused = true};
    int n = 0;

    for (int i = 0; i < call->n_in; i++)
        if (call->wanted[i] && !contains(xs, n, call->in[i]))
            xs[n++] = call->in[i];
    return tg_pass_gradients(g, first, y, dy, n, xs, dxs, options);
}

/* A tensor that is there twice has got its whole gradient the first time. */
static void hand_out(tg_graph *g, const tg_call *call, tg_tensor *const *dxs,
                     tg_tensor **grad_in)
{
    int n = 0;

    for (int i = 0; i < call->n_in; i++) {
        if (!call->wanted[i])
            continue;
        if (contains(call->in, i, call->in[i]))
            grad_in[i] = TG_NONE;
        else
            grad_in[i] = g->recording ? dxs[n++] : keep(g, dxs[n++]);
    }
}

static tg_status differentiate(tg_graph *g, const tg_call *call, tg_tensor *dy,
                               tg_tensor **grad_in)
{
    size_t first = g->n_nodes;
    tg_tensor *y;
    tg_status s = run_again(g, call, true, true, &y);

    if (s != TG_OK)
        return s;
    size_t room = (size_t)call->n_in * sizeof(tg_tensor *);
    tg_tensor **xs = tg_pool_take(&g->pool, 2 * room);

    if (xs == NULL)
        return tg_fail(g, TG_ERR_NOMEM, "checkpoint: no memory for %d inputs",
                       call->n_in);
    tg_tensor **dxs = xs + call->n_in;
    s = gather_gradients(g, call, first, y, dy, xs, dxs);
    if (s == TG_OK)
        hand_out(g, call, dxs, grad_in);
    tg_pool_give(&g->pool, xs, 2 * room);
    return s;
}

/* dx = the gradient of fn, run again. If gradients are recorded, so is what
 * they are made of; otherwise it goes. */
static tg_status checkpoint_backward(tg_graph *g, const tg_call *call,
                                     tg_tensor *dy, tg_tensor **grad_in)
{
    tg_mark before = tg_graph_mark(g);
    tg_status s = differentiate(g, call, dy, grad_in);

    if (!g->recording)
        tg_graph_drop(g, before);
    return s;
}

static const tg_op op = {.name = "checkpoint",
                         .formula = "y = fn(x); dx = its gradient, run again",
                         .forward = checkpoint_forward,
                         .backward = checkpoint_backward};

/* ---- the first run */

/* Is t older than the nodes from `first` on, and does it want a gradient? */
static bool is_reached(const tg_tensor *t, size_t first)
{
    return t->requires_grad && (t->graph == NULL || t->node < first);
}

static int count_inputs(const tg_graph *g, size_t first)
{
    int count = 0;

    for (size_t i = first; i < g->n_nodes; i++)
        count += g->nodes[i]->n_in;
    return count;
}

/* Appends to in[0..n) what the nodes from `first` on reach for. */
static int add_reached(const tg_graph *g, size_t first, tg_tensor **in, int n)
{
    for (size_t i = first; i < g->n_nodes; i++) {
        tg_tensor **reached = tg_node_inputs(g->nodes[i]);
        for (int k = 0; k < g->nodes[i]->n_in; k++)
            if (is_reached(reached[k], first) && !contains(in, n, reached[k]))
                in[n++] = reached[k];
    }
    return n;
}

/* What outlasts the first run: the node's inputs, and the outcome. */
typedef struct first_run {
    tg_dtype dtype;
    tg_shape shape;
    int n_in;
    size_t in_bytes, bytes;
    tg_tensor **in;
    void *outcome;
} first_run;

static void free_first(tg_graph *g, first_run *r)
{
    if (r->in != NULL)
        tg_pool_give(&g->pool, r->in, r->in_bytes);
    if (r->outcome != NULL)
        tg_pool_give(&g->pool, r->outcome, r->bytes);
}

static bool keep_first(tg_graph *g, size_t first, tg_tensor *y,
                       tg_tensor *const *inputs, int n, first_run *r)
{
    r->dtype = y->dtype;
    r->shape = tg_tensor_shape(y);
    r->bytes = tg_tensor_bytes(y);
    r->in_bytes = (size_t)(n + count_inputs(g, first) + 1) * sizeof *r->in;
    r->in = tg_pool_take(&g->pool, r->in_bytes);
    r->outcome = tg_pool_take(&g->pool, r->bytes);
    if (r->in == NULL || r->outcome == NULL) {
        tg_fail(g, TG_ERR_NOMEM, "checkpoint: no memory to keep %s",
                tg_describe(y).text);
        return false;
    }
    for (int i = 0; i < n; i++)
        r->in[i] = inputs[i];
    r->n_in = add_reached(g, first, r->in, n);
    if (is_reached(y, first) && !contains(r->in, r->n_in, y))
        r->in[r->n_in++] = y;
    memcpy(r->outcome, y->data, r->bytes);
    return true;
}

/* Recording, for what it reaches for can be seen in the record. */
static bool run_first(tg_graph *g, tg_function fn, tg_tensor *const *inputs,
                      int n, void *env, first_run *r)
{
    tg_mark before = tg_graph_mark(g);
    bool recorded = tg_graph_set_recording(g, true);
    tg_tensor *y = fn(g, inputs, n, env);

    tg_graph_set_recording(g, recorded);
    bool kept = tg_check_inputs(g, op.name, 1, &y) == TG_OK &&
                keep_first(g, before.node, y, inputs, n, r);
    tg_graph_drop(g, before);
    return kept;
}

tg_tensor *tg_checkpoint(tg_graph *g, tg_function fn, tg_tensor *const *inputs,
                         int n, void *env)
{
    first_run first = {0};
    tg_tensor *y = NULL;

    if (fn == NULL || n < 0 || (n > 0 && inputs == NULL)) {
        tg_fail(g, TG_ERR_ARG, "checkpoint: %s",
                fn == NULL ? "no function" : "a number of inputs, but none");
        return NULL;
    }
    if (tg_check_inputs(g, op.name, n, inputs) != TG_OK)
        return NULL;
    checkpoint c = {fn, env, n, g->next_draw, NULL};
    if (run_first(g, fn, inputs, n, env, &first)) {
        c.outcome = first.outcome;
        y = tg_apply_checked(g, &op, first.dtype, &first.shape, first.n_in,
                             first.in, &c, sizeof c);
    }
    free_first(g, &first);
    return y;
}
