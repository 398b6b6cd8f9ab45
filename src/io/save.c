#include "contents.h"
#include "file.h"
#include "number.h"

#include <tinygrad/io.h>

#include <errno.h>
#include <jansson.h>

static const char what[] = "save";

static size_t bytes_of(const tg_tensor *t)
{
    return (size_t)tg_tensor_size(t) * tg_dtype_size(tg_tensor_dtype(t));
}

/* ---- the header. jansson's functions take NULL for what could not be made,
 * and fail. */

static json_t *shape_json(tg_shape shape)
{
    json_t *list = json_array();

    for (int d = 0; d < shape.ndim; d++)
        if (json_array_append_new(list, json_integer(shape.dim[d])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
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

/* A name that is not UTF-8, or the format's own, cannot be a key; nor can one
 * of a parameter that is called as a part of the optimiser's state is. */
static tg_status check_key(const json_t *header, const char *key)
{
    errno = 0;
    json_t *name = json_string(key);
    bool right = name != NULL && json_object_get(header, key) == NULL;

    json_decref(name);
    if (!right && errno == ENOMEM)
        return no_memory();
    return right ? TG_OK
                 : tg_fail(NULL, TG_ERR_ARG,
                           "%s: '%s' cannot be a tensor's name in a file", what,
                           key);
}

static tg_status add_entry(json_t *header, const tg_contents *c, size_t i,
                           uint64_t begin)
{
    tg_key key = tg_contents_key(c, i);

    if (key.text == NULL)
        return no_memory();
    tg_status s = check_key(header, key.text);
    if (s == TG_OK &&
        json_object_set_new(header, key.text,
                            entry_json(tg_contents_at(c, i), begin)) != 0)
        s = no_memory();
    tg_key_free(key);
    return s;
}

static tg_status fill_header(json_t *header, const tg_contents *c)
{
    json_t *metadata = json_pack("{s:s}", "format", "pt");
    uint64_t begin = 0;

    if (json_object_set_new(header, "__metadata__", metadata) != 0)
        return no_memory();
    for (size_t i = 0; i < tg_contents_count(c); i++) {
        tg_status s = add_entry(header, c, i, begin);
        if (s != TG_OK)
            return s;
        begin += bytes_of(tg_contents_at(c, i));
    }
    return TG_OK;
}

/* In memory of ours: who knows what free() is to jansson. */
static tg_status write_text(const json_t *header, tg_bytes *text)
{
    text->size = json_dumpb(header, NULL, 0, JSON_COMPACT);
    text->data = text->size > 0 ? tg_memory_new(text->size) : NULL;
    if (text->data == NULL)
        return no_memory();
    size_t size =
        json_dumpb(header, (char *)text->data, text->size, JSON_COMPACT);
    return size == text->size ? TG_OK : no_memory();
}

static tg_status make_header(const tg_contents *c, tg_bytes *text)
{
    json_t *header = json_object();
    tg_status s = fill_header(header, c);

    if (s == TG_OK)
        s = write_text(header, text);
    json_decref(header);
    return s;
}

/* ---- the file */

/* Length, header, and spaces so that the numbers begin at a multiple of 8. */
static tg_status write_header(tg_saving *file, const tg_bytes *text)
{
    size_t size = text->size, padding = (8 - size % 8) % 8;
    unsigned char length[8];

    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)((uint64_t)(size + padding) >> (8 * i));
    tg_status s = tg_saving_write(file, length, sizeof length);
    if (s == TG_OK)
        s = tg_saving_write(file, text->data, size);
    return s == TG_OK ? tg_saving_write(file, "       ", padding) : s;
}

static tg_status write_file(const tg_contents *c, const tg_bytes *text,
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
    tg_bytes text = {0};
    tg_status s = make_header(c, &text);

    if (s == TG_OK)
        s = write_file(c, &text, path);
    tg_bytes_free(&text);
    return s;
}

/* Looking at the state makes what is not there yet: nothing that the
 * optimiser's user could tell from what was. */
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
