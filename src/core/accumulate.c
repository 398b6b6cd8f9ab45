/* The end of a backward pass: gradients go into .grad, all or none. */
#include "pass.h"

#include <string.h>

static tg_tensor *tensor_at(const tg_pass *p, size_t i)
{
    if (i < p->n_nodes)
        return &p->graph->nodes[i]->out;
    return p->graph->leaves.items[i - p->n_nodes];
}

static void forget_grad(tg_graph *g, void *arg)
{
    tg_details *details = arg;

    (void)g;
    details->grad = NULL;
}

/* Without values, owned by the leaf, or by the graph for a recorded tensor. */
static tg_tensor *new_grad(tg_graph *g, tg_tensor *t)
{
    if (t->graph == NULL) {
        tg_tensor *grad = tg_leaf_new(t->dtype, tg_tensor_shape(t));
        if (grad != NULL)
            grad->owner = TG_OWNER_TENSOR;
        return grad;
    }
    tg_tensor *grad = tg_graph_tensor_like(g, t);
    if (grad == NULL || !tg_graph_on_rewind(g, forget_grad, t->details))
        return NULL;
    return grad;
}

/* New gradients wait in an array, in the order of their numbers, until all are
 * made: .grad is not touched before. */
typedef struct fresh {
    tg_tensor **grads;
    size_t count, wanted;
} fresh;

static bool is_first(tg_pass *p, size_t i)
{
    return p->gradients[i] != NULL && tensor_at(p, i)->details->grad == NULL;
}

static bool make_room(tg_pass *p, fresh *f)
{
    for (size_t i = 0; i < tg_pass_count(p); i++)
        f->wanted += is_first(p, i);
    f->grads = tg_pool_take(&p->graph->pool, f->wanted * sizeof *f->grads);
    return f->grads != NULL;
}

static bool prepare(tg_pass *p, fresh *f)
{
    if (!make_room(p, f))
        return false;
    for (size_t i = 0; f->count < f->wanted; i++) {
        if (!is_first(p, i))
            continue;
        f->grads[f->count] = new_grad(p->graph, tensor_at(p, i));
        if (f->grads[f->count] == NULL)
            return false;
        f->count++;
    }
    return true;
}

static void give_back(tg_pass *p, fresh *f)
{
    if (f->grads != NULL)
        tg_pool_give(&p->graph->pool, f->grads, f->wanted * sizeof *f->grads);
}

static void drop(const fresh *f)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->grads[i]->owner == TG_OWNER_TENSOR)
            tg_leaf_release(f->grads[i]);
}

/* The first gradient is a copy, later ones are added. */
static void write_first(tg_tensor *grad, const tg_tensor *gradient)
{
    if (gradient == TG_NONE)
        tg_tensor_fill(grad, 0.0);
    else if (grad->size > 0)
        memcpy(grad->data, gradient->data, tg_tensor_bytes(grad));
}

static void commit(tg_pass *p, tg_tensor **first)
{
    for (size_t i = 0; i < tg_pass_count(p); i++) {
        if (p->gradients[i] == NULL)
            continue;
        tg_details *to = tensor_at(p, i)->details;
        if (to->grad == NULL) {
            to->grad = *first++;
            write_first(to->grad, p->gradients[i]);
        } else if (p->gradients[i] != TG_NONE) {
            tg_tensor_accumulate(to->grad, p->gradients[i]);
        }
        tg_tensor_touch(to->grad);
        to->reached++;
    }
}

tg_status tg_pass_accumulate(tg_pass *p)
{
    fresh f = {0};
    bool ready = prepare(p, &f);

    if (ready)
        commit(p, f.grads);
    else
        drop(&f);
    give_back(p, &f);
    return ready ? TG_OK
                 : tg_fail(p->graph, TG_ERR_NOMEM,
                           "backward: no memory for the gradients");
}

static void stop_retaining(tg_graph *g, void *arg)
{
    tg_tensor *t = arg;

    (void)g;
    t->flags &= (uint8_t)~TG_RETAINS_GRAD;
}

tg_status tg_retain_grad(tg_tensor *t)
{
    if (t == NULL || t == TG_NONE)
        return tg_fail(NULL, TG_ERR_ARG, "retain_grad: no tensor");
    if (!t->requires_grad || (t->graph != NULL && t->node == TG_NO_NODE))
        return tg_fail(t->graph, TG_ERR_STATE,
                       "retain_grad: %s requires no gradient",
                       tg_describe(t).text);
    if (t->graph == NULL || (t->flags & TG_RETAINS_GRAD) != 0)
        return TG_OK;
    tg_mark before = tg_graph_mark(t->graph);
    if (tg_tensor_details(t) == NULL ||
        !tg_graph_on_rewind(t->graph, stop_retaining, t)) {
        tg_graph_drop(t->graph, before);
        return tg_fail(t->graph, TG_ERR_NOMEM,
                       "retain_grad: no memory to retain %s",
                       tg_describe(t).text);
    }
    t->flags |= TG_RETAINS_GRAD;
    return TG_OK;
}
