/* Entries of normalisation and noise. */
#include "op_table.h"

#include <math.h>

/* ---- layer_norm: x, weight, bias */

static void draw_layer_norm(uint64_t *state, op_case *c)
{
    const double eps[] = {0.1, 0.5, 1};

    *c = (op_case){.n = 3, .number = {eps[draw_below(state, 3)]}};
    do
        c->in[0].shape = draw_shape(state, 1, 5);
    while (extent_product(c->in[0].shape) == 0);
    tg_shape x = c->in[0].shape;
    for (int i = 1; i < 3; i++)
        c->in[i] = (op_input){TG_SHAPE(x.dim[x.ndim - 1]),
                              .left_out = draw_below(state, 3) == 0};
}

static tg_tensor *call_layer_norm(tg_graph *g, tg_tensor *const *in,
                                  const op_case *c)
{
    return tg_layer_norm(g, in[0], in[1], in[2], c->number[0]);
}

/* y = (x - mean) / sqrt(var + eps) weight + bias for one element. */
static double normalised(double x, double mean, double var, double eps,
                         const double *weight, const double *bias, int64_t k)
{
    return (x - mean) / sqrt(var + eps) * (weight ? weight[k] : 1) +
           (bias ? bias[k] : 0);
}

static tg_shape plain_layer_norm(const op_case *c, double *const *x, double *y)
{
    tg_shape shape = c->in[0].shape;
    int64_t n = shape.dim[shape.ndim - 1];

    for (int64_t i = 0; i < extent_product(shape); i++) {
        const double *row = x[0] + i / n * n;
        y[i] = normalised(x[0][i], fold_mean(n, row), fold_variance(n, row),
                          c->number[0], x[1], x[2], i % n);
    }
    return shape;
}

static void refuse_layer_norm(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    tg_tensor *two = random_tensor(TG_F64, TG_SHAPE(2), 1);
    tg_tensor *none = TG_NONE;

    EXPECT_REFUSED(g, tg_layer_norm(g, x, two, none, 1), TG_ERR_SHAPE,
                   "weight");
    EXPECT_REFUSED(g, tg_layer_norm(g, x, none, two, 1), TG_ERR_SHAPE, "bias");
    EXPECT_REFUSED(g, tg_layer_norm(g, x, none, none, -1), TG_ERR_ARG, "eps");
    EXPECT_REFUSED(g, tg_layer_norm(g, i, none, none, 1), TG_ERR_DTYPE,
                   "layer_norm");
    tg_tensor_free(two);
}

/* ---- batch_norm: x, weight, bias, running mean and variance; flag[0] says
 * whether it trains */

static void draw_batch_norm(uint64_t *state, op_case *c)
{
    *c = (op_case){.n = 5, .number = {0.1, 0.5}};
    c->flag[0] = draw_below(state, 2);
    c->in[0].shape = draw_shape(state, 2, 5);
    tg_shape *x = &c->in[0].shape;
    if (extent_product(*x) == 0 || extent_product(*x) < 2 * x->dim[1])
        *x = TG_SHAPE(3, 2);
    bool running = !c->flag[0] || draw_below(state, 2);
    for (int i = 1; i < 5; i++)
        c->in[i] = (op_input){
            TG_SHAPE(x->dim[1]), .values = i == 4 ? POSITIVE : SIGNED,
            .constant = i > 2,
            .left_out = i > 2 ? !running : draw_below(state, 3) == 0};
}

static tg_tensor *call_batch_norm(tg_graph *g, tg_tensor *const *in,
                                  const op_case *c)
{
    bool before = tg_graph_set_training(g, c->flag[0]);
    tg_tensor *y = tg_batch_norm(g, in[0], in[1], in[2], in[3], in[4],
                                 c->number[0], c->number[1]);

    tg_graph_set_training(g, before);
    return y;
}

static int64_t channel_of(tg_shape x, int64_t i)
{
    int64_t at[TG_MAX_DIMS];

    plain_coordinates(x, i, at);
    return at[1];
}

static tg_shape plain_batch_norm(const op_case *c, double *const *x, double *y)
{
    tg_shape shape = c->in[0].shape;
    double values[PLAIN_ROOM];

    for (int64_t k = 0; k < shape.dim[1]; k++) {
        int64_t n = 0;
        for (int64_t i = 0; i < extent_product(shape); i++)
            if (channel_of(shape, i) == k)
                values[n++] = x[0][i];
        double mean = c->flag[0] ? fold_mean(n, values) : x[3][k];
        double var = c->flag[0] ? fold_variance(n, values) : x[4][k];
        for (int64_t i = 0; i < extent_product(shape); i++)
            if (channel_of(shape, i) == k)
                y[i] =
                    normalised(x[0][i], mean, var, c->number[1], x[1], x[2], k);
    }
    return shape;
}

static void refuse_batch_norm(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    tg_tensor *two = random_tensor(TG_F64, TG_SHAPE(2), 1), *none = TG_NONE;
    tg_tensor *row = random_tensor(TG_F64, TG_SHAPE(1, 3), 1);

    EXPECT_REFUSED(g, tg_batch_norm(g, x, two, none, none, none, 0.1, 1),
                   TG_ERR_SHAPE, "weight");
    EXPECT_REFUSED(g, tg_batch_norm(g, x, none, two, none, none, 0.1, 1),
                   TG_ERR_SHAPE, "bias");
    EXPECT_REFUSED(g, tg_batch_norm(g, row, none, none, none, none, 0.1, 1),
                   TG_ERR_SHAPE, "batch_norm");
    EXPECT_REFUSED(g, tg_batch_norm(g, x, none, none, none, none, 2, 1),
                   TG_ERR_ARG, "momentum");
    EXPECT_REFUSED(g, tg_batch_norm(g, x, none, none, none, none, 0.1, -1),
                   TG_ERR_ARG, "eps");
    EXPECT_REFUSED(g, tg_batch_norm(g, i, none, none, none, none, 0.1, 1),
                   TG_ERR_DTYPE, "batch_norm");
    tg_tensor_free(two);
    tg_tensor_free(row);
}

/* ---- dropout: index[0] is the seed */

static void draw_dropout(uint64_t *state, op_case *c)
{
    *c = (op_case){.n = 1, .index = {draw_below(state, 1000)}};
    c->in[0].shape = draw_shape(state, 0, 5);
    c->number[0] = (double)draw_below(state, 8) / 8;
    c->flag[0] = draw_below(state, 4) > 0;
}

static tg_tensor *call_dropout(tg_graph *g, tg_tensor *const *in,
                               const op_case *c)
{
    bool before = tg_graph_set_training(g, c->flag[0]);

    tg_graph_seed(g, (uint64_t)c->index[0]);
    tg_tensor *y = tg_dropout(g, in[0], c->number[0]);
    tg_graph_set_training(g, before);
    return y;
}

/* The mask is what becomes of ones; its values are what this checks. */
static tg_shape plain_dropout(const op_case *c, double *const *x, double *y)
{
    tg_shape shape = c->in[0].shape;
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *ones = MADE(tg_tensor_full(TG_F64, shape, 1));
    tg_tensor *mask = MADE(call_dropout(g, &ones, c));
    double p = c->flag[0] ? c->number[0] : 0;

    for (int64_t i = 0; i < extent_product(shape); i++) {
        double kept = element(mask, i);
        if (kept != 0)
            ck_assert_double_eq(kept, 1 / (1 - p));
        y[i] = kept == 0 ? 0 : x[0][i] / (1 - p);
    }
    tg_tensor_free(ones);
    tg_graph_free(g);
    return shape;
}

static void refuse_dropout(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    EXPECT_REFUSED(g, tg_dropout(g, x, -0.1), TG_ERR_ARG, "dropout");
    EXPECT_REFUSED(g, tg_dropout(g, x, 1.1), TG_ERR_ARG, "dropout");
    EXPECT_REFUSED(g, tg_dropout(g, x, NAN), TG_ERR_ARG, "dropout");
    EXPECT_REFUSED(g, tg_dropout(g, i, 0.5), TG_ERR_DTYPE, "dropout");
}

#define ENTRY(op)                                                              \
    {                                                                          \
#op, draw_##op, call_##op, plain_##op, refuse_##op, false, false       \
    }
const op_info norm_ops[] = {
    ENTRY(layer_norm), ENTRY(batch_norm), ENTRY(dropout), {0}};
