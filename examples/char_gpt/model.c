#include "model.h"

#include <math.h>
#include <stdio.h>

/* What every part below needs. Letters: n sequences of t places, each of which
 * is c numbers. */
typedef struct pass {
    tg_graph *g;
    const gpt *m;
    int64_t n, t, c;
    int layer;
} pass;

/* "block0.query", for instance. */
typedef struct part_name {
    char text[64];
} part_name;

static part_name name_part(const pass *p, const char *part)
{
    part_name name;

    snprintf(name.text, sizeof name.text, "block%d.%s", p->layer, part);
    return name;
}

static tg_tensor *linear(const pass *p, const char *part, tg_tensor *x,
                         int64_t out)
{
    return tg_nn_linear(p->g, p->m->params, name_part(p, part).text, x, out);
}

static tg_tensor *norm(const pass *p, const char *part, tg_tensor *x)
{
    return tg_nn_layer_norm(p->g, p->m->params, name_part(p, part).text, x);
}

/* ---------------------------------------------------------- attention */

/* A linear layer, cut into heads: (n, t, c) -> (n, heads, t, c / heads). */
static tg_tensor *heads(const pass *p, const char *part, tg_tensor *x)
{
    int64_t h = p->m->sizes.heads;
    tg_shape cut = TG_SHAPE(p->n, p->t, h, p->c / h);
    tg_tensor *y = linear(p, part, x, p->c);

    return tg_permute(p->g, tg_reshape(p->g, y, cut), TG_AXES(0, 2, 1, 3));
}

/* softmax(q k' / sqrt(c / heads) + mask) v: each place takes a mean of the
 * values of the places up to it. */
static tg_tensor *attention(const pass *p, tg_tensor *x)
{
    tg_graph *g = p->g;
    double scale = 1 / sqrt((double)(p->c / p->m->sizes.heads));
    tg_tensor *q = tg_mul_scalar(g, heads(p, "query", x), scale);
    tg_tensor *k = heads(p, "key", x);
    tg_tensor *v = heads(p, "value", x);
    tg_tensor *scores = tg_matmul(g, q, tg_transpose(g, k));
    tg_tensor *weights = tg_softmax(g, tg_add(g, scores, p->m->mask), -1);
    tg_tensor *mixed =
        tg_permute(g, tg_matmul(g, weights, v), TG_AXES(0, 2, 1, 3));

    mixed = tg_reshape(g, mixed, TG_SHAPE(p->n, p->t, p->c));
    return linear(p, "mix", mixed, p->c);
}

static tg_tensor *perceptron(const pass *p, tg_tensor *x)
{
    tg_tensor *y = tg_gelu(p->g, linear(p, "widen", x, 4 * p->c));

    return linear(p, "narrow", y, p->c);
}

static tg_tensor *block(const pass *p, tg_tensor *x)
{
    x = tg_add(p->g, x, attention(p, norm(p, "norm1", x)));
    return tg_add(p->g, x, perceptron(p, norm(p, "norm2", x)));
}

/* ---------------------------------------------------------- the whole */

static tg_tensor *embed(const pass *p, tg_tensor *tokens)
{
    tg_params *params = p->m->params;
    tg_init normal = {TG_INIT_NORMAL, 0, 1};
    tg_tensor *x = tg_nn_embedding(p->g, params, "token", tokens,
                                   p->m->sizes.symbols, p->c);

    return tg_add(
        p->g, x,
        tg_param(params, "position.weight", TG_SHAPE(p->t, p->c), normal));
}

tg_tensor *gpt_logits(tg_graph *g, const gpt *m, tg_tensor *tokens,
                      tg_tensor *places)
{
    pass p = {
        g, m, tg_tensor_shape(tokens).dim[0], m->sizes.block, m->sizes.width,
        0};
    tg_tensor *x = embed(&p, tokens);

    for (; p.layer < m->sizes.layers; p.layer++)
        x = block(&p, x);
    x = tg_take(g, tg_reshape(g, x, TG_SHAPE(p.n * p.t, p.c)), places);
    x = tg_nn_layer_norm(g, m->params, "norm", x);
    return tg_nn_linear(g, m->params, "head", x, m->sizes.symbols);
}

static void set(tg_tensor *t, int64_t i, double value)
{
    if (tg_tensor_dtype(t) == TG_F32)
        tg_data_f32(t)[i] = (float)value;
    else
        tg_data_f64(t)[i] = value;
}

static tg_tensor *make_mask(tg_dtype dtype, int64_t t)
{
    tg_tensor *mask = tg_tensor_new(dtype, TG_SHAPE(t, t));

    for (int64_t i = 0; mask && i < t; i++)
        for (int64_t j = i + 1; j < t; j++)
            set(mask, i * t + j, -INFINITY);
    return mask;
}

/* Parameters are made by a run; what it runs on does not matter. */
static bool make_params(const gpt *m)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *tokens = tg_tensor_new(TG_I64, TG_SHAPE(1, m->sizes.block));
    tg_tensor *places = tg_tensor_new(TG_I64, TG_SHAPE(1));
    bool ok = gpt_logits(g, m, tokens, places) != NULL;

    tg_graph_free(g);
    tg_tensor_free(tokens);
    tg_tensor_free(places);
    return ok;
}

bool gpt_open(gpt *m, gpt_sizes sizes, tg_dtype dtype, uint64_t seed)
{
    *m = (gpt){.sizes = sizes,
               .params = tg_params_new(dtype, seed),
               .mask = make_mask(dtype, sizes.block)};
    return m->params && m->mask && make_params(m);
}

void gpt_close(gpt *m)
{
    tg_params_free(m->params);
    tg_tensor_free(m->mask);
    *m = (gpt){0};
}
