#include <tinygrad/ops.h>

#include "op.h"

/* What makes a mask: it is drawn anew, and the same, whenever it is needed. */
typedef struct mask {
    tg_stream stream;
    double p;
} mask;

static tg_tensor *apply_mask(tg_graph *g, tg_tensor *x, const mask *m);

/* One block of random words serves four elements. */
static tg_status dropout_forward(const tg_call *call)
{
    const mask *m = call->env;
    const tg_tensor *x = call->in[0];
    double threshold = m->p * 0x1p32, scale = 1 / (1 - m->p);
    uint32_t words[4];

    for (int64_t i = 0; i < x->size; i++) {
        if (i % 4 == 0)
            tg_stream_block(m->stream, (uint64_t)i / 4, words);
        bool kept = (double)words[i % 4] >= threshold;
        tg_set(call->out, i, kept ? tg_get(x, i) * scale : 0);
    }
    return TG_OK;
}

/* y = x m / (1 - p); dx = dy m / (1 - p), with the same m. */
static tg_status dropout_backward(tg_graph *g, const tg_call *call,
                                  tg_tensor *dy, tg_tensor **grad_in)
{
    grad_in[0] = apply_mask(g, dy, call->env);
    return TG_OK;
}

static const tg_op dropout = {.name = "dropout",
                              .formula =
                                  "y = x m / (1 - p); dx = dy m / (1 - p)",
                              .forward = dropout_forward,
                              .backward = dropout_backward,
                              .saves_nothing = true};

static tg_tensor *apply_mask(tg_graph *g, tg_tensor *x, const mask *m)
{
    if (tg_check_floats(g, dropout.name, 1, &x) != TG_OK)
        return NULL;
    return tg_apply_like(g, &dropout, x, m, sizeof *m);
}

tg_tensor *tg_dropout(tg_graph *g, tg_tensor *x, double p)
{
    if (tg_check_floats(g, dropout.name, 1, &x) != TG_OK)
        return NULL;
    if (!(p >= 0 && p <= 1)) {
        tg_fail(g, TG_ERR_ARG, "dropout: probability %g for %s", p,
                tg_describe(x).text);
        return NULL;
    }
    if (!tg_is_training(g) || p == 0)
        return x;
    return apply_mask(g, x, &(mask){tg_graph_draw(g), p});
}
