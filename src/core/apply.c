/* From a call of an op to its result: make, compute, commit. */
#include "forward.h"
#include "graph.h"
#include "pass.h"
#include "tensor.h"

#include <string.h>

/* A result and its node lie side by side in the record: a small storage comes
 * first, behind are the inputs, their versions and env. */
typedef struct record {
    tg_tensor out;
    tg_node node;
    tg_tensor *in[];
} record;

/* Where things lie from the first byte of the record on. */
typedef struct layout {
    bool inline_data;
    size_t bytes, header, env, size;
} layout;

static layout lay_out(const tg_request *r)
{
    size_t bytes = (size_t)r->size * tg_element_size(r->dtype);
    bool inline_data = r->base == NULL && bytes <= TG_SMALL_LIMIT;
    size_t header = inline_data ? tg_storage_room(bytes) : 0;
    size_t end = header + sizeof(record) +
                 (size_t)r->n_in * sizeof(tg_tensor *) +
                 tg_count_versions(r->op, r->n_in) * sizeof(uint32_t);
    size_t env = (end + 15) & ~(size_t)15;

    return (layout){inline_data, bytes, header, env, env + r->env_size};
}

/* A new record at p; its storage, if that lies elsewhere, is not there yet. */
static record *fill_record(void *p, tg_graph *g, const tg_request *r,
                           const layout *at)
{
    record *rec = (record *)(void *)((char *)p + at->header);
    char *env = (char *)p + at->env;

    tg_tensor_init(&rec->out, g, TG_OWNER_GRAPH, r->dtype, r->shape, r->size);
    rec->out.base = r->base;
    rec->out.data = at->inline_data   ? p
                    : r->base != NULL ? r->base->data
                                      : NULL;
    if (at->inline_data)
        TG_POISON((char *)p + at->bytes, at->header - at->bytes);
    if (r->env_size > 0)
        memcpy(env, r->env, r->env_size);
    rec->node = (tg_node){
        r->op, {.out = &rec->out, .n_in = r->n_in, .in = rec->in, .env = env}};
    return rec;
}

/* Takes the inputs over; leaves are held by what outlives this call. */
static bool take_inputs(tg_graph *g, record *rec, const tg_request *r)
{
    bool depends = g->recording || r->base != NULL, wanted = false;

    for (int i = 0; i < r->n_in; i++) {
        tg_tensor *in = r->in[i];
        rec->in[i] = in;
        wanted |= in->requires_grad;
        if (depends && in->graph == NULL &&
            !tg_leaf_hint_holds(&g->leaves, in) && !tg_leaf_hold_new(g, in))
            return false;
    }
    rec->out.requires_grad =
        wanted && g->recording && !r->op->stops_gradient && r->dtype != TG_I64;
    return true;
}

static bool has_room_for_node(tg_graph *g)
{
    if (g->n_nodes < g->node_capacity)
        return true;
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
        node->op->destroy(node->call.env);
}

/* What few records need. */
static bool complete(tg_graph *g, record *rec, const tg_request *r,
                     size_t bytes)
{
    if (rec->out.data == NULL)
        rec->out.data = tg_graph_storage(g, bytes);
    return rec->out.data != NULL &&
           (r->op->destroy == NULL ||
            tg_graph_on_rewind(g, destroy_env, &rec->node));
}

/* Everything that a record needs, so that nothing can fail after forward. */
static record *new_record(tg_graph *g, const tg_request *r)
{
    layout at = lay_out(r);

    if (g->recording && !has_room_for_node(g))
        return NULL;
    void *p = tg_arena_take(&g->record, at.size);
    if (p == NULL)
        return NULL;
    record *rec = fill_record(p, g, r, &at);
    if (!take_inputs(g, rec, r))
        return NULL;
    if ((rec->out.data == NULL || r->op->destroy != NULL) &&
        !complete(g, rec, r, at.bytes))
        return NULL;
    return rec;
}

static void append(tg_graph *g, tg_node *node)
{
    tg_node_save_versions(node);
    node->call.out->node = g->n_nodes;
    g->nodes[g->n_nodes++] = node;
}

static tg_tensor *no_memory(tg_graph *g, const tg_request *r)
{
    tg_fail(g, TG_ERR_NOMEM, "%s: no memory for a result %s of %s", r->op->name,
            tg_shape_text(*r->shape).text, tg_dtype_name(r->dtype));
    return NULL;
}

static tg_status run_forward(tg_graph *g, const tg_op *op, const tg_call *call)
{
    unsigned long before = tg_failure_count();
    tg_status s = tg_forward(op, call);

    return s == TG_OK ? s
                      : tg_closure_failed(g, s, before, op->name, "forward");
}

static tg_tensor *make_recorded(tg_graph *g, const tg_request *r)
{
    tg_mark before = {g->n_nodes, tg_arena_position(&g->record)};
    record *rec = new_record(g, r);

    if (rec == NULL) {
        tg_graph_drop(g, before);
        return no_memory(g, r);
    }
    if (run_forward(g, r->op, &rec->node.call) != TG_OK) {
        rec->node.op = NULL;
        tg_graph_drop(g, before);
        return NULL;
    }
    if (g->recording) {
        append(g, &rec->node);
    } else if (r->op->destroy != NULL) {
        rec->node.op = NULL;
        r->op->destroy(rec->node.call.env);
    }
    return &rec->out;
}

static tg_tensor *make_temporary(tg_graph *g, const tg_request *r)
{
    void *env;
    tg_tensor *out = tg_temporary_new(g, r->dtype, r->shape, r->size, r->base,
                                      r->env_size, &env);

    if (out == NULL)
        return no_memory(g, r);
    if (r->env_size > 0)
        memcpy(env, r->env, r->env_size);
    tg_call call = {.out = out, .n_in = r->n_in, .in = r->in, .env = env};
    if (run_forward(g, r->op, &call) != TG_OK)
        return NULL;
    if (r->op->destroy != NULL)
        r->op->destroy(env);
    return out;
}

tg_tensor *tg_make(tg_graph *g, const tg_request *r)
{
    if (g->pass != NULL && !g->recording)
        return make_temporary(g, r);
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
            tg_shape_text(*shape).text);
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
