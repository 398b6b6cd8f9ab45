/* Entries of the reductions. */
#include "op_table.h"

#include <math.h>

static void draw_reduction(uint64_t *state, op_case *c)
{
    *c = (op_case){.n = 1};
    c->in[0] = (op_input){draw_shape(state, 0, 5), .values = DISTINCT};
    c->axes = draw_axes(state, c->in[0].shape.ndim);
    c->flag[0] = draw_below(state, 2);
    c->flag[1] = draw_below(state, 2);
}

/* With something to choose from, or to divide by, in every result. */
static void draw_filled(uint64_t *state, op_case *c)
{
    do
        draw_reduction(state, c);
    while (extent_product(c->in[0].shape) == 0);
}

/* Two or more numbers under each unbiased variance. */
static void draw_variance(uint64_t *state, op_case *c)
{
    double x[PLAIN_ROOM], y[PLAIN_ROOM];
    tg_shape shape;

    draw_filled(state, c);
    for (int64_t i = 0; i < PLAIN_ROOM; i++)
        x[i] = 1;
    shape = plain_reduce(c->in[0].shape, x, c->axes, false, fold_sum, y);
    if (extent_product(shape) == extent_product(c->in[0].shape))
        c->flag[1] = false;
}

static double fold_unbiased(int64_t n, const double *x)
{
    return fold_variance(n, x) * (double)n / (double)(n - 1);
}

static double fold_max(int64_t n, const double *x)
{
    double most = x[0];

    for (int64_t i = 1; i < n; i++)
        most = fmax(most, x[i]);
    return most;
}

static double fold_min(int64_t n, const double *x)
{
    double least = x[0];

    for (int64_t i = 1; i < n; i++)
        least = fmin(least, x[i]);
    return least;
}

static double fold_argmax(int64_t n, const double *x)
{
    int64_t first = 0;

    for (int64_t i = 1; i < n; i++)
        if (x[i] > x[first])
            first = i;
    return (double)first;
}

/* X(name, how it is drawn, the call's other arguments, axes, keepdims, fold) */
#define REDUCTIONS(X)                                                          \
    X(sum, draw_reduction, (g, x), TG_ALL_AXES, false, fold_sum)               \
    X(mean, draw_filled, (g, x), TG_ALL_AXES, false, fold_mean)                \
    X(sum_axes, draw_reduction, (g, x, c->axes, c->flag[0]), c->axes,          \
      c->flag[0], fold_sum)                                                    \
    X(mean_axes, draw_filled, (g, x, c->axes, c->flag[0]), c->axes,            \
      c->flag[0], fold_mean)                                                   \
    X(var_axes, draw_variance, (g, x, c->axes, c->flag[1], c->flag[0]),        \
      c->axes, c->flag[0], c->flag[1] ? fold_unbiased : fold_variance)         \
    X(max_axes, draw_filled, (g, x, c->axes, c->flag[0]), c->axes, c->flag[0], \
      fold_max)                                                                \
    X(min_axes, draw_filled, (g, x, c->axes, c->flag[0]), c->axes, c->flag[0], \
      fold_min)

#define DEFINE(op, draw, arguments, axes, keepdims, fold)                      \
    static tg_tensor *call_##op(tg_graph *g, tg_tensor *const *in,             \
                                const op_case *c)                              \
    {                                                                          \
        tg_tensor *x = in[0];                                                  \
        (void)c;                                                               \
        return tg_##op arguments;                                              \
    }                                                                          \
    static tg_shape plain_##op(const op_case *c, double *const *x, double *y)  \
    {                                                                          \
        return plain_reduce(c->in[0].shape, x[0], axes, keepdims, fold, y);    \
    }
REDUCTIONS(DEFINE)

/* ---- argmax, along one axis */

static void draw_argmax(uint64_t *state, op_case *c)
{
    *c = (op_case){.n = 1};
    do
        c->in[0] = (op_input){draw_shape(state, 1, 5), .values = DISTINCT};
    while (extent_product(c->in[0].shape) == 0);
    c->axes = TG_AXES(draw_axis(state, c->in[0].shape.ndim));
}

static tg_tensor *call_argmax(tg_graph *g, tg_tensor *const *in,
                              const op_case *c)
{
    return tg_argmax(g, in[0], c->axes.axis[0]);
}

static tg_shape plain_argmax(const op_case *c, double *const *x, double *y)
{
    return plain_reduce(c->in[0].shape, x[0], c->axes, false, fold_argmax, y);
}

/* ---- refusals */

static void refuse_sum(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    (void)x;
    EXPECT_REFUSED(g, tg_sum(g, i), TG_ERR_DTYPE, "sum");
}

static void refuse_mean(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    (void)x;
    EXPECT_REFUSED(g, tg_mean(g, i), TG_ERR_DTYPE, "mean");
}

#define REFUSE_AXES(op, message, ...)                                          \
    static void refuse_##op(tg_graph *g, tg_tensor *x, tg_tensor *i)           \
    {                                                                          \
        EXPECT_REFUSED(g, tg_##op(g, x, TG_AXES(2), __VA_ARGS__), TG_ERR_ARG,  \
                       message);                                               \
        EXPECT_REFUSED(g, tg_##op(g, x, TG_AXES(-3), __VA_ARGS__), TG_ERR_ARG, \
                       message);                                               \
        EXPECT_REFUSED(g, tg_##op(g, x, TG_AXES(1, -1), __VA_ARGS__),          \
                       TG_ERR_ARG, message);                                   \
        EXPECT_REFUSED(g, tg_##op(g, i, TG_AXES(0), __VA_ARGS__),              \
                       TG_ERR_DTYPE, message);                                 \
    }
REFUSE_AXES(sum_axes, "sum", false)
REFUSE_AXES(mean_axes, "mean", false)
REFUSE_AXES(var_axes, "var", false, false)
REFUSE_AXES(max_axes, "max", false)
REFUSE_AXES(min_axes, "min", false)

static void refuse_argmax(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    tg_tensor *none = MADE(tg_tensor_new(TG_F64, TG_SHAPE(2, 0)));

    EXPECT_REFUSED(g, tg_argmax(g, x, 2), TG_ERR_ARG, "argmax");
    EXPECT_REFUSED(g, tg_argmax(g, none, 1), TG_ERR_SHAPE, "argmax");
    EXPECT_REFUSED(g, tg_argmax(g, i, 0), TG_ERR_DTYPE, "argmax");
    EXPECT_REFUSED(g, tg_max_axes(g, none, TG_AXES(1), true), TG_ERR_SHAPE,
                   "max_axes");
    tg_tensor_free(none);
}

#define ENTRY(op, draw, arguments, axes, keepdims, fold)                       \
    {#op, draw, call_##op, plain_##op, refuse_##op, false, false},
const op_info reduction_ops[] = {REDUCTIONS(ENTRY){"argmax", draw_argmax,
                                                   call_argmax, plain_argmax,
                                                   refuse_argmax, true, false},
                                 {0}};
