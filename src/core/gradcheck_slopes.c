/* The function that a gradient check is about, and its derivative by backward.
 */
#include "gradcheck.h"
#include "tensor.h"

#include <math.h>
#include <string.h>

/* With the same draws each time: the same function. */
static tg_tensor *run(const tg_check *c)
{
    tg_graph_seed(c->g, 0);
    return c->fn(c->g, c->variables, c->n_leaves, c->env);
}

static void add_weighted(tg_loss *l, const tg_tensor *weights,
                         const tg_tensor *t)
{
    for (int64_t i = 0; i < t->size; i++) {
        double term = tg_get(weights, i) * tg_get(t, i);
        l->value += term;
        l->magnitude += fabs(term);
    }
}

static tg_status first_gradients(const tg_check *c, bool create_graph)
{
    tg_tensor *y = run(c);
    tg_gradients_options options = {create_graph, .allow_unused = true};

    return tg_gradients(c->g, y, tg_check_weights(c), c->n_leaves, c->variables,
                        c->grads, options);
}

tg_status tg_check_evaluate(const tg_check *c, tg_loss *l)
{
    tg_status s = TG_OK;

    *l = (tg_loss){0};
    if (c->options.order == 1) {
        tg_tensor *y = run(c);
        if (tg_check_inputs(c->g, "gradcheck", 1, &y) == TG_OK)
            add_weighted(l, tg_check_weights(c), y);
    } else {
        s = first_gradients(c, false);
        for (int i = 0; i < c->n_leaves && s == TG_OK; i++)
            add_weighted(l, c->mix[i], c->grads[i]);
    }
    tg_status failed = tg_graph_reset(c->g);
    return s != TG_OK ? s : failed;
}

static void add_slopes(const tg_check *c, int n)
{
    for (int i = 0; i < n; i++)
        for (int64_t k = 0; k < c->grads[i]->size; k++)
            tg_set(c->slopes[i], k,
                   tg_get(c->slopes[i], k) + tg_get(c->grads[i], k));
}

/* Gradients of the mixed first gradients, one leaf's after the other. */
static tg_status second_slopes(const tg_check *c)
{
    tg_tensor **first = tg_memory_new((size_t)c->n_leaves * sizeof *first);
    tg_status s = first_gradients(c, true);

    if (first == NULL)
        return tg_fail(c->g, TG_ERR_NOMEM, "gradcheck: no memory");
    if (s == TG_OK)
        memcpy(first, c->grads, (size_t)c->n_leaves * sizeof *first);
    for (int i = 0; i < c->n_leaves && s == TG_OK; i++) {
        if (!tg_requires_grad(first[i]))
            continue;
        s = tg_gradients(c->g, first[i], c->mix[i], c->n_variables,
                         c->variables, c->grads,
                         (tg_gradients_options){.allow_unused = true});
        if (s == TG_OK)
            add_slopes(c, c->n_variables);
    }
    tg_memory_free(first, (size_t)c->n_leaves * sizeof *first);
    return s;
}

tg_status tg_check_find_slopes(const tg_check *c)
{
    tg_status s;

    if (c->options.order == 1) {
        s = first_gradients(c, false);
        if (s == TG_OK)
            add_slopes(c, c->n_leaves);
    } else {
        s = second_slopes(c);
    }
    tg_status failed = tg_graph_reset(c->g);
    return s != TG_OK ? s : failed;
}
