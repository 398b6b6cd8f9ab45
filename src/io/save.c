#include "contents.h"
#include "file.h"
#include "number.h"

#include <tinygrad/io.h>
#include <tinygrad/memory.h>

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

static const char what[] = "save";

static size_t bytes_of(const tg_tensor *t)
{
    return (size_t)tg_tensor_size(t) * tg_dtype_size(tg_tensor_dtype(t));
}

/* ---- the header */

static json_t *shape_json(tg_shape shape)
{
    json_t *array = json_array();

    for (int d = 0; d < shape.ndim; d++)
        json_array_append_new(array, json_integer(shape.dim[d]));
    return array;
}

static json_t *entry_json(const tg_tensor *t, uint64_t begin)
{
    static const char *const dtypes[] = {
        [TG_F32] = "F32", [TG_F64] = "F64", [TG_I64] = "I64"};

    return json_pack("{s:s, s:o, s:[I,I]}", "dtype", dtypes[tg_tensor_dtype(t)],
                     "shape", shape_json(tg_tensor_shape(t)), "data_offsets",
                     (json_int_t)begin, (json_int_t)(begin + bytes_of(t)));
}

static tg_status no_memory(void)
{
    return tg_fail(NULL, TG_ERR_NOMEM, "%s: no memory for a header", what);
}

/* A name that is not UTF-8, or is what the format keeps for itself, cannot be
 * a key. */
static tg_status add_entry(json_t *header, const char *prefix,
                           const tg_tensor *t, uint64_t begin)
{
    size_t size = strlen(prefix) + strlen(tg_name(t)) + 1;
    char *key = tg_memory_new(size);

    if (key == NULL)
        return no_memory();
    strcat(strcpy(key, prefix), tg_name(t));
    json_t *name = json_string(key);
    tg_status s = TG_OK;
    if (name == NULL || json_object_get(header, key) != NULL)
        s = tg_fail(NULL, TG_ERR_ARG, "%s: '%s' cannot be a tensor's name",
                    what, key);
    else if (json_object_set_new(header, key, entry_json(t, begin)) != 0)
        s = no_memory();
    json_decref(name);
    tg_memory_free(key, size);
    return s;
}

static tg_status fill_header(json_t *header, const tg_contents *c)
{
    json_t *metadata = json_pack("{s:s}", "format", "pt");
    uint64_t begin = 0;
    tg_status s = json_object_set_new(header, "__metadata__", metadata) == 0
                      ? TG_OK
                      : no_memory();

    for (size_t i = 0; s == TG_OK && i < tg_contents_count(c); i++) {
        const tg_tensor *t = tg_contents_at(c, i);
        s = add_entry(header, tg_contents_prefix(c, i), t, begin);
        begin += bytes_of(t);
    }
    return s;
}

/* ---- the file */

/* Length, header, and spaces so that the numbers begin at a multiple of 8. */
static tg_status write_header(tg_saving *file, const char *text)
{
    size_t size = strlen(text), padding = (8 - size % 8) % 8;
    unsigned char length[8];

    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)((uint64_t)(size + padding) >> (8 * i));
    tg_status s = tg_saving_write(file, length, sizeof length);
    if (s == TG_OK)
        s = tg_saving_write(file, text, size);
    return s == TG_OK ? tg_saving_write(file, "       ", padding) : s;
}

static tg_status write_file(const tg_contents *c, const char *text,
                            const char *path)
{
    tg_saving file;
    tg_status s = tg_saving_begin(&file, what, path);

    if (s != TG_OK)
        return s;
    s = write_header(&file, text);
    for (size_t i = 0; s == TG_OK && i < tg_contents_count(c); i++) {
        const tg_tensor *t = tg_contents_at(c, i);
        s = tg_saving_write(&file, tg_data(t), bytes_of(t));
    }
    return tg_saving_end(&file, s);
}

static tg_status save(const tg_contents *c, const char *path)
{
    json_t *header = json_object();
    tg_status s = header != NULL ? fill_header(header, c) : no_memory();
    char *text = s == TG_OK ? json_dumps(header, JSON_COMPACT) : NULL;

    json_decref(header);
    if (s == TG_OK && text == NULL)
        s = no_memory();
    if (s == TG_OK)
        s = write_file(c, text, path);
    free(text);
    return s;
}

tg_status tg_save(const tg_params *p, const tg_optim *o, const char *path)
{
    tg_contents c = {p, NULL};

    if (p == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "%s: no table of parameters", what);
    tg_status s = tg_check_byte_order(what);
    if (s != TG_OK)
        return s;
    if (o != NULL && (c.state = tg_optim_state((tg_optim *)o)) == NULL)
        return TG_ERR_NOMEM;
    return save(&c, path);
}
