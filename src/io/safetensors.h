/* The header of a safetensors file: JSON that says where tensors lie. */
#ifndef TINYGRAD_IO_SAFETENSORS_H
#define TINYGRAD_IO_SAFETENSORS_H

#include "file.h"

#include <jansson.h>
#include <tinygrad/tensor.h>

/* What the format can hold. */
typedef enum tg_stored {
    TG_STORED_F16,
    TG_STORED_BF16,
    TG_STORED_F32,
    TG_STORED_F64,
    TG_STORED_I64,
    TG_STORED_OTHER /* known, but nothing that a tensor can hold */
} tg_stored;

/* What the header says of a tensor. */
typedef struct tg_stored_tensor {
    const char *dtype;
    tg_stored kind;
    tg_shape shape;            /* ndim -1: more axes than a tensor can have */
    const unsigned char *data; /* as many bytes as the shape and dtype take */
} tg_stored_tensor;

/* A tensor's place in the data. Small, because a header may name many. */
typedef struct tg_stored_entry {
    const char *name;
    const json_t *json;
    uint64_t begin, end;
    bool wanted; /* for the user's own notes */
} tg_stored_entry;

typedef struct tg_safetensors {
    tg_bytes file;
    const unsigned char *data; /* behind the header */
    json_t *header;            /* owns the names */
    tg_stored_entry *entries;  /* by name */
    size_t count, capacity;
} tg_safetensors;

/* Reads and checks the whole file; what it took ends with
 * tg_safetensors_close, also after a failure. */
tg_status tg_safetensors_open(tg_safetensors *s, const char *path);
void tg_safetensors_close(tg_safetensors *s);
/* The entry of this name, or NULL. */
tg_stored_entry *tg_safetensors_find(const tg_safetensors *s, const char *name);
tg_stored_tensor tg_safetensors_get(const tg_safetensors *s,
                                    const tg_stored_entry *entry);

/* ---- parts of the above, each with its own file */

/* Says why text of a header had better not be parsed, or NULL. */
const char *tg_json_too_much(const unsigned char *text, size_t size);
/* Reads what an entry says; what is wrong with it, or NULL. */
const char *tg_stored_read(const json_t *json, tg_stored_tensor *t,
                           tg_stored_entry *entry);

#endif
