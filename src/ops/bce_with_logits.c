#include <tinygrad/ops.h>

#include "loss.h"

/* -t log s - (1 - t) log(1 - s), with s = sigmoid(x), is softplus(x) - t x. */
tg_tensor *tg_bce_with_logits(tg_graph *g, tg_tensor *logits, tg_tensor *target)
{
    if (tg_check_loss(g, "bce_with_logits", logits, target) != TG_OK)
        return NULL;
    tg_mark before = tg_graph_mark(g);
    tg_tensor *y = tg_sub(g, tg_softplus(g, logits), tg_mul(g, target, logits));
    return tg_all_or_nothing(g, before, tg_mean(g, y));
}
