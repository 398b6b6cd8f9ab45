#include "safetensors.h"

#include "number.h"

#include <tinygrad/memory.h>

#include <errno.h>
#include <stdlib.h>

enum { LENGTH = 8, MOST_HEADER = 100000000 };
static const char what[] = "load";
static const char metadata[] = "__metadata__";

static tg_status wrong_entry(const char *path, const char *name,
                             const char *wrong)
{
    return tg_fail(NULL, TG_ERR_FORMAT, "%s: '%s': '%s' %s", what, path, name,
                   wrong);
}

/* ---- the header as JSON */

/* jansson (2.14) does not always tell a lack of memory from a fault in the
 * text. (A name that it could not hold it even cuts, and says nothing; such a
 * tensor is not found later.) */
static tg_status parse(tg_safetensors *s, const unsigned char *text,
                       size_t size, const char *path)
{
    json_error_t error;

    errno = 0;
    s->header =
        json_loadb((const char *)text, size, JSON_REJECT_DUPLICATES, &error);
    if (s->header == NULL && errno == ENOMEM)
        return tg_file_no_memory(what, path);
    if (s->header == NULL)
        return tg_fail(NULL, TG_ERR_FORMAT, "%s: '%s': header: %s", what, path,
                       error.text);
    return json_is_object(s->header)
               ? TG_OK
               : tg_misformed(what, path, "has a header that is no object");
}

static tg_status read_header(tg_safetensors *s, const char *path)
{
    const unsigned char *text = s->file.data + LENGTH;

    if (s->file.size < LENGTH)
        return tg_misformed(what, path, "ends too soon");
    uint64_t size = tg_little_endian(s->file.data, LENGTH);
    if (size > MOST_HEADER)
        return tg_misformed(what, path, "has too long a header");
    if (size > s->file.size - LENGTH)
        return tg_misformed(what, path, "ends before its header does");
    s->data = text + size;
    const char *wrong = tg_json_too_much(text, (size_t)size);
    return wrong == NULL ? parse(s, text, (size_t)size, path)
                         : tg_misformed(what, path, wrong);
}

/* ---- its entries */

static const char *check_metadata(json_t *entry)
{
    const char *key;
    json_t *value;
    bool right = json_is_object(entry);

    json_object_foreach(entry, key, value)
    {
        right = right && json_is_string(value);
    }
    return right ? NULL : "does not map strings to strings";
}

static const char *check_entry(const char *name, json_t *json)
{
    tg_stored_tensor t;
    tg_stored_entry e;

    return strcmp(name, metadata) == 0 ? check_metadata(json)
                                       : tg_stored_read(json, &t, &e);
}

static tg_status check_entries(tg_safetensors *s, const char *path)
{
    const char *name;
    json_t *json;

    json_object_foreach(s->header, name, json)
    {
        const char *wrong = check_entry(name, json);
        if (wrong != NULL)
            return wrong_entry(path, name, wrong);
    }
    return TG_OK;
}

/* Comes after the check, so that memory is taken for what is right alone. */
static tg_status list_entries(tg_safetensors *s, const char *path)
{
    const char *name;
    json_t *json;
    tg_stored_tensor t;

    s->capacity = json_object_size(s->header) + 1;
    s->entries = tg_memory_new(s->capacity * sizeof *s->entries);
    if (s->entries == NULL)
        return tg_file_no_memory(what, path);
    json_object_foreach(s->header, name, json)
    {
        tg_stored_entry e = {.name = name, .json = json};
        if (strcmp(name, metadata) != 0 && !tg_stored_read(json, &t, &e))
            s->entries[s->count++] = e;
    }
    return TG_OK;
}

/* ---- their places */

/* Empty tensors lie before the one that begins where they do. */
static int compare_places(const void *a, const void *b)
{
    const tg_stored_entry *s = a, *t = b;

    if (s->begin != t->begin)
        return s->begin < t->begin ? -1 : 1;
    return (s->end > t->end) - (s->end < t->end);
}

static int compare_names(const void *a, const void *b)
{
    const tg_stored_entry *s = a, *t = b;

    return strcmp(s->name, t->name);
}

/* One behind the other, from the beginning of the data to the end of the file.
 */
static tg_status check_places(tg_safetensors *s, const char *path)
{
    uint64_t at = 0, size = (uint64_t)(s->file.data + s->file.size - s->data);

    qsort(s->entries, s->count, sizeof *s->entries, compare_places);
    for (size_t i = 0; i < s->count; i++) {
        if (s->entries[i].begin != at)
            return wrong_entry(path, s->entries[i].name,
                               "does not begin where the one before it ends");
        at = s->entries[i].end;
    }
    qsort(s->entries, s->count, sizeof *s->entries, compare_names);
    if (at == size)
        return TG_OK;
    return tg_misformed(what, path,
                        at > size ? "ends too soon" : "goes on after its end");
}

/* ---- the whole */

tg_status tg_safetensors_open(tg_safetensors *s, const char *path)
{
    *s = (tg_safetensors){0};
    tg_status status = tg_read_file(what, path, &s->file);
    if (status == TG_OK)
        status = read_header(s, path);
    if (status == TG_OK)
        status = check_entries(s, path);
    if (status == TG_OK)
        status = list_entries(s, path);
    return status == TG_OK ? check_places(s, path) : status;
}

void tg_safetensors_close(tg_safetensors *s)
{
    json_decref(s->header);
    tg_memory_free(s->entries, s->capacity * sizeof *s->entries);
    tg_bytes_free(&s->file);
}

tg_stored_entry *tg_safetensors_find(const tg_safetensors *s, const char *name)
{
    const tg_stored_entry wanted = {.name = name};

    return bsearch(&wanted, s->entries, s->count, sizeof *s->entries,
                   compare_names);
}

tg_stored_tensor tg_safetensors_get(const tg_safetensors *s,
                                    const tg_stored_entry *entry)
{
    tg_stored_entry e;
    tg_stored_tensor t = {0};

    tg_stored_read(entry->json, &t, &e);
    t.data = s->data + entry->begin;
    return t;
}
