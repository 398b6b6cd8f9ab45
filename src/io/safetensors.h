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

typedef struct tg_stored_tensor {
    const char *name;
    const char *dtype;
    tg_stored kind;
    tg_shape shape;      /* ndim -1: more axes than a tensor can have */
    uint64_t begin, end; /* in the data */
    bool used;
} tg_stored_tensor;

typedef struct tg_safetensors {
    tg_bytes file;
    const unsigned char *data; /* behind the header */
    json_t *header;            /* owns the names */
    tg_stored_tensor *tensors;
    size_t count, capacity;
} tg_safetensors;

/* Reads and checks the whole file; what it took ends with
 * tg_safetensors_close, also after a failure. */
tg_status tg_safetensors_open(tg_safetensors *s, const char *path);
void tg_safetensors_close(tg_safetensors *s);
tg_stored_tensor *tg_safetensors_find(tg_safetensors *s, const char *name);

#endif
