/* From a call of an op to its result: make, compute, commit. */
#include "forward.h"
#include "pass.h"
#include "record.h"

/* Takes the inputs over; leaves are held by what outlives this call. */
static bool take_inputs(tg_graph *g, tg_node *node, const tg_request *r)
{
    bool depends = g->recording || r->base != NULL, wanted = false;
    tg_tensor **inputs = tg_node_inputs(node);

    for (int i = 0; i < r->n_in; i++) {
        tg_tensor *in = r->in[i];
        inputs[i] = in;
        wanted |= in->requires_grad;
        if (depends && in->graph == NULL &&
            !tg_leaf_hint_holds(&g->leaves, in) && !tg_leaf_hold_new(g, in))
            return false;
    }
    node->out.requires_grad = tg_record_requires_grad(g, r, wanted);
    return true;
}

static bool has_room_for_node(tg_graph *g)
{
    if (g->n_nodes < g->node_capacity)
        return true;
    if (g->n_nodes == TG_NO_NODE)
        return false;
    tg_node **nodes = tg_memory_grow(g->nodes, &g->node_capacity,
                                     g->n_nodes + 1, sizeof *nodes);
    if (nodes != NULL)
        g->nodes = nodes;
    return nodes != NULL;
}

/* A node whose op has been taken away never came to be. */
static void destroy_env(tg_graph *g, void *arg)
{
    tg_node *node = arg;

    (void)g;
    if (node->op != NULL)
        node->op->destroy(tg_node_call(node).env);
}

/* What few records need. */
static bool complete(tg_graph *g, tg_node *node, const tg_request *r,
                     size_t bytes)
{
    if (node->out.data == NULL)
        node->out.data = tg_graph_storage(g, bytes);
    return node->out.data != NULL &&
           (r->op->destroy == NULL || tg_graph_on_rewind(g, destroy_env, node));
}

/* What a call reads it should find, now and after any replay. */
TG_COLD static bool settle(tg_graph *g, const tg_request *r)
{
    for (int i = 0; i < r->n_in; i++)
        if (r->in[i]->graph != NULL)
            r->in[i]->flags |= TG_LOOKED_AT;
    return tg_plan_settle(g) == TG_OK;
}

/* Everything that a record needs, so that nothing can fail after forward. */
static tg_node *new_node(tg_graph *g, const tg_request *r)
{
    tg_layout at = tg_record_layout(r);

    if (g->recording && !has_room_for_node(g))
        return NULL;
    void *p = tg_arena_take(&g->record, at.size);
    if (p == NULL)
        return NULL;
    tg_node *node = tg_record_fill(p, g, r, &at);
    if (!take_inputs(g, node, r))
        return NULL;
    if ((node->out.data == NULL || r->op->destroy != NULL) &&
        !complete(g, node, r, at.bytes))
        return NULL;
    return node;
}

TG_COLD tg_tensor *tg_no_memory_for_result(tg_graph *g, const tg_request *r)
{
    tg_fail(g, TG_ERR_NOMEM, "%s: no memory for a result %s of %s", r->op->name,
            tg_shape_text(tg_shape_copy(r->shape)).text,
            tg_dtype_name(r->dtype));
    return NULL;
}

static TG_APART tg_tensor *make_recorded(tg_graph *g, const tg_request *r)
{
    if (g->plan.is_stale && !settle(g, r))
        return NULL;
    tg_mark before = {g->n_nodes, tg_arena_position(&g->record)};
    tg_node *node = new_node(g, r);

    if (node == NULL) {
        tg_graph_drop(g, before);
        return tg_no_memory_for_result(g, r);
    }
    tg_call call = tg_node_call(node);
    if (tg_run_forward(g, r->op, &call) != TG_OK) {
        node->op = NULL;
        tg_graph_drop(g, before);
        return NULL;
    }
    if (g->recording) {
        tg_record_append(g, node);
    } else if (r->op->destroy != NULL) {
        node->op = NULL;
        r->op->destroy(call.env);
    }
    return &node->out;
}

tg_tensor *tg_make(tg_graph *g, const tg_request *r)
{
    if (g->pass != NULL && !g->recording)
        return tg_temporary_make(g, r);
    return make_recorded(g, r);
}

static tg_status check_op(tg_graph *g, const tg_op *op, tg_dtype dtype,
                          int n_in, tg_tensor *const *in, const void *env,
                          size_t env_size)
{
    if (op == NULL || op->name == NULL)
        return tg_fail(g, TG_ERR_ARG, "apply: an op without a name");
    if (op->forward == NULL)
        return tg_fail(g, TG_ERR_ARG, "%s: an op without a forward", op->name);
    if (n_in < 0 || (n_in > 0 && in == NULL))
        return tg_fail(g, TG_ERR_ARG, "%s: %d inputs%s", op->name, n_in,
                       in == NULL ? ", but none given" : "");
    if (env_size > 0 && env == NULL)
        return tg_fail(g, TG_ERR_ARG, "%s: %zu bytes of env, but none given",
                       op->name, env_size);
    if (tg_dtype_size(dtype) == 0)
        return tg_fail(g, TG_ERR_DTYPE, "%s: unknown dtype %d", op->name,
                       (int)dtype);
    return tg_check_inputs(g, op->name, n_in, in);
}

tg_tensor *tg_apply(tg_graph *g, const tg_op *op, tg_dtype dtype,
                    tg_shape shape, int n_in, tg_tensor *const *in,
                    const void *env, size_t env_size)
{
    if (check_op(g, op, dtype, n_in, in, env, env_size) != TG_OK)
        return NULL;
    return tg_apply_checked(g, op, dtype, &shape, n_in, in, env, env_size);
}

tg_tensor *tg_apply_checked(tg_graph *g, const tg_op *op, tg_dtype dtype,
                            const tg_shape *shape, int n_in,
                            tg_tensor *const *in, const void *env,
                            size_t env_size)
{
    int64_t size;
    size_t bytes;

    if (tg_shape_count(shape, dtype, &size, &bytes))
        return tg_apply_counted(g, op, dtype, shape, size, n_in, in, env,
                                env_size);
    tg_fail(g, TG_ERR_SHAPE, "%s: result %s is negative or too large", op->name,
            tg_shape_text(tg_shape_copy(shape)).text);
    return NULL;
}

/* y = x, as a constant. */
static tg_status detach_forward(const tg_call *call)
{
    (void)call;
    return TG_OK;
}

static const tg_op detach = {.name = "detach",
                             .formula = "y = x, a constant",
                             .forward = detach_forward,
                             .stops_gradient = true,
                             .saves_nothing = true};

tg_tensor *tg_detach(tg_graph *g, tg_tensor *x)
{
    if (tg_check_inputs(g, detach.name, 1, &x) != TG_OK)
        return NULL;
    return tg_apply_view(g, &detach, &x->shape, x);
}
