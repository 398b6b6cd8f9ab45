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
    tg_shape shape = TG_SCALAR;

    if (t == NULL)
        return shape;
    shape.ndim = t->shape.ndim;
    for (int d = 0; d < shape.ndim; d++)
        shape.dim[d] = t->shape.dim[d];
    return shape;
}

int64_t tg_tensor_size(const tg_tensor *t)
{
    return t != NULL ? t->size : 0;
}

void *tg_data(const tg_tensor *t)
{
    return t != NULL ? t->data : NULL;
}

static void *data_of(const tg_tensor *t, tg_dtype dtype)
{
    return t != NULL && t->dtype == dtype ? t->data : NULL;
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
    if (t->dtype == TG_I64)
        return (double)*(int64_t *)t->data;
    return t->dtype == TG_F32 ? (double)*(float *)t->data : *(double *)t->data;
}

/* ---- names */

typedef struct old_name {
    tg_tensor *tensor;
    char *name;
} old_name;

static void restore_name(tg_graph *g, void *arg)
{
    old_name *old = arg;

    (void)g;
    old->tensor->name = old->name;
}

static tg_status out_of_memory(const tg_tensor *t)
{
    return tg_fail(t->graph, TG_ERR_NOMEM, "set_name: no memory to name %s",
                   tg_describe(t).text);
}

/* The name lives in the record. A temporary of a pass ends before the record
 * is rewound, so there is nothing to restore. */
static tg_status name_recorded(tg_tensor *t, const char *name)
{
    tg_graph *g = t->graph;
    size_t length = name != NULL ? strlen(name) + 1 : 0;
    tg_mark before = tg_graph_mark(g);
    old_name *old = tg_arena_take(&g->record, sizeof *old + length);

    if (old == NULL)
        return out_of_memory(t);
    *old = (old_name){t, t->name};
    if (t->owner == TG_OWNER_GRAPH &&
        !tg_graph_on_rewind(g, restore_name, old)) {
        tg_graph_drop(g, before);
        return out_of_memory(t);
    }
    t->name = name != NULL ? memcpy(old + 1, name, length) : NULL;
    return TG_OK;
}

static tg_status name_leaf(tg_tensor *t, const char *name)
{
    size_t length = name != NULL ? strlen(name) + 1 : 0;
    char *copy = length > 0 ? tg_memory_new(length) : NULL;

    if (length > 0 && copy == NULL)
        return out_of_memory(t);
    if (copy != NULL)
        memcpy(copy, name, length);
    tg_memory_free(t->name, t->name != NULL ? strlen(t->name) + 1 : 0);
    t->name = copy;
    return TG_OK;
}

tg_status tg_set_name(tg_tensor *t, const char *name)
{
    if (t == NULL || t == TG_NONE)
        return tg_fail(NULL, TG_ERR_ARG, "set_name: no tensor");
    return t->graph != NULL ? name_recorded(t, name) : name_leaf(t, name);
}

const char *tg_name(const tg_tensor *t)
{
    return t != NULL ? t->name : NULL;
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
    return t != NULL ? t->grad : NULL;
}

void tg_zero_grad(tg_tensor *t)
{
    if (t == NULL || t->grad == NULL)
        return;
    if (t->grad->size > 0)
        memset(t->grad->data, 0, tg_tensor_bytes(t->grad));
    tg_tensor_touch(t->grad);
}

uint32_t tg_grad_count(const tg_tensor *t)
{
    return t != NULL ? t->reached : 0;
}

/* ---- versions */

void tg_tensor_touch(tg_tensor *t)
{
    if (t == NULL || t == TG_NONE)
        return;
    tg_tensor *storage = t->base != NULL ? t->base : t;
    storage->version++;
}

uint32_t tg_tensor_version(const tg_tensor *t)
{
    if (t == NULL)
        return 0;
    return t->base != NULL ? t->base->version : t->version;
}

static void add_f32(size_t n, const float *x, float *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] += x[i];
}

static void add_f64(size_t n, const double *x, double *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] += x[i];
}

void tg_tensor_accumulate(tg_tensor *to, const tg_tensor *from)
{
    if (to->dtype == TG_F32)
        add_f32((size_t)to->size, from->data, to->data);
    else
        add_f64((size_t)to->size, from->data, to->data);
}
