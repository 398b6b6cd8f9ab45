#include "params.h"

#include <tinygrad/memory.h>

#include <string.h>

typedef struct entry entry;

#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(e) ((e)->tensor = NULL)
#define uthash_malloc(size) tg_memory_new(size)
#define uthash_free(p, size) tg_memory_free(p, size)
#include <uthash.h>

struct entry {
    tg_tensor *tensor; /* whose name is the key */
    bool trainable;
    UT_hash_handle hh;
};

struct tg_params {
    tg_dtype dtype;
    tg_rng rng;
    entry *by_name;
    entry **items; /* in order of creation */
    size_t count, capacity;
};

tg_params *tg_params_new(tg_dtype dtype, uint64_t seed)
{
    if (dtype != TG_F32 && dtype != TG_F64) {
        tg_fail(NULL, TG_ERR_DTYPE, "params: parameters are f32 or f64, not %s",
                tg_dtype_name(dtype));
        return NULL;
    }
    tg_params *p = tg_memory_new(sizeof *p);
    if (p == NULL) {
        tg_fail(NULL, TG_ERR_NOMEM, "params: no memory for a table");
        return NULL;
    }
    *p = (tg_params){.dtype = dtype, .rng = tg_rng_seed(seed)};
    return p;
}

tg_dtype tg_params_dtype(const tg_params *p)
{
    return p != NULL ? p->dtype : TG_F32;
}

static void free_entry(entry *e)
{
    tg_tensor_free(e->tensor);
    tg_memory_free(e, sizeof *e);
}

void tg_params_free(tg_params *p)
{
    if (p == NULL)
        return;
    HASH_CLEAR(hh, p->by_name);
    for (size_t i = 0; i < p->count; i++)
        free_entry(p->items[i]);
    tg_memory_free(p->items, p->capacity * sizeof *p->items);
    tg_memory_free(p, sizeof *p);
}

static entry *find(const tg_params *p, const char *name)
{
    entry *e = NULL;

    HASH_FIND_STR(p->by_name, name, e);
    return e;
}

/* ---- what is there already */

static const char *kind_name(bool trainable)
{
    return trainable ? "param" : "buffer";
}

static tg_tensor *check_found(const entry *e, tg_dtype dtype, tg_shape shape,
                              bool trainable)
{
    if (e->trainable != trainable) {
        tg_fail(NULL, TG_ERR_ARG, "%s: %s is a %s", kind_name(trainable),
                tg_describe(e->tensor).text, kind_name(e->trainable));
        return NULL;
    }
    if (tg_tensor_dtype(e->tensor) != dtype) {
        tg_fail(NULL, TG_ERR_DTYPE, "%s: %s is not of %s", kind_name(trainable),
                tg_describe(e->tensor).text, tg_dtype_name(dtype));
        return NULL;
    }
    if (!tg_shape_equal(tg_tensor_shape(e->tensor), shape)) {
        tg_fail(NULL, TG_ERR_SHAPE, "%s: %s is not %s", kind_name(trainable),
                tg_describe(e->tensor).text, tg_shape_text(shape).text);
        return NULL;
    }
    return e->tensor;
}

/* ---- what is new */

static bool has_room(tg_params *p)
{
    size_t more = p->capacity > 0 ? 2 * p->capacity : 16;

    if (p->count < p->capacity)
        return true;
    entry **items = tg_memory_resize(p->items, p->capacity * sizeof *items,
                                     more * sizeof *items);
    if (items == NULL)
        return false;
    p->items = items;
    p->capacity = more;
    return true;
}

/* uthash tells of a failure by taking the entry's tensor away. */
static bool insert(tg_params *p, entry *e)
{
    tg_tensor *tensor = e->tensor;
    const char *name = tg_name(tensor);

    HASH_ADD_KEYPTR(hh, p->by_name, name, strlen(name), e);
    if (e->tensor == NULL) {
        e->tensor = tensor;
        return false;
    }
    p->items[p->count++] = e;
    return true;
}

static bool is_named_leaf(tg_tensor *t, const char *name, bool trainable)
{
    return t != NULL && tg_set_name(t, name) == TG_OK &&
           (!trainable || tg_set_requires_grad(t, true) == TG_OK);
}

static tg_tensor *no_memory(bool trainable, const char *name)
{
    tg_fail(NULL, TG_ERR_NOMEM, "%s: no memory for '%s'", kind_name(trainable),
            name);
    return NULL;
}

static tg_tensor *make(tg_params *p, const char *name, tg_dtype dtype,
                       tg_shape shape, tg_init init, bool trainable)
{
    tg_rng rng = p->rng;
    entry *e = has_room(p) ? tg_memory_new(sizeof *e) : NULL;

    if (e == NULL)
        return no_memory(trainable, name);
    *e = (entry){.tensor = tg_init_tensor(dtype, shape, init, &rng),
                 .trainable = trainable};
    if (!is_named_leaf(e->tensor, name, trainable)) {
        free_entry(e);
        return NULL;
    }
    if (!insert(p, e)) {
        free_entry(e);
        return no_memory(trainable, name);
    }
    p->rng = rng;
    return e->tensor;
}

static tg_tensor *find_or_make(tg_params *p, const char *name, tg_dtype dtype,
                               tg_shape shape, tg_init init, bool trainable)
{
    if (p == NULL || name == NULL || *name == '\0') {
        tg_fail(NULL, TG_ERR_ARG, "%s: no %s", kind_name(trainable),
                p == NULL ? "table of parameters" : "name");
        return NULL;
    }
    const entry *e = find(p, name);
    return e != NULL ? check_found(e, dtype, shape, trainable)
                     : make(p, name, dtype, shape, init, trainable);
}

tg_tensor *tg_param(tg_params *p, const char *name, tg_shape shape,
                    tg_init init)
{
    return find_or_make(p, name, tg_params_dtype(p), shape, init, true);
}

tg_tensor *tg_buffer(tg_params *p, const char *name, tg_shape shape,
                     tg_init init)
{
    return find_or_make(p, name, tg_params_dtype(p), shape, init, false);
}

tg_tensor *tg_buffer_of(tg_params *p, const char *name, tg_dtype dtype,
                        tg_shape shape, tg_init init)
{
    return find_or_make(p, name, dtype, shape, init, false);
}

/* ---- looking */

tg_tensor *tg_params_find(const tg_params *p, const char *name)
{
    const entry *e = p != NULL && name != NULL ? find(p, name) : NULL;

    return e != NULL ? e->tensor : NULL;
}

size_t tg_params_count(const tg_params *p)
{
    return p != NULL ? p->count : 0;
}

tg_tensor *tg_params_at(const tg_params *p, size_t i)
{
    return i < tg_params_count(p) ? p->items[i]->tensor : NULL;
}

void tg_params_zero_grad(tg_params *p)
{
    for (size_t i = 0; i < tg_params_count(p); i++)
        tg_zero_grad(tg_params_at(p, i));
}
