/* The end of a backward pass: gradients go into .grad, all or none. */
#include "pass.h"
#include "tensor.h"

#include <string.h>

static tg_tensor *tensor_at(const tg_pass *p, size_t i)
{
    if (i < p->n_nodes)
        return p->graph->nodes[i]->call.out;
    return p->graph->leaves.items[i - p->n_nodes];
}

static void forget_grad(tg_graph *g, void *arg)
{
    tg_tensor *t = arg;

    (void)g;
    t->grad = NULL;
}

/* Without values, owned by the leaf, or by the graph for a recorded tensor. */
static tg_tensor *new_grad(tg_graph *g, tg_tensor *t)
{
    if (t->graph == NULL) {
        tg_tensor *grad = tg_leaf_new(t->dtype, t->shape);
        if (grad != NULL)
            grad->owner = TG_OWNER_TENSOR;
        return grad;
    }
    tg_tensor *grad = tg_graph_tensor(g, t->dtype, t->shape);
    if (grad == NULL || !tg_graph_on_rewind(g, forget_grad, t))
        return NULL;
    return grad;
}

/* New gradients wait in a list, in the order of their numbers, until all are
 * made: .grad is not touched before. */
static bool prepare(tg_pass *p, tg_tensor **list)
{
    for (size_t i = 0; i < p->n_nodes + p->n_slots; i++) {
        if (p->gradients[i] == NULL || tensor_at(p, i)->grad != NULL)
            continue;
        tg_tensor *grad = new_grad(p->graph, tensor_at(p, i));
        if (grad == NULL)
            return false;
        *list = grad;
        list = &grad->next;
    }
    return true;
}

static void drop(tg_tensor *list)
{
    while (list != NULL) {
        tg_tensor *grad = list;
        list = grad->next;
        if (grad->owner == TG_OWNER_TENSOR)
            tg_tensor_release(grad);
    }
}

/* The first gradient is a copy, later ones are added. */
static void write_first(tg_tensor *grad, const tg_tensor *gradient)
{
    if (gradient == TG_NONE)
        tg_tensor_fill(grad, 0.0);
    else if (grad->size > 0)
        memcpy(grad->data, gradient->data, tg_tensor_bytes(grad));
}

static void commit(tg_pass *p, tg_tensor *list)
{
    for (size_t i = 0; i < p->n_nodes + p->n_slots; i++) {
        if (p->gradients[i] == NULL)
            continue;
        tg_tensor *t = tensor_at(p, i);
        if (t->grad == NULL) {
            t->grad = list;
            list = list->next;
            t->grad->next = NULL;
            write_first(t->grad, p->gradients[i]);
        } else if (p->gradients[i] != TG_NONE) {
            tg_tensor_accumulate(t->grad, p->gradients[i]);
        }
        tg_tensor_touch(t->grad);
        t->reached++;
    }
}

tg_status tg_pass_accumulate(tg_pass *p)
{
    tg_tensor *list = NULL;

    if (!prepare(p, &list)) {
        drop(list);
        return tg_fail(p->graph, TG_ERR_NOMEM,
                       "backward: no memory for the gradients");
    }
    commit(p, list);
    return TG_OK;
}

static void stop_retaining(tg_graph *g, void *arg)
{
    tg_tensor *t = arg;

    (void)g;
    t->retains_grad = false;
}

tg_status tg_retain_grad(tg_tensor *t)
{
    if (t == NULL || t == TG_NONE)
        return tg_fail(NULL, TG_ERR_ARG, "retain_grad: no tensor");
    if (!t->requires_grad || (t->graph != NULL && t->node == TG_NO_NODE))
        return tg_fail(t->graph, TG_ERR_STATE,
                       "retain_grad: %s requires no gradient",
                       tg_describe(t).text);
    if (t->graph == NULL || t->retains_grad)
        return TG_OK;
    if (!tg_graph_on_rewind(t->graph, stop_retaining, t))
        return tg_fail(t->graph, TG_ERR_NOMEM,
                       "retain_grad: no memory to retain %s",
                       tg_describe(t).text);
    t->retains_grad = true;
    return TG_OK;
}
