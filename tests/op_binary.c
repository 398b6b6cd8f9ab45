/* Entries of the ops that broadcast. */
#include "op_table.h"

#include <math.h>

static void draw_binary(uint64_t *state, op_case *c, op_values values)
{
    *c = (op_case){.n = 2};
    draw_broadcast(state, 2, c->in);
    c->in[0].values = c->in[1].values = values;
    c->twice = draw_below(state, 8) == 0;
    if (c->twice)
        c->in[1].shape = c->in[0].shape;
}

static void draw_signed(uint64_t *state, op_case *c)
{
    draw_binary(state, c, SIGNED);
}

static void draw_distinct(uint64_t *state, op_case *c)
{
    draw_binary(state, c, DISTINCT);
}

static tg_shape plain_binary(const op_case *c, double *const *x, double *y,
                             double (*f)(double a, double b))
{
    tg_shape shape = plain_broadcast_shape(c, 2);

    for (int64_t i = 0; i < extent_product(shape); i++)
        y[i] = f(x[0][plain_source(c->in[0].shape, shape, i)],
                 x[1][plain_source(c->in[1].shape, shape, i)]);
    return shape;
}

/* X(name, how it is drawn, formula) */
#define BINARY_OPS(X)                                                          \
    X(add, draw_signed, a + b)                                                 \
    X(sub, draw_signed, a - b)                                                 \
    X(mul, draw_signed, a *b)                                                  \
    X(div, draw_signed, a / b)                                                 \
    X(maximum, draw_distinct, fmax(a, b))                                      \
    X(minimum, draw_distinct, fmin(a, b))

#define DEFINE(op, draw, formula)                                              \
    static double f_##op(double a, double b)                                   \
    {                                                                          \
        return formula;                                                        \
    }                                                                          \
    static tg_shape plain_##op(const op_case *c, double *const *x, double *y)  \
    {                                                                          \
        return plain_binary(c, x, y, f_##op);                                  \
    }                                                                          \
    static tg_tensor *call_##op(tg_graph *g, tg_tensor *const *in,             \
                                const op_case *c)                              \
    {                                                                          \
        (void)c;                                                               \
        return tg_##op(g, in[0], in[1]);                                       \
    }                                                                          \
    static void refuse_##op(tg_graph *g, tg_tensor *x, tg_tensor *i)           \
    {                                                                          \
        tg_tensor *misfit = random_tensor(TG_F64, TG_SHAPE(2), 1);             \
        EXPECT_REFUSED(g, tg_##op(g, x, misfit), TG_ERR_SHAPE, #op);           \
        EXPECT_REFUSED(g, tg_##op(g, x, i), TG_ERR_DTYPE, #op);                \
        tg_tensor_free(misfit);                                                \
    }
BINARY_OPS(DEFINE)

/* ---- where */

static void draw_where(uint64_t *state, op_case *c)
{
    *c = (op_case){.n = 3};
    draw_broadcast(state, 3, c->in);
    c->in[2].values = FLAGS;
    c->twice = draw_below(state, 8) == 0;
    if (c->twice)
        c->in[1].shape = c->in[0].shape;
}

static tg_tensor *call_where(tg_graph *g, tg_tensor *const *in,
                             const op_case *c)
{
    (void)c;
    return tg_where(g, in[2], in[0], in[1]);
}

static tg_shape plain_where(const op_case *c, double *const *x, double *y)
{
    tg_shape shape = plain_broadcast_shape(c, 3);

    for (int64_t i = 0; i < extent_product(shape); i++) {
        int chosen = x[2][plain_source(c->in[2].shape, shape, i)] != 0 ? 0 : 1;
        y[i] = x[chosen][plain_source(c->in[chosen].shape, shape, i)];
    }
    return shape;
}

static void refuse_where(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    EXPECT_REFUSED(g, tg_where(g, i, x, x), TG_ERR_SHAPE, "where");
    EXPECT_REFUSED(g, tg_where(g, x, x, x), TG_ERR_DTYPE, "where");
}

#define ENTRY(op, draw, formula)                                               \
    {#op, draw, call_##op, plain_##op, refuse_##op, false, false},
const op_info binary_ops[] = {BINARY_OPS(ENTRY){"where", draw_where, call_where,
                                                plain_where, refuse_where,
                                                false, false},
                              {0}};
