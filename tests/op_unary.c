/* Entries of the functions of one number. */
#include "op_table.h"

#include <math.h>

static void draw_unary(uint64_t *state, op_case *c, op_values values)
{
    const double limits[] = {-2, -0.3, 0, 0.3, 2};

    *c = (op_case){.n = 1};
    c->in[0] = (op_input){draw_shape(state, 0, 5), .values = values};
    c->number[0] = limits[draw_below(state, 5)];
    c->number[1] = limits[draw_below(state, 5)];
}

static void draw_signed(uint64_t *state, op_case *c)
{
    draw_unary(state, c, SIGNED);
}

static void draw_positive(uint64_t *state, op_case *c)
{
    draw_unary(state, c, POSITIVE);
}

static void draw_power(uint64_t *state, op_case *c)
{
    const double powers[] = {-2, -1, 0, 1, 2, 3, 0.5, 1.5, 2.5, -0.5};
    int64_t which = draw_below(state, 10);

    draw_unary(state, c, which < 6 ? SIGNED : POSITIVE);
    c->number[0] = powers[which];
}

static tg_shape plain_unary(const op_case *c, const double *x, double *y,
                            double (*f)(double x, const op_case *c))
{
    for (int64_t i = 0; i < extent_product(c->in[0].shape); i++)
        y[i] = f(x[i], c);
    return c->in[0].shape;
}

/* X(name, how it is drawn, the call's other arguments, formula) */
#define UNARY_OPS(X)                                                           \
    X(add_scalar, draw_signed, (g, in[0], c->number[0]), x + c->number[0])     \
    X(mul_scalar, draw_signed, (g, in[0], c->number[0]), x * c->number[0])     \
    X(neg, draw_signed, (g, in[0]), -x)                                        \
    X(abs, draw_signed, (g, in[0]), x < 0 ? -x : x)                            \
    X(square, draw_signed, (g, in[0]), x *x)                                   \
    X(pow_scalar, draw_power, (g, in[0], c->number[0]), pow(x, c->number[0]))  \
    X(sqrt, draw_positive, (g, in[0]), sqrt(x))                                \
    X(exp, draw_signed, (g, in[0]), exp(x))                                    \
    X(log, draw_positive, (g, in[0]), log(x))                                  \
    X(sin, draw_signed, (g, in[0]), sin(x))                                    \
    X(cos, draw_signed, (g, in[0]), cos(x))                                    \
    X(tanh, draw_signed, (g, in[0]), tanh(x))                                  \
    X(sigmoid, draw_signed, (g, in[0]), 1 / (1 + exp(-x)))                     \
    X(relu, draw_signed, (g, in[0]), x > 0 ? x : 0)                            \
    X(leaky_relu, draw_signed, (g, in[0], c->number[0]),                       \
      x > 0 ? x : x * c->number[0])                                            \
    X(gelu, draw_signed, (g, in[0]), x * 0.5 * (1 + erf(x / sqrt(2))))         \
    X(silu, draw_signed, (g, in[0]), x / (1 + exp(-x)))                        \
    X(softplus, draw_signed, (g, in[0]), log(1 + exp(x)))                      \
    X(clamp, draw_signed, (g, in[0], c->number[0], c->number[1]),              \
      fmin(fmax(x, c->number[0]), c->number[1]))

#define DEFINE(op, draw, arguments, formula)                                   \
    static double f_##op(double x, const op_case *c)                           \
    {                                                                          \
        (void)c;                                                               \
        return formula;                                                        \
    }                                                                          \
    static tg_shape plain_##op(const op_case *c, double *const *x, double *y)  \
    {                                                                          \
        return plain_unary(c, x[0], y, f_##op);                                \
    }                                                                          \
    static tg_tensor *call_##op(tg_graph *g, tg_tensor *const *in,             \
                                const op_case *c)                              \
    {                                                                          \
        (void)c;                                                               \
        return tg_##op arguments;                                              \
    }                                                                          \
    static void refuse_##op(tg_graph *g, tg_tensor *x, tg_tensor *i)           \
    {                                                                          \
        tg_tensor *const in[] = {i};                                           \
        const op_case some = {.number = {1, 2}}, *c = &some;                   \
        (void)x, (void)c;                                                      \
        EXPECT_REFUSED(g, tg_##op arguments, TG_ERR_DTYPE, #op);               \
    }
UNARY_OPS(DEFINE)

static void refuse_limits(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    refuse_clamp(g, x, i);
    EXPECT_REFUSED(g, tg_clamp(g, x, NAN, 1), TG_ERR_ARG, "clamp");
    EXPECT_REFUSED(g, tg_clamp(g, x, 0, NAN), TG_ERR_ARG, "clamp");
}

#define ENTRY(op, draw, arguments, formula)                                    \
    {#op, draw, call_##op, plain_##op, refuse_##op, false, false},
#define refuse_clamp refuse_limits
const op_info unary_ops[] = {UNARY_OPS(ENTRY){0}};
