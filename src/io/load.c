#include "contents.h"
#include "number.h"
#include "safetensors.h"

#include <tinygrad/io.h>

static const char what[] = "load";

/* One load: every tensor of the checkpoint and what the file has for it. */
typedef struct loading {
    tg_safetensors file;
    tg_contents to;
    const char *path;
    tg_load_options options;
    tg_stored_entry **from; /* NULL: missing */
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
        break;
    }
    return false;
}

static tg_status check_fit(const loading *l, const tg_tensor *t,
                           const tg_stored_entry *entry)
{
    tg_stored_tensor from = tg_safetensors_get(&l->file, entry);
    tg_dtype dtype = tg_tensor_dtype(t);
    tg_shape shape = tg_tensor_shape(t);

    if (from.shape.ndim < 0)
        return tg_fail(NULL, TG_ERR_SHAPE, "%s: '%s': '%s' has too many axes",
                       what, l->path, entry->name);
    if (!tg_shape_equal(from.shape, shape))
        return tg_fail(NULL, TG_ERR_SHAPE, "%s: '%s': '%s' is %s, not %s", what,
                       l->path, entry->name, tg_shape_text(from.shape).text,
                       tg_shape_text(shape).text);
    if (!becomes(from.kind, dtype))
        return tg_fail(NULL, TG_ERR_DTYPE, "%s: '%s': '%s' is %s, not %s", what,
                       l->path, entry->name, from.dtype, tg_dtype_name(dtype));
    return TG_OK;
}

static tg_status check_found(loading *l, size_t i, const char *name)
{
    tg_stored_entry *entry = tg_safetensors_find(&l->file, name);

    l->from[i] = entry;
    if (entry == NULL)
        return l->options.allow_missing
                   ? TG_OK
                   : tg_fail(NULL, TG_ERR_FORMAT, "%s: '%s' has no '%s'", what,
                             l->path, name);
    entry->wanted = true;
    return check_fit(l, tg_contents_at(&l->to, i), entry);
}

static tg_status check_one(loading *l, size_t i)
{
    tg_key key = tg_contents_key(&l->to, i);

    if (key.text == NULL)
        return tg_file_no_memory(what, l->path);
    tg_status s = check_found(l, i, key.text);
    tg_key_free(key);
    return s;
}

/* Without an optimiser, the state of one is nothing extra. */
static bool is_extra(const loading *l, const tg_stored_entry *e)
{
    bool is_state =
        strncmp(e->name, TG_STATE_PREFIX, strlen(TG_STATE_PREFIX)) == 0;

    return !e->wanted && (l->to.state != NULL || !is_state);
}

static tg_status check_extra(const loading *l)
{
    const char *hint = tg_params_count(l->to.params) > 0
                           ? ""
                           : ": the table is empty, as before a model's first "
                             "run";

    for (size_t i = 0; i < l->file.count; i++)
        if (is_extra(l, &l->file.entries[i]))
            return tg_fail(NULL, TG_ERR_FORMAT,
                           "%s: '%s' has '%s', which nothing here is called%s",
                           what, l->path, l->file.entries[i].name, hint);
    return TG_OK;
}

static tg_status check(loading *l)
{
    tg_status s = TG_OK;

    for (size_t i = 0; s == TG_OK && i < tg_contents_count(&l->to); i++)
        s = check_one(l, i);
    return s == TG_OK && !l->options.allow_extra ? check_extra(l) : s;
}

/* ---- then it goes in, and nothing can fail */

/* Half precision: sign, 5 bits of exponent, 10 of fraction. */
static float half(uint32_t bits)
{
    uint32_t sign = (bits & 0x8000) << 16, exponent = bits >> 10 & 31;
    uint32_t fraction = bits & 1023;

    if (exponent == 0) /* fraction / 2^24 */
        return (sign ? -1.0F : 1.0F) * (float)fraction / 16777216.0F;
    exponent = exponent == 31 ? 255 : exponent + 127 - 15;
    return tg_float_of(sign | exponent << 23 | fraction << 13);
}

static float widen(tg_stored kind, const unsigned char *from, int64_t i)
{
    if (kind == TG_STORED_F32)
        return tg_float_of((uint32_t)tg_little_endian(from + 4 * i, 4));
    uint32_t bits = (uint32_t)tg_little_endian(from + 2 * i, 2);
    return kind == TG_STORED_F16 ? half(bits) : tg_float_of(bits << 16);
}

static void put_wider(tg_tensor *t, const tg_stored_tensor *from)
{
    for (int64_t i = 0; i < tg_tensor_size(t); i++) {
        float x = widen(from->kind, from->data, i);
        if (tg_tensor_dtype(t) == TG_F32)
            tg_data_f32(t)[i] = x;
        else
            tg_data_f64(t)[i] = (double)x;
    }
}

static void put(tg_tensor *t, const tg_stored_tensor *from)
{
    static const tg_stored same[] = {[TG_F32] = TG_STORED_F32,
                                     [TG_F64] = TG_STORED_F64,
                                     [TG_I64] = TG_STORED_I64};
    tg_dtype dtype = tg_tensor_dtype(t);
    size_t bytes = (size_t)tg_tensor_size(t) * tg_dtype_size(dtype);

    if (from->kind != same[dtype])
        put_wider(t, from);
    else if (bytes > 0)
        memcpy(tg_data(t), from->data, bytes);
    tg_tensor_touch(t);
}

static void put_all(const loading *l)
{
    for (size_t i = 0; i < tg_contents_count(&l->to); i++)
        if (l->from[i] != NULL) {
            tg_stored_tensor from = tg_safetensors_get(&l->file, l->from[i]);
            put(tg_contents_at(&l->to, i), &from);
        }
}

/* ---- the whole */

static tg_status load(loading *l)
{
    size_t size = (tg_contents_count(&l->to) + 1) * sizeof *l->from;

    l->from = tg_memory_new(size);
    if (l->from == NULL)
        return tg_file_no_memory(what, l->path);
    tg_status s = check(l);
    if (s == TG_OK)
        put_all(l);
    tg_memory_free(l->from, size);
    return s;
}

tg_status tg_load(tg_params *p, tg_optim *o, const char *path,
                  tg_load_options options)
{
    loading l = {.to = {p, NULL}, .path = path, .options = options};

    if (p == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "%s: no table of parameters", what);
    if (o != NULL && (l.to.state = tg_optim_state(o)) == NULL)
        return TG_ERR_NOMEM;
    tg_status s = tg_check_byte_order(what);
    if (s == TG_OK)
        s = tg_safetensors_open(&l.file, path);
    if (s == TG_OK)
        s = load(&l);
    tg_safetensors_close(&l.file);
    return s;
}
