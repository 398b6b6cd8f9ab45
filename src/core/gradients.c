/* The ways to ask for a backward pass. */
#include <tinygrad/graph.h>

#include "pass.h"

#include <string.h>

/* ---- refusals, before anything is made */

static tg_status check_seed(tg_graph *g, const char *call, const tg_tensor *y,
                            const tg_tensor *grad_y)
{
    if (grad_y == TG_NONE)
        return tg_fail(g, TG_ERR_ARG, "%s: grad_y is TG_NONE", call);
    if (grad_y->graph != NULL && grad_y->graph != g)
        return tg_fail(g, TG_ERR_ARG, "%s: grad_y %s belongs to another graph",
                       call, tg_describe(grad_y).text);
    if (grad_y->dtype != y->dtype)
        return tg_fail(g, TG_ERR_DTYPE, "%s: grad_y %s of %s for y %s of %s",
                       call, tg_describe(grad_y).text,
                       tg_dtype_name(grad_y->dtype), tg_describe(y).text,
                       tg_dtype_name(y->dtype));
    if (!tg_same_shape(&grad_y->shape, &y->shape))
        return tg_fail(g, TG_ERR_SHAPE, "%s: grad_y %s does not fit y %s", call,
                       tg_describe(grad_y).text, tg_describe(y).text);
    return TG_OK;
}

static tg_status check_output(tg_graph *g, const char *call, tg_tensor *y,
                              const tg_tensor *grad_y)
{
    tg_status s = tg_check_inputs(g, call, 1, &y);

    if (s != TG_OK)
        return s;
    if (!y->requires_grad)
        return tg_fail(g, TG_ERR_ARG,
                       "%s: y %s depends on nothing that requires a gradient",
                       call, tg_describe(y).text);
    return grad_y != NULL ? check_seed(g, call, y, grad_y) : TG_OK;
}

static tg_status check_single(tg_graph *g, const char *call, const tg_tensor *y)
{
    if (y->size == 1)
        return TG_OK;
    return tg_fail(g, TG_ERR_SHAPE, "%s: y %s has not one element", call,
                   tg_describe(y).text);
}

/* ---- a whole pass */

static tg_status run(tg_pass *p, tg_graph *g, tg_tensor *y,
                     const tg_tensor *grad_y)
{
    tg_status s = tg_pass_open(p, g, y, grad_y);

    return s == TG_OK ? tg_pass_run(p) : s;
}

tg_status tg_backward_from(tg_graph *g, tg_tensor *y, const tg_tensor *grad_y)
{
    tg_status s = check_output(g, "backward", y, grad_y);

    if (s != TG_OK)
        return s;
    bool recorded = tg_graph_set_recording(g, false);
    tg_mark before = tg_graph_mark(g);
    tg_pass p = {0};
    s = run(&p, g, y, grad_y);
    if (s == TG_OK)
        s = tg_pass_accumulate(&p);
    tg_pass_close(&p);
    if (s != TG_OK)
        tg_graph_drop(g, before);
    tg_graph_set_recording(g, recorded);
    return s;
}

tg_status tg_backward(tg_graph *g, tg_tensor *y)
{
    tg_status s = check_output(g, "backward", y, NULL);

    if (s == TG_OK)
        s = check_single(g, "backward", y);
    return s == TG_OK ? tg_backward_from(g, y, NULL) : s;
}

tg_status tg_backward_observe(tg_graph *g, tg_tensor *y,
                              const tg_tensor *grad_y, tg_observer observer,
                              void *env)
{
    tg_status s = check_output(g, "backward_observe", y, grad_y);

    if (s != TG_OK)
        return s;
    if (observer == NULL)
        return tg_fail(g, TG_ERR_ARG, "backward_observe: no observer");
    bool recorded = tg_graph_set_recording(g, false);
    tg_mark before = tg_graph_mark(g);
    tg_pass p = {.observer = observer, .observer_env = env};
    s = run(&p, g, y, grad_y);
    tg_pass_close(&p);
    tg_graph_drop(g, before);
    tg_graph_set_recording(g, recorded);
    return s;
}

/* ---- gradients as a result */

/* y = x. */
static tg_status identity_forward(const tg_call *call)
{
    (void)call;
    return TG_OK;
}

static tg_status identity_backward(tg_graph *g, const tg_call *call,
                                   tg_tensor *dy, tg_tensor **dx)
{
    (void)g;
    (void)call;
    dx[0] = dy;
    return TG_OK;
}

static const tg_op identity = {.name = "identity",
                               .formula = "y = x; dx = dy",
                               .forward = identity_forward,
                               .backward = identity_backward,
                               .saves_nothing = true};

static void end_adopted(tg_graph *g, void *arg)
{
    tg_tensor *t = arg;

    (void)g;
    t->owner = TG_OWNER_PASS;
    tg_temporary_release(t);
}

/* A temporary becomes the graph's own; its slot's handle goes along. */
static tg_tensor *adopt(tg_graph *g, tg_tensor *t)
{
    if (!tg_graph_on_rewind(g, end_adopted, t))
        return NULL;
    t->owner = TG_OWNER_GRAPH;
    return t;
}

static tg_tensor *copy(tg_graph *g, const tg_tensor *t)
{
    tg_tensor *to = tg_graph_tensor_like(g, t);

    if (to != NULL && to->size > 0)
        memcpy(to->data, t->data, tg_tensor_bytes(t));
    return to;
}

static tg_tensor *zeros(tg_graph *g, const tg_tensor *x)
{
    tg_tensor *t = tg_graph_tensor_like(g, x);

    if (t != NULL)
        tg_tensor_fill(t, 0.0);
    return t;
}

/* What the caller gets for x: g's, and no second name for another tensor's
 * storage. */
static tg_tensor *result_for(tg_pass *p, tg_tensor *x)
{
    tg_graph *g = p->graph;
    tg_tensor **slot = tg_pass_gradient(p, x);
    tg_tensor *t = slot != NULL ? *slot : NULL;

    if (t == NULL || t == TG_NONE)
        return zeros(g, x);
    if (p->create_graph && t->owner != TG_OWNER_GRAPH)
        return tg_apply_view(g, &identity, &t->shape, t);
    if (p->create_graph)
        return t;
    return tg_temporary_is_sole(t) ? adopt(g, t) : copy(g, t);
}

static tg_status check_used(tg_pass *p, int n, tg_tensor *const *xs)
{
    for (int i = 0; i < n; i++) {
        tg_tensor **slot = tg_pass_gradient(p, xs[i]);
        if (p->lost)
            return tg_pass_check_lost(p);
        if (slot == NULL || *slot == NULL)
            return tg_fail(p->graph, TG_ERR_ARG,
                           "gradients: y does not depend on x %s",
                           tg_describe(xs[i]).text);
    }
    return TG_OK;
}

static tg_status check_targets(tg_graph *g, int n, tg_tensor *const *xs,
                               tg_tensor **grads)
{
    if (n < 1 || xs == NULL)
        return tg_fail(g, TG_ERR_ARG, "gradients: %d xs%s", n,
                       xs == NULL ? ", but none given" : "");
    if (grads == NULL)
        return tg_fail(g, TG_ERR_ARG, "gradients: no room for %d gradients", n);
    tg_status s = tg_check_inputs(g, "gradients", n, xs);
    if (s != TG_OK)
        return s;
    for (int i = 0; i < n; i++)
        if (!xs[i]->requires_grad)
            return tg_fail(g, TG_ERR_ARG,
                           "gradients: x %s does not require a gradient",
                           tg_describe(xs[i]).text);
    return TG_OK;
}

static tg_status collect(tg_pass *p, int n, tg_tensor *const *xs,
                         tg_tensor **grads, bool allow_unused)
{
    tg_status s = allow_unused ? TG_OK : check_used(p, n, xs);
    size_t bytes = (size_t)n * sizeof *grads;
    tg_tensor **found =
        s == TG_OK ? tg_pool_take(&p->graph->pool, bytes) : NULL;

    if (s != TG_OK)
        return s;
    for (int i = 0; found != NULL && i < n && s == TG_OK; i++)
        if ((found[i] = result_for(p, xs[i])) == NULL)
            s = TG_ERR_NOMEM;
    if (found == NULL || s != TG_OK)
        s = tg_fail(p->graph, TG_ERR_NOMEM,
                    "gradients: no memory for %d gradients", n);
    else
        memcpy(grads, found, bytes);
    if (found != NULL)
        tg_pool_give(&p->graph->pool, found, bytes);
    return s;
}

tg_status tg_pass_gradients(tg_graph *g, size_t first, tg_tensor *y,
                            const tg_tensor *grad_y, int n,
                            tg_tensor *const *xs, tg_tensor **grads,
                            tg_gradients_options options)
{
    bool recorded = tg_graph_set_recording(g, options.create_graph);
    tg_mark before = tg_graph_mark(g);
    tg_pass p = {.create_graph = options.create_graph, .first = first};
    tg_status s = tg_pass_open(&p, g, y, grad_y);

    if (s == TG_OK)
        s = tg_pass_aim(&p, n, xs);
    if (s == TG_OK)
        s = tg_pass_run(&p);
    if (s == TG_OK)
        s = collect(&p, n, xs, grads, options.allow_unused);
    tg_pass_close(&p);
    if (s != TG_OK)
        tg_graph_drop(g, before);
    tg_graph_set_recording(g, recorded);
    return s;
}

tg_status tg_gradients(tg_graph *g, tg_tensor *y, const tg_tensor *grad_y,
                       int n, tg_tensor *const *xs, tg_tensor **grads,
                       tg_gradients_options options)
{
    tg_status s = check_output(g, "gradients", y, grad_y);

    if (s == TG_OK && grad_y == NULL)
        s = check_single(g, "gradients", y);
    if (s == TG_OK)
        s = check_targets(g, n, xs, grads);
    if (s != TG_OK)
        return s;
    return tg_pass_gradients(g, 0, y, grad_y, n, xs, grads, options);
}
