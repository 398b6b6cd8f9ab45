#include <tinygrad/ops.h>

#include "loss.h"

/* y = mean((x - t)^2), made of three ops. */
tg_tensor *tg_mse_loss(tg_graph *g, tg_tensor *prediction, tg_tensor *target)
{
    if (tg_check_loss(g, "mse_loss", prediction, target) != TG_OK)
        return NULL;
    tg_mark before = tg_graph_mark(g);
    tg_tensor *y = tg_mean(g, tg_square(g, tg_sub(g, prediction, target)));
    return tg_all_or_nothing(g, before, y);
}
