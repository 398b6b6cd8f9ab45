/* The short way of a small call: an elementwise op without settings, on few
 * elements, whose operands have one dtype and shape. It takes the steps of
 * tg_make, with what is known about such a call folded in, and leaves whatever
 * is not as usual to that: there is nothing here that could be told apart. */
#include "record.h"
#include "temporary.h"
#include "verify.h"
#include "work.h"

enum { FEW = 64 };

/* ---- is it one? */

static inline bool is_usual(const tg_graph *g, const tg_tensor *x)
{
    return tg_belongs(g, x) && tg_is_float(x);
}

static TG_FOLDED bool are_usual(const tg_graph *g, int n_in,
                                tg_tensor *const *in)
{
    if (g == NULL || g->plan.is_stale || tg_is_verifying())
        return false;
    if (!is_usual(g, in[0]) || in[0]->size > FEW)
        return false;
    return n_in == 1 || (is_usual(g, in[1]) && in[0]->dtype == in[1]->dtype &&
                         tg_same_shape(&in[0]->shape, &in[1]->shape));
}

/* ---- where its result goes */

static inline bool are_held(const tg_graph *g, const tg_request *r)
{
    for (int i = 0; i < r->n_in; i++)
        if (r->in[i]->graph == NULL &&
            !tg_leaf_hint_holds(&g->leaves, r->in[i]))
            return false;
    return true;
}

static TG_FOLDED tg_node *new_node(tg_graph *g, const tg_request *r)
{
    tg_layout at = tg_record_layout(r);
    bool wanted = false;

    if (!g->recording || !are_held(g, r) || g->n_nodes == g->node_capacity ||
        !tg_arena_has(&g->record, at.size))
        return NULL;
    void *p = tg_arena_take(&g->record, at.size);
    tg_node *node = tg_record_fill(p, g, r, &at);
    tg_tensor **inputs = tg_node_inputs(node);
    for (int i = 0; i < r->n_in; i++) {
        inputs[i] = r->in[i];
        wanted |= r->in[i]->requires_grad;
    }
    node->out.requires_grad = tg_record_requires_grad(g, r, wanted);
    return node;
}

static TG_FOLDED tg_tensor *new_temporary(tg_graph *g, const tg_request *r)
{
    tg_tensor *spent = g->pass->spent;
    void *env;

    if (tg_temporary_takes_over(g->pass, r)) {
        g->pass->spent = NULL;
        return spent;
    }
    if (*tg_pool_spares(&g->pool, tg_temporary_layout(r).size) == NULL)
        return NULL;
    return tg_temporary_new(g, r, &env);
}

/* ---- the call */

static TG_FOLDED void run(const tg_request *r, tg_tensor *out)
{
    tg_work w; /* no more of it is read */

    w.n = (size_t)r->size;
    w.out = out->data;
    w.is_f64 = r->dtype == TG_F64;
    for (int i = 0; i < r->n_in; i++) {
        w.in[i] = r->in[i]->data;
        w.step[i] = 1;
        w.width[i] = (uint8_t)tg_element_size(r->dtype);
    }
    r->op->run(&w);
}

static TG_FOLDED tg_tensor *make(tg_graph *g, const tg_request *r)
{
    tg_node *node = NULL;
    tg_tensor *out;

    if (g->pass != NULL && !g->recording)
        out = new_temporary(g, r);
    else
        out = (node = new_node(g, r)) != NULL ? &node->out : NULL;
    if (out == NULL)
        return NULL;
    run(r, out);
    if (node != NULL)
        tg_record_append(g, node);
    return out;
}

static TG_FOLDED tg_tensor *apply(tg_graph *g, const tg_op *op, int n_in,
                                  tg_tensor *const *in)
{
    if (!are_usual(g, n_in, in))
        return NULL;
    return make(g, &(tg_request){.op = op,
                                 .dtype = in[0]->dtype,
                                 .shape = &in[0]->shape,
                                 .size = in[0]->size,
                                 .n_in = n_in,
                                 .in = in});
}

tg_tensor *tg_small_unary(tg_graph *g, const tg_op *op, tg_tensor *x)
{
    return apply(g, op, 1, &x);
}

tg_tensor *tg_small_binary(tg_graph *g, const tg_op *op, tg_tensor *a,
                           tg_tensor *b)
{
    return apply(g, op, 2, (tg_tensor *[]){a, b});
}
