/* From a call of an op to its result: make, compute, commit. */
#include "forward.h"
#include "graph.h"
#include "pass.h"
#include "tensor.h"

#include <string.h>

/* One call, with what has been worked out about it. */
typedef struct request {
    const tg_op *op;
    tg_dtype dtype;
    const tg_shape *shape;
    int64_t size;
    size_t bytes;
    int n_in;
    tg_tensor *const *in;
    tg_tensor *base; /* whose storage the result shares, or NULL */
    const void *env;
    size_t env_size;
} request;

/* A result and its node lie side by side in the record, followed by the
 * inputs, env and the inputs' versions. */
typedef struct record {
    tg_tensor out;
    tg_node node;
    tg_tensor *in[];
} record;

static size_t env_offset(const request *r)
{
    size_t end = sizeof(record) + (size_t)r->n_in * sizeof(tg_tensor *);

    return (end + 15) & ~(size_t)15;
}

static size_t versions_offset(const request *r)
{
    return env_offset(r) + ((r->env_size + 7) & ~(size_t)7);
}

static size_t record_size(const request *r)
{
    size_t versions = r->op->saves_nothing ? 0 : (size_t)r->n_in + 1;

    return versions_offset(r) + versions * sizeof(uint32_t);
}

static void fill_record(record *rec, tg_graph *g, const request *r)
{
    tg_tensor_init(&rec->out, g, TG_OWNER_GRAPH, r->dtype, r->shape, r->size);
    rec->out.base = r->base;
    for (int i = 0; i < r->n_in; i++)
        rec->in[i] = r->in[i];
    void *env = (char *)rec + env_offset(r);
    if (r->env_size > 0)
        memcpy(env, r->env, r->env_size);
    rec->node = (tg_node){
        .op = r->op,
        .call = {.out = &rec->out, .n_in = r->n_in, .in = rec->in, .env = env}};
    if (!r->op->saves_nothing)
        rec->node.versions =
            (uint32_t *)(void *)((char *)rec + versions_offset(r));
}

static bool hold_leaves(tg_graph *g, const request *r)
{
    for (int i = 0; i < r->n_in; i++) {
        tg_tensor *in = r->in[i];
        if (in->graph == NULL && !tg_leaf_hint_holds(&g->leaves, in) &&
            !tg_leaf_hold_new(g, in))
            return false;
    }
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

/* Everything that a record needs, so that nothing can fail after forward. */
static record *new_record(tg_graph *g, const request *r)
{
    bool depends = g->recording || r->base != NULL;

    if ((g->recording && !has_room_for_node(g)) ||
        (depends && !hold_leaves(g, r)))
        return NULL;
    record *rec = tg_arena_take(&g->record, record_size(r));
    if (rec == NULL)
        return NULL;
    fill_record(rec, g, r);
    rec->out.data =
        r->base != NULL ? r->base->data : tg_graph_storage(g, r->bytes);
    if (rec->out.data == NULL)
        return NULL;
    if (r->op->destroy != NULL &&
        !tg_graph_on_rewind(g, destroy_env, &rec->node))
        return NULL;
    return rec;
}

static bool requires_grad(const request *r)
{
    if (r->op->stops_gradient || r->dtype == TG_I64)
        return false;
    for (int i = 0; i < r->n_in; i++)
        if (r->in[i]->requires_grad)
            return true;
    return false;
}

static void append(tg_graph *g, record *rec, const request *r)
{
    tg_node_save_versions(&rec->node);
    rec->out.requires_grad = requires_grad(r);
    rec->out.node = g->n_nodes;
    g->nodes[g->n_nodes++] = &rec->node;
}

static tg_tensor *no_memory(tg_graph *g, const request *r)
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

static tg_tensor *make_recorded(tg_graph *g, const request *r)
{
    tg_mark before = tg_graph_mark(g);
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
        append(g, rec, r);
    } else if (r->op->destroy != NULL) {
        rec->node.op = NULL;
        r->op->destroy(rec->node.call.env);
    }
    return &rec->out;
}

static tg_tensor *make_temporary(tg_graph *g, const request *r)
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

static tg_tensor *make(tg_graph *g, request *r)
{
    if (!tg_shape_count(r->shape, r->dtype, &r->size, &r->bytes)) {
        tg_fail(g, TG_ERR_SHAPE, "%s: result %s is negative or too large",
                r->op->name, tg_shape_text(*r->shape).text);
        return NULL;
    }
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
    return make(g, &(request){.op = op,
                              .dtype = dtype,
                              .shape = shape,
                              .n_in = n_in,
                              .in = in,
                              .env = env,
                              .env_size = env_size});
}

tg_tensor *tg_apply_like(tg_graph *g, const tg_op *op, tg_tensor *x,
                         const void *env, size_t env_size)
{
    return tg_apply_checked(g, op, x->dtype, &x->shape, 1, &x, env, env_size);
}

tg_tensor *tg_apply_view(tg_graph *g, const tg_op *op, const tg_shape *shape,
                         tg_tensor *x)
{
    return make(g, &(request){.op = op,
                              .dtype = x->dtype,
                              .shape = shape,
                              .n_in = 1,
                              .in = &x,
                              .base = x->base != NULL ? x->base : x});
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
