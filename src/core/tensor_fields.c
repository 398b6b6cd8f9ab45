#include <tinygrad/tensor.h>

#include "graph.h"
#include "tensor.h"

#include <math.h>
#include <string.h>

tg_dtype tg_tensor_dtype(const tg_tensor *t)
{
    return t != NULL ? t->dtype : TG_F32;
}

tg_shape tg_tensor_shape(const tg_tensor *t)
{
    return t != NULL ? tg_shape_copy(&t->shape) : TG_SCALAR;
}

int64_t tg_tensor_size(const tg_tensor *t)
{
    return t != NULL ? t->size : 0;
}

bool tg_tensor_look(const tg_tensor *t)
{
    if (t->graph == NULL)
        return true;
    ((tg_tensor *)t)->flags |= TG_LOOKED_AT;
    return !(t->flags & TG_STALE) || tg_plan_settle(t->graph) == TG_OK;
}

void *tg_data(const tg_tensor *t)
{
    return t != NULL && tg_tensor_look(t) ? t->data : NULL;
}

static void *data_of(const tg_tensor *t, tg_dtype dtype)
{
    return t != NULL && t->dtype == dtype ? tg_data(t) : NULL;
}

float *tg_data_f32(const tg_tensor *t)
{
    return data_of(t, TG_F32);
}

double *tg_data_f64(const tg_tensor *t)
{
    return data_of(t, TG_F64);
}

int64_t *tg_data_i64(const tg_tensor *t)
{
    return data_of(t, TG_I64);
}

double tg_item(const tg_tensor *t)
{
    if (t == NULL)
        return NAN;
    if (t->size != 1 || t == TG_NONE) {
        tg_fail(NULL, TG_ERR_SHAPE, "item: %s has not one element",
                tg_describe(t).text);
        return NAN;
    }
    if (!tg_tensor_look(t))
        return NAN;
    return t->dtype == TG_I64 ? (double)*(int64_t *)t->data : tg_get(t, 0);
}

/* ---- details */

static void forget_details(tg_graph *g, void *arg)
{
    tg_tensor *t = arg;

    (void)g;
    t->details = NULL;
}

/* They live in the record. A temporary of a pass ends before the record is
 * rewound, so there is nothing to forget. */
tg_details *tg_tensor_details(tg_tensor *t)
{
    if (t->details != NULL)
        return t->details;
    tg_details *details = tg_arena_take(&t->graph->record, sizeof *details);
    if (details == NULL || (t->owner == TG_OWNER_GRAPH &&
                            !tg_graph_on_rewind(t->graph, forget_details, t)))
        return NULL;
    *details = (tg_details){0};
    t->details = details;
    return details;
}

/* ---- names */

typedef struct old_name {
    tg_details *details;
    char *name;
} old_name;

static void restore_name(tg_graph *g, void *arg)
{
    old_name *old = arg;

    (void)g;
    old->details->name = old->name;
}

static tg_status out_of_memory(const tg_tensor *t)
{
    return tg_fail(t->graph, TG_ERR_NOMEM, "set_name: no memory to name %s",
                   tg_describe(t).text);
}

/* The name lives in the record, as its details do. */
static bool has_named(tg_tensor *t, const char *name)
{
    tg_graph *g = t->graph;
    size_t length = name != NULL ? strlen(name) + 1 : 0;
    tg_details *details = tg_tensor_details(t);
    old_name *old = tg_arena_take(&g->record, sizeof *old + length);

    if (details == NULL || old == NULL)
        return false;
    *old = (old_name){details, details->name};
    if (t->owner == TG_OWNER_GRAPH && !tg_graph_on_rewind(g, restore_name, old))
        return false;
    details->name = name != NULL ? memcpy(old + 1, name, length) : NULL;
    return true;
}

static tg_status name_result(tg_tensor *t, const char *name)
{
    tg_mark before = tg_graph_mark(t->graph);

    if (has_named(t, name))
        return TG_OK;
    tg_graph_drop(t->graph, before);
    return out_of_memory(t);
}

static tg_status name_leaf(tg_tensor *t, const char *name)
{
    size_t length = name != NULL ? strlen(name) + 1 : 0;
    char *copy = length > 0 ? tg_memory_new(length) : NULL;

    if (length > 0 && copy == NULL)
        return out_of_memory(t);
    if (copy != NULL)
        memcpy(copy, name, length);
    char *old = t->details->name;
    tg_memory_free(old, old != NULL ? strlen(old) + 1 : 0);
    t->details->name = copy;
    return TG_OK;
}

tg_status tg_set_name(tg_tensor *t, const char *name)
{
    if (t == NULL || t == TG_NONE)
        return tg_fail(NULL, TG_ERR_ARG, "set_name: no tensor");
    return t->graph != NULL ? name_result(t, name) : name_leaf(t, name);
}

const char *tg_name(const tg_tensor *t)
{
    return t != NULL && t->details != NULL ? t->details->name : NULL;
}

/* ---- gradients */

tg_status tg_set_requires_grad(tg_tensor *leaf, bool on)
{
    if (leaf == NULL || leaf == TG_NONE)
        return tg_fail(NULL, TG_ERR_ARG, "set_requires_grad: no tensor");
    if (leaf->graph != NULL)
        return tg_fail(leaf->graph, TG_ERR_STATE,
                       "set_requires_grad: %s is the result of an op, which "
                       "inherits from its inputs",
                       tg_describe(leaf).text);
    if (!tg_is_float(leaf))
        return tg_fail(NULL, TG_ERR_DTYPE,
                       "set_requires_grad: %s is i64, which has no gradients",
                       tg_describe(leaf).text);
    leaf->requires_grad = on;
    return TG_OK;
}

bool tg_requires_grad(const tg_tensor *t)
{
    return t != NULL && t->requires_grad;
}

tg_tensor *tg_grad(const tg_tensor *t)
{
    return t != NULL && t->details != NULL ? t->details->grad : NULL;
}

void tg_zero_grad(tg_tensor *t)
{
    tg_tensor *grad = tg_grad(t);

    if (grad == NULL)
        return;
    if (grad->size > 0)
        memset(grad->data, 0, tg_tensor_bytes(grad));
    tg_tensor_touch(grad);
}

uint32_t tg_grad_count(const tg_tensor *t)
{
    return t != NULL && t->details != NULL ? t->details->reached : 0;
}

/* ---- time */

atomic_uint_least64_t tg_clock;

void tg_tensor_touch(tg_tensor *t)
{
    if (t == NULL || t == TG_NONE)
        return;
    tg_tensor *storage = t->base != NULL ? t->base : t;
    storage->written =
        atomic_fetch_add_explicit(&tg_clock, 1, memory_order_relaxed) + 1;
}

uint64_t tg_tensor_version(const tg_tensor *t)
{
    return t != NULL ? tg_tensor_written(t) : 0;
}
