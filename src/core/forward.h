/* How the core calls an op's forward. */
#ifndef TINYGRAD_CORE_FORWARD_H
#define TINYGRAD_CORE_FORWARD_H

#include <tinygrad/graph.h>

#include "error.h"
#include "verify.h"

/* op->forward(call), then once more with plain kernels: TG_ERR_VERIFY if their
 * result is another one. An op that called no kernel runs once. */
tg_status tg_forward_verified(const tg_op *op, const tg_call *call);

static inline tg_status tg_forward(const tg_op *op, const tg_call *call)
{
    return tg_is_verifying() ? tg_forward_verified(op, call)
                             : op->forward(call);
}

/* The same, with a failure reported. */
static inline tg_status tg_run_forward(tg_graph *g, const tg_op *op,
                                       const tg_call *call)
{
    unsigned long before = tg_failure_count();
    tg_status s = tg_forward(op, call);

    return s == TG_OK ? s
                      : tg_closure_failed(g, s, before, op->name, "forward");
}

#endif
