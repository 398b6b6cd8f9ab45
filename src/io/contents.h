/* What a checkpoint holds: the tensors of p, then the state of an optimiser. */
#ifndef TINYGRAD_IO_CONTENTS_H
#define TINYGRAD_IO_CONTENTS_H

#include <string.h>

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

static inline const char *tg_contents_prefix(const tg_contents *c, size_t i)
{
    return i < tg_params_count(c->params) ? "" : TG_STATE_PREFIX;
}

#endif
