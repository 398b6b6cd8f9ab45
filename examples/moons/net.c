#include "net.h"

#include <string.h>

enum { HIDDEN = 16 };

bool net_new(net *n, uint64_t seed)
{
    *n = (net){tg_graph_new(), tg_params_new(TG_F32, seed)};
    return n->g && n->params;
}

void net_free(net *n)
{
    tg_graph_free(n->g);
    tg_params_free(n->params);
}

tg_tensor *net_score(net *n, tg_tensor *x)
{
    x = tg_relu(n->g, tg_nn_linear(n->g, n->params, "first", x, HIDDEN));
    x = tg_relu(n->g, tg_nn_linear(n->g, n->params, "second", x, HIDDEN));
    return tg_nn_linear(n->g, n->params, "score", x, 1);
}

bool net_scores(net *n, tg_tensor *x, float *score)
{
    tg_graph_reset(n->g);
    bool recorded = tg_graph_set_recording(n->g, false);
    tg_tensor *y = net_score(n, x);
    tg_graph_set_recording(n->g, recorded);

    if (y)
        memcpy(score, tg_data_f32(y),
               (size_t)tg_tensor_size(y) * sizeof *score);
    return y;
}
