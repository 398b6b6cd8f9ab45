#include "contents.h"
#include "number.h"
#include "safetensors.h"

#include <tinygrad/io.h>
#include <tinygrad/memory.h>

static const char what[] = "load";

/* One load: every tensor of the checkpoint and what the file has for it. */
typedef struct loading {
    tg_safetensors file;
    tg_contents to;
    const char *path;
    tg_stored_tensor **from; /* NULL: missing */
} loading;

/* ---- does it fit? */

static bool becomes(tg_stored kind, tg_dtype dtype)
{
    switch (kind) {
    case TG_STORED_F16:
    case TG_STORED_BF16:
    case TG_STORED_F32:
        return dtype != TG_I64;
    case TG_STORED_F64:
        return dtype == TG_F64;
    case TG_STORED_I64:
        return dtype == TG_I64;
    case TG_STORED_OTHER:
        return false;
    }
    return false;
}

static tg_status check_fit(const loading *l, const tg_tensor *t,
                           const tg_stored_tensor *from)
{
    if (from->shape.ndim < 0 ||
        !tg_shape_equal(from->shape, tg_tensor_shape(t)))
        return tg_fail(NULL, TG_ERR_SHAPE, "%s: '%s': '%s' is %s, not %s", what,
                       l->path, from->name,
                       from->shape.ndim < 0 ? "of too many axes"
                                            : tg_shape_text(from->shape).text,
                       tg_shape_text(tg_tensor_shape(t)).text);
    if (!becomes(from->kind, tg_tensor_dtype(t)))
        return tg_fail(NULL, TG_ERR_DTYPE, "%s: '%s': '%s' is %s, not %s", what,
                       l->path, from->name, from->dtype,
                       tg_dtype_name(tg_tensor_dtype(t)));
    return TG_OK;
}

static tg_status find(loading *l, size_t i, bool allow_missing)
{
    const tg_tensor *t = tg_contents_at(&l->to, i);
    const char *prefix = tg_contents_prefix(&l->to, i);
    size_t size = strlen(prefix) + strlen(tg_name(t)) + 1;
    char *name = tg_memory_new(size);
    tg_status s = TG_OK;

    if (name == NULL)
        return tg_fail(NULL, TG_ERR_NOMEM, "%s: no memory", what);
    strcat(strcpy(name, prefix), tg_name(t));
    l->from[i] = tg_safetensors_find(&l->file, name);
    if (l->from[i] != NULL) {
        l->from[i]->used = true;
        s = check_fit(l, t, l->from[i]);
    } else if (!allow_missing) {
        s = tg_fail(NULL, TG_ERR_FORMAT, "%s: '%s' has no '%s'", what, l->path,
                    name);
    }
    tg_memory_free(name, size);
    return s;
}

/* Without an optimiser, the state of one is nothing extra. */
static tg_status check_extra(const loading *l)
{
    for (size_t i = 0; i < l->file.count; i++) {
        const tg_stored_tensor *t = &l->file.tensors[i];
        bool is_state =
            strncmp(t->name, TG_STATE_PREFIX, strlen(TG_STATE_PREFIX)) == 0;
        if (!t->used && (l->to.state != NULL || !is_state))
            return tg_fail(NULL, TG_ERR_FORMAT,
                           "%s: '%s': nothing here is called '%s'", what,
                           l->path, t->name);
    }
    return TG_OK;
}

static tg_status check(loading *l, tg_load_options options)
{
    tg_status s = TG_OK;

    for (size_t i = 0; s == TG_OK && i < tg_contents_count(&l->to); i++)
        s = find(l, i, options.allow_missing);
    return s == TG_OK && !options.allow_extra ? check_extra(l) : s;
}

/* ---- then it goes in, and nothing can fail */

/* Half precision: sign, 5 bits of exponent, 10 of fraction. */
static double half(uint32_t bits)
{
    uint32_t sign = (bits & 0x8000) << 16, exponent = bits >> 10 & 31;
    uint32_t fraction = bits & 1023;

    if (exponent == 0) /* fraction / 2^24 */
        return (sign ? -1.0 : 1.0) * (double)fraction / 16777216.0;
    exponent = exponent == 31 ? 255 : exponent + 127 - 15;
    return (double)tg_float_of(sign | exponent << 23 | fraction << 13);
}

static double widen(tg_stored kind, const unsigned char *from, int64_t i)
{
    if (kind == TG_STORED_F32)
        return (double)tg_float_of((uint32_t)tg_little_endian(from + 4 * i, 4));
    uint32_t bits = (uint32_t)tg_little_endian(from + 2 * i, 2);
    return kind == TG_STORED_F16 ? half(bits) : (double)tg_float_of(bits << 16);
}

static void put(tg_tensor *t, tg_stored kind, const unsigned char *from)
{
    static const tg_stored same[] = {[TG_F32] = TG_STORED_F32,
                                     [TG_F64] = TG_STORED_F64,
                                     [TG_I64] = TG_STORED_I64};
    int64_t n = tg_tensor_size(t);
    tg_dtype dtype = tg_tensor_dtype(t);

    if (kind == same[dtype] && n > 0)
        memcpy(tg_data(t), from, (size_t)n * tg_dtype_size(dtype));
    for (int64_t i = 0; kind != same[dtype] && i < n; i++) {
        if (dtype == TG_F32)
            tg_data_f32(t)[i] = (float)widen(kind, from, i);
        else
            tg_data_f64(t)[i] = widen(kind, from, i);
    }
    tg_tensor_touch(t);
}

static tg_status load(loading *l, tg_load_options options)
{
    size_t count = tg_contents_count(&l->to);

    l->from = tg_memory_new((count + 1) * sizeof *l->from);
    if (l->from == NULL)
        return tg_fail(NULL, TG_ERR_NOMEM, "%s: no memory", what);
    tg_status s = check(l, options);
    for (size_t i = 0; s == TG_OK && i < count; i++)
        if (l->from[i] != NULL)
            put(tg_contents_at(&l->to, i), l->from[i]->kind,
                l->file.data + l->from[i]->begin);
    tg_memory_free(l->from, (count + 1) * sizeof *l->from);
    return s;
}

tg_status tg_load(tg_params *p, tg_optim *o, const char *path,
                  tg_load_options options)
{
    loading l = {.to = {p, NULL}, .path = path};

    if (p == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "%s: no table of parameters", what);
    if (o != NULL && (l.to.state = tg_optim_state(o)) == NULL)
        return TG_ERR_NOMEM;
    tg_status s = tg_check_byte_order(what);
    if (s == TG_OK)
        s = tg_safetensors_open(&l.file, path);
    if (s == TG_OK)
        s = load(&l, options);
    tg_safetensors_close(&l.file);
    return s;
}
