/* An entry of a safetensors file's header. */
#include "safetensors.h"

#include <string.h>

typedef struct kind {
    const char *name;
    size_t size;
    tg_stored stored;
} kind;

static const kind kinds[] = {
    {"F32", 4, TG_STORED_F32},       {"F64", 8, TG_STORED_F64},
    {"I64", 8, TG_STORED_I64},       {"F16", 2, TG_STORED_F16},
    {"BF16", 2, TG_STORED_BF16},     {"BOOL", 1, TG_STORED_OTHER},
    {"U8", 1, TG_STORED_OTHER},      {"I8", 1, TG_STORED_OTHER},
    {"U16", 2, TG_STORED_OTHER},     {"I16", 2, TG_STORED_OTHER},
    {"U32", 4, TG_STORED_OTHER},     {"I32", 4, TG_STORED_OTHER},
    {"U64", 8, TG_STORED_OTHER},     {"F8_E4M3", 1, TG_STORED_OTHER},
    {"F8_E5M2", 1, TG_STORED_OTHER}, {"F8_E8M0", 1, TG_STORED_OTHER},
    {"C64", 8, TG_STORED_OTHER}};

static const kind *find_kind(const char *name)
{
    for (size_t i = 0; name != NULL && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

/* Without a fraction, an exponent or a sign; the parser has refused what 63
 * bits do not hold, and takes the sign off -0, which does no harm. */
static bool whole(const json_t *number, uint64_t *n)
{
    if (!json_is_integer(number) || json_integer_value(number) < 0)
        return false;
    *n = (uint64_t)json_integer_value(number);
    return true;
}

/* Counts the bytes; any number of axes is legal in a file. */
static const char *read_shape(const json_t *list, tg_shape *shape,
                              uint64_t *bytes)
{
    size_t ndim = json_array_size(list);
    uint64_t extent;

    if (!json_is_array(list))
        return "has a shape that is no list";
    shape->ndim = ndim <= TG_MAX_DIMS ? (int)ndim : -1;
    for (size_t d = 0; d < ndim; d++) {
        if (!whole(json_array_get(list, d), &extent))
            return "has an extent that is no whole number";
        if (ndim <= TG_MAX_DIMS)
            shape->dim[d] = (int64_t)extent;
        if (extent > 0 && *bytes > INT64_MAX / extent)
            return "has too large a shape";
        *bytes *= extent;
    }
    return NULL;
}

static const char *read_offsets(const json_t *list, tg_stored_entry *e)
{
    if (!json_is_array(list) || json_array_size(list) != 2 ||
        !whole(json_array_get(list, 0), &e->begin) ||
        !whole(json_array_get(list, 1), &e->end))
        return "has data_offsets that are not two whole numbers";
    return e->begin <= e->end ? NULL : "ends before it begins";
}

const char *tg_stored_read(const json_t *json, tg_stored_tensor *t,
                           tg_stored_entry *e)
{
    const json_t *dtype = json_object_get(json, "dtype");
    const json_t *shape = json_object_get(json, "shape");
    const json_t *offsets = json_object_get(json, "data_offsets");
    const kind *k = find_kind(json_string_value(dtype));

    if (json_object_size(json) != 3 || !dtype || !shape || !offsets)
        return "is not made of dtype, shape and data_offsets";
    if (k == NULL)
        return "has an unknown dtype";
    uint64_t bytes = k->size;
    t->dtype = k->name;
    t->kind = k->stored;
    const char *wrong = read_shape(shape, &t->shape, &bytes);
    if (wrong == NULL)
        wrong = read_offsets(offsets, e);
    if (wrong == NULL && e->end - e->begin != bytes)
        wrong = "takes another number of bytes than its shape";
    return wrong;
}
