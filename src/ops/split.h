/* Elementwise work on large arrays, on several threads. */
#ifndef TINYGRAD_OPS_SPLIT_H
#define TINYGRAD_OPS_SPLIT_H

#include "op.h"

/* Below this many elements there is nothing to gain, and nothing is asked. */
enum { TG_MANY = 1 << 15 };

/* Computes n elements of call->out, which are beside one another, from
 * `first` on; `arg` is what tg_run_elements was given. */
typedef void tg_elements(const tg_call *call, const void *arg, size_t first,
                         size_t n);

void tg_split_elements(const tg_call *call, tg_elements *run, const void *arg);

/* The forward of an elementwise op. */
static inline tg_status tg_run_elements(const tg_call *call, tg_elements *run,
                                        const void *arg)
{
    if (call->out->size < TG_MANY)
        run(call, arg, 0, (size_t)call->out->size);
    else
        tg_split_elements(call, run, arg);
    return TG_OK;
}

/* Element i of t. */
static inline void *tg_element_at(const tg_tensor *t, size_t i)
{
    return (char *)t->data + i * tg_element_size(t->dtype);
}

#endif
