#include "safetensors.h"

#include "number.h"

#include <tinygrad/memory.h>

#include <stdlib.h>

enum { LENGTH = 8, MOST_HEADER = 100000000 };
static const char what[] = "load";

typedef struct kind {
    const char *name;
    size_t size;
    tg_stored stored;
} kind;

static const kind kinds[] = {
    {"F32", 4, TG_STORED_F32},      {"F64", 8, TG_STORED_F64},
    {"I64", 8, TG_STORED_I64},      {"F16", 2, TG_STORED_F16},
    {"BF16", 2, TG_STORED_BF16},    {"BOOL", 1, TG_STORED_OTHER},
    {"U8", 1, TG_STORED_OTHER},     {"I8", 1, TG_STORED_OTHER},
    {"U16", 2, TG_STORED_OTHER},    {"I16", 2, TG_STORED_OTHER},
    {"U32", 4, TG_STORED_OTHER},    {"I32", 4, TG_STORED_OTHER},
    {"U64", 8, TG_STORED_OTHER},    {"F8_E4M3", 1, TG_STORED_OTHER},
    {"F8_E5M2", 1, TG_STORED_OTHER}};

static const kind *find_kind(const char *name)
{
    for (size_t i = 0; name != NULL && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

/* ---- one tensor. Each part returns what is wrong with it, or NULL. */

static bool whole(const json_t *number, uint64_t *n)
{
    if (!json_is_integer(number) || json_integer_value(number) < 0)
        return false;
    *n = (uint64_t)json_integer_value(number);
    return true;
}

/* Counts the bytes; any number of axes is legal in a file. */
static const char *read_shape(const json_t *shape, tg_stored_tensor *t,
                              uint64_t *bytes)
{
    size_t ndim = json_array_size(shape);
    uint64_t extent;

    if (!json_is_array(shape))
        return "has no shape";
    t->shape.ndim = ndim <= TG_MAX_DIMS ? (int)ndim : -1;
    for (size_t d = 0; d < ndim; d++) {
        if (!whole(json_array_get(shape, d), &extent))
            return "has an extent that is no whole number";
        if (ndim <= TG_MAX_DIMS)
            t->shape.dim[d] = (int64_t)extent;
        if (extent > 0 && *bytes > INT64_MAX / extent)
            return "is too large";
        *bytes *= extent;
    }
    return NULL;
}

static const char *read_offsets(const json_t *offsets, tg_stored_tensor *t)
{
    if (!json_is_array(offsets) || json_array_size(offsets) != 2 ||
        !whole(json_array_get(offsets, 0), &t->begin) ||
        !whole(json_array_get(offsets, 1), &t->end))
        return "has no data_offsets";
    return t->begin <= t->end ? NULL : "ends before it begins";
}

static const char *read_tensor(const json_t *entry, tg_stored_tensor *t)
{
    const kind *k =
        find_kind(json_string_value(json_object_get(entry, "dtype")));
    const char *wrong;

    if (!json_is_object(entry) || json_object_size(entry) != 3)
        return "has not the keys dtype, shape, data_offsets";
    if (k == NULL)
        return "has an unknown dtype";
    uint64_t bytes = k->size;
    t->dtype = k->name;
    t->kind = k->stored;
    wrong = read_shape(json_object_get(entry, "shape"), t, &bytes);
    if (wrong == NULL)
        wrong = read_offsets(json_object_get(entry, "data_offsets"), t);
    if (wrong == NULL && t->end - t->begin != bytes)
        wrong = "has not as many bytes as its shape";
    return wrong;
}

static bool is_metadata(const json_t *entry)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)entry, key,
                        value) if (!json_is_string(value)) return false;
    return json_is_object(entry);
}

/* ---- the file */

static tg_status wrong_tensor(const char *path, const char *name,
                              const char *wrong)
{
    return tg_fail(NULL, TG_ERR_FORMAT, "%s: '%s': '%s' %s", what, path, name,
                   wrong);
}

static tg_status read_header(tg_safetensors *s, const char *path)
{
    const int flags = JSON_REJECT_DUPLICATES;
    json_error_t error;

    if (s->file.size < LENGTH)
        return tg_misformed(what, path, "ends too soon");
    uint64_t size = tg_little_endian(s->file.data, LENGTH);
    if (size > MOST_HEADER || size > s->file.size - LENGTH)
        return tg_misformed(what, path, "has no header that fits into it");
    s->data = s->file.data + LENGTH + size;
    s->header = json_loadb((const char *)s->file.data + LENGTH, (size_t)size,
                           flags, &error);
    if (s->header == NULL)
        return tg_fail(NULL,
                       json_error_code(&error) == json_error_out_of_memory
                           ? TG_ERR_NOMEM
                           : TG_ERR_FORMAT,
                       "%s: '%s': header: %s", what, path, error.text);
    return json_is_object(s->header)
               ? TG_OK
               : tg_misformed(what, path, "has a header that is no object");
}

static tg_status read_tensors(tg_safetensors *s, const char *path)
{
    const char *name;
    json_t *entry;

    s->capacity = json_object_size(s->header) + 1;
    s->tensors = tg_memory_new(s->capacity * sizeof *s->tensors);
    if (s->tensors == NULL)
        return tg_fail(NULL, TG_ERR_NOMEM, "%s: '%s': no memory", what, path);
    json_object_foreach(s->header, name, entry)
    {
        tg_stored_tensor t = {.name = name};
        const char *wrong = NULL;
        if (strcmp(name, "__metadata__") != 0) {
            wrong = read_tensor(entry, &t);
            s->tensors[s->count++] = t;
        } else if (!is_metadata(entry)) {
            wrong = "does not map strings to strings";
        }
        if (wrong != NULL)
            return wrong_tensor(path, name, wrong);
    }
    return TG_OK;
}

/* Empty tensors lie before the one that begins where they do. */
static int compare(const void *a, const void *b)
{
    const tg_stored_tensor *s = a, *t = b;

    if (s->begin != t->begin)
        return s->begin < t->begin ? -1 : 1;
    return (s->end > t->end) - (s->end < t->end);
}

/* One behind the other, from the beginning to the end. */
static tg_status check_places(tg_safetensors *s, const char *path)
{
    uint64_t at = 0, size = (uint64_t)(s->file.data + s->file.size - s->data);

    qsort(s->tensors, s->count, sizeof *s->tensors, compare);
    for (size_t i = 0; i < s->count; i++) {
        if (s->tensors[i].begin != at)
            return wrong_tensor(path, s->tensors[i].name,
                                "does not begin where the one before it ends");
        at = s->tensors[i].end;
    }
    return at == size ? TG_OK
                      : tg_misformed(what, path,
                                     at > size ? "ends too soon"
                                               : "goes on after its end");
}

tg_status tg_safetensors_open(tg_safetensors *s, const char *path)
{
    *s = (tg_safetensors){0};
    tg_status status = tg_read_file(what, path, &s->file);
    if (status == TG_OK)
        status = read_header(s, path);
    if (status == TG_OK)
        status = read_tensors(s, path);
    return status == TG_OK ? check_places(s, path) : status;
}

void tg_safetensors_close(tg_safetensors *s)
{
    json_decref(s->header);
    tg_memory_free(s->tensors, s->capacity * sizeof *s->tensors);
    if (s->file.data != NULL)
        tg_bytes_free(&s->file);
}

tg_stored_tensor *tg_safetensors_find(tg_safetensors *s, const char *name)
{
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->tensors[i].name, name) == 0)
            return &s->tensors[i];
    return NULL;
}
