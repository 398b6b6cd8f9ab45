/* What a checkpoint holds: the tensors of p, then the state of an optimiser. */
#ifndef TINYGRAD_IO_CONTENTS_H
#define TINYGRAD_IO_CONTENTS_H

#include <string.h>

#include <tinygrad/memory.h>
#include <tinygrad/optim.h>

#define TG_STATE_PREFIX "optim."

typedef struct tg_contents {
    const tg_params *params, *state; /* the latter may be NULL */
} tg_contents;

static inline size_t tg_contents_count(const tg_contents *c)
{
    return tg_params_count(c->params) + tg_params_count(c->state);
}

static inline tg_tensor *tg_contents_at(const tg_contents *c, size_t i)
{
    size_t n = tg_params_count(c->params);

    return i < n ? tg_params_at(c->params, i) : tg_params_at(c->state, i - n);
}

/* A tensor's name in the file. */
typedef struct tg_key {
    char *text; /* NULL without memory */
    size_t size;
} tg_key;

static inline tg_key tg_contents_key(const tg_contents *c, size_t i)
{
    const char *name = tg_name(tg_contents_at(c, i));
    const char *prefix = i < tg_params_count(c->params) ? "" : TG_STATE_PREFIX;
    tg_key key = {.size = strlen(prefix) + strlen(name) + 1};

    key.text = tg_memory_new(key.size);
    if (key.text != NULL)
        strcat(strcpy(key.text, prefix), name);
    return key;
}

static inline void tg_key_free(tg_key key)
{
    tg_memory_free(key.text, key.size);
}

#endif
