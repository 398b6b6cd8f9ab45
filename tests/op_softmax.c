/* Entries of the softmax family: along one axis. */
#include "op_table.h"

#include <math.h>
#include <string.h>

static void draw_lanes(uint64_t *state, op_case *c)
{
    *c = (op_case){.n = 1};
    c->in[0].shape = draw_shape(state, 1, 5);
    c->axes = TG_AXES(draw_axis(state, c->in[0].shape.ndim));
    c->flag[0] = draw_below(state, 2);
}

/* log of the sum of nothing is minus infinity, which no difference checks. */
static void draw_filled_lanes(uint64_t *state, op_case *c)
{
    do
        draw_lanes(state, c);
    while (extent_product(c->in[0].shape) == 0);
}

static tg_tensor *call_logsumexp(tg_graph *g, tg_tensor *const *in,
                                 const op_case *c)
{
    return tg_logsumexp(g, in[0], c->axes.axis[0], c->flag[0]);
}

static tg_shape plain_logsumexp(const op_case *c, double *const *x, double *y)
{
    return plain_reduce(c->in[0].shape, x[0], c->axes, c->flag[0],
                        fold_logsumexp, y);
}

static tg_tensor *call_log_softmax(tg_graph *g, tg_tensor *const *in,
                                   const op_case *c)
{
    return tg_log_softmax(g, in[0], c->axes.axis[0]);
}

static tg_shape plain_log_softmax(const op_case *c, double *const *x, double *y)
{
    double sums[PLAIN_ROOM];
    tg_shape shape = c->in[0].shape;
    tg_shape kept =
        plain_reduce(shape, x[0], c->axes, true, fold_logsumexp, sums);

    for (int64_t i = 0; i < extent_product(shape); i++)
        y[i] = x[0][i] - sums[plain_source(kept, shape, i)];
    return shape;
}

static tg_tensor *call_softmax(tg_graph *g, tg_tensor *const *in,
                               const op_case *c)
{
    return tg_softmax(g, in[0], c->axes.axis[0]);
}

static tg_shape plain_softmax(const op_case *c, double *const *x, double *y)
{
    tg_shape shape = plain_log_softmax(c, x, y);

    for (int64_t i = 0; i < extent_product(shape); i++)
        y[i] = exp(y[i]);
    return shape;
}

#define REFUSE(op, ...)                                                        \
    static void refuse_##op(tg_graph *g, tg_tensor *x, tg_tensor *i)           \
    {                                                                          \
        EXPECT_REFUSED(g, tg_##op(g, x, 2 __VA_ARGS__), TG_ERR_ARG, #op);      \
        EXPECT_REFUSED(g, tg_##op(g, x, -3 __VA_ARGS__), TG_ERR_ARG, #op);     \
        EXPECT_REFUSED(g, tg_##op(g, i, 0 __VA_ARGS__), TG_ERR_DTYPE, #op);    \
    }
#define COMMA ,
REFUSE(logsumexp, COMMA false)
REFUSE(softmax, )
REFUSE(log_softmax, )

const op_info softmax_ops[] = {
    {"logsumexp", draw_filled_lanes, call_logsumexp, plain_logsumexp,
     refuse_logsumexp, false, false},
    {"softmax", draw_lanes, call_softmax, plain_softmax, refuse_softmax, false,
     false},
    {"log_softmax", draw_lanes, call_log_softmax, plain_log_softmax,
     refuse_log_softmax, false, false},
    {0}};
