#include "plain.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

static const double eps = 1e-5;

/* The env says which of weight and bias there are. */
typedef struct scales {
    bool weight, bias;
} scales;

static tg_tensor *apply(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    const scales *s = env;

    ck_assert_int_eq(n, 1 + s->weight + s->bias);
    return tg_layer_norm(g, in[0], s->weight ? in[1] : TG_NONE,
                         s->bias ? in[n - 1] : TG_NONE, eps);
}

/* z = (x - mean) / d, d = sqrt(var + eps), of a row. */
static double normalise(int64_t n, const double *x, double *z)
{
    double mean = 0, var = 0;

    for (int64_t i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (int64_t i = 0; i < n; i++)
        var += (x[i] - mean) * (x[i] - mean) / (double)n;
    for (int64_t i = 0; i < n; i++)
        z[i] = (x[i] - mean) / sqrt(var + eps);
    return sqrt(var + eps);
}

/* dx = (u - mean u - z mean(u z)) / d, with u = dy weight. */
static void plain_dx(int64_t n, double d, const double *z, const double *u,
                     double *dx)
{
    double mean = 0, along = 0;

    for (int64_t i = 0; i < n; i++) {
        mean += u[i] / (double)n;
        along += u[i] * z[i] / (double)n;
    }
    for (int64_t i = 0; i < n; i++)
        dx[i] = (u[i] - mean - z[i] * along) / d;
}

typedef struct sheet {
    double *y, *dx, *dweight, *dbias;
} sheet;

static sheet fill_sheet(int64_t rows, int64_t n, const double *x,
                        const double *w, const double *b, const double *dy)
{
    sheet s = {plain_zeros(rows * n), plain_zeros(rows * n), plain_zeros(n),
               plain_zeros(n)};
    double *z = plain_zeros(n), *u = plain_zeros(n);

    for (int64_t at = 0; at < rows * n; at += n) {
        double d = normalise(n, x + at, z);
        for (int64_t i = 0; i < n; i++) {
            s.y[at + i] = z[i] * w[i] + b[i];
            s.dweight[i] += dy[at + i] * z[i];
            s.dbias[i] += dy[at + i];
            u[i] = dy[at + i] * w[i];
        }
        plain_dx(n, d, z, u, s.dx + at);
    }
    free(z), free(u);
    return s;
}

static void check_values(tg_dtype dtype, tg_shape shape)
{
    tg_graph *g = MADE(tg_graph_new());
    int64_t n = shape.dim[shape.ndim - 1], rows = extent_product(shape) / n;
    tg_tensor *x = random_leaf(dtype, shape, 1);
    tg_tensor *w = random_leaf(dtype, TG_SHAPE(n), 2);
    tg_tensor *b = random_leaf(dtype, TG_SHAPE(n), 3);
    tg_tensor *dy = random_tensor(dtype, shape, 4);
    double *xs = elements(x), *ws = elements(w), *bs = elements(b);
    double *dys = elements(dy);
    sheet s = fill_sheet(rows, n, xs, ws, bs, dys);
    double margin = tolerance(dtype) * (4 + (double)rows);
    tg_tensor *y = MADE(tg_layer_norm(g, x, w, b, eps));

    EXPECT_WITHIN(y, shape, s.y, 4 * tolerance(dtype));
    EXPECT_OK(tg_backward_from(g, y, dy));
    EXPECT_WITHIN(tg_grad(w), TG_SHAPE(n), s.dweight, margin);
    EXPECT_WITHIN(tg_grad(b), TG_SHAPE(n), s.dbias, margin);
    if (n > 2)
        EXPECT_ARRAY(tg_grad(x), shape, s.dx, 16 * tolerance(dtype));
    tg_tensor *leaves[] = {x, w, b, dy};
    for (int i = 0; i < 4; i++)
        tg_tensor_free(leaves[i]);
    tg_graph_free(g);
    free(xs), free(ws), free(bs), free(dys);
    free(s.y), free(s.dx), free(s.dweight), free(s.dbias);
}

TEST(equals_a_plain_loop)
{
    uint64_t state = 37;

    for (int i = 0; i < 200; i++) {
        tg_shape shape = random_shape(&state, 4, 50);
        shape.dim[shape.ndim++] = 3 + i % 9;
        check_values(i % 2 ? TG_F32 : TG_F64, shape);
    }
    check_values(TG_F32, TG_SHAPE(3, 1001));
    check_values(TG_F64, TG_SHAPE(1001, 3));
}

static void check_with(bool weight, bool bias, tg_shape x)
{
    scales s = {weight, bias};
    tg_shape shapes[3] = {x}, scale = TG_SHAPE(x.dim[x.ndim - 1]);

    shapes[1] = shapes[2] = scale;
    check_op(HERE, apply, &s, 1 + weight + bias, shapes);
}

TEST(is_differentiable_with_and_without_scales)
{
    const tg_shape shapes[] = {TG_SHAPE(4), TG_SHAPE(2, 3), TG_SHAPE(2, 1, 3),
                               TG_SHAPE(1, 2, 1, 5), TG_SHAPE(0, 3)};

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int which = 0; which < 4; which++)
            check_with(which & 1, which & 2, shapes[i]);
}

/* A row of one, or of one value, has no spread: only the bias is left. */
TEST(leaves_constant_rows_finite)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2, 2), 7, 7, -3, -3);
    tg_tensor *column = TENSOR(TG_F32, TG_SHAPE(2, 1), 5, 6);
    tg_tensor *bias = TENSOR(TG_F32, TG_SHAPE(2), 1, 2);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_layer_norm(g, x, TG_NONE, bias, eps));
    EXPECT_VALUES(y, 1, 2, 1, 2);
    EXPECT_OK(tg_backward(g, tg_sum(g, tg_square(g, y))));
    for (int i = 0; i < 4; i++)
        ck_assert(isfinite(element(tg_grad(x), i)));
    EXPECT_VALUES(tg_layer_norm(g, column, TG_NONE, TG_NONE, eps), 0, 0);
    EXPECT_VALUES(tg_layer_norm(g, column, TG_NONE, TG_NONE, 0), NAN, NAN);
    tg_tensor_free(x);
    tg_tensor_free(column);
    tg_tensor_free(bias);
    tg_graph_free(g);
}

/* x / sqrt(1 + eps). */
TEST(adds_eps_to_the_variance)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2), 1, -1);

    EXPECT_VALUES(tg_layer_norm(g, x, TG_NONE, TG_NONE, 0), 1, -1);
    EXPECT_VALUES(tg_layer_norm(g, x, TG_NONE, TG_NONE, 3), 0.5, -0.5);
    EXPECT_VALUES(tg_layer_norm(g, x, TG_NONE, TG_NONE, INFINITY), 0, 0);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(refuses_scales_that_do_not_fit)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *scalar = random_leaf(TG_F32, TG_SCALAR, 2);
    tg_tensor *misfits[] = {random_leaf(TG_F32, TG_SHAPE(2), 3),
                            random_leaf(TG_F32, TG_SHAPE(1), 4),
                            random_leaf(TG_F32, TG_SHAPE(1, 3), 5),
                            random_leaf(TG_F32, TG_SCALAR, 6)};

    for (int i = 0; i < 4; i++) {
        EXPECT_REFUSED(g, tg_layer_norm(g, x, misfits[i], TG_NONE, eps),
                       TG_ERR_SHAPE, "layer_norm: weight");
        EXPECT_REFUSED(g, tg_layer_norm(g, x, TG_NONE, misfits[i], eps),
                       TG_ERR_SHAPE, "layer_norm: bias");
        tg_tensor_free(misfits[i]);
    }
    EXPECT_REFUSED(g, tg_layer_norm(g, scalar, TG_NONE, TG_NONE, eps),
                   TG_ERR_SHAPE, "layer_norm");
    EXPECT_REFUSED(g, tg_layer_norm(g, x, TG_NONE, TG_NONE, -1e-9), TG_ERR_ARG,
                   "layer_norm");
    EXPECT_REFUSED(g, tg_layer_norm(g, x, TG_NONE, TG_NONE, NAN), TG_ERR_ARG,
                   "layer_norm");
    tg_tensor_free(x);
    tg_tensor_free(scalar);
    tg_graph_free(g);
}

TEST(refuses_other_operands)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *w = random_leaf(TG_F64, TG_SHAPE(3), 2);
    tg_tensor *n = random_tensor(TG_I64, TG_SHAPE(3), 3);
    tg_tensor *foreign = MADE(tg_neg(other, x));

    EXPECT_REFUSED(g, tg_layer_norm(g, x, w, TG_NONE, eps), TG_ERR_DTYPE,
                   "layer_norm");
    EXPECT_REFUSED(g, tg_layer_norm(g, x, TG_NONE, w, eps), TG_ERR_DTYPE,
                   "layer_norm");
    EXPECT_REFUSED(g, tg_layer_norm(g, n, TG_NONE, TG_NONE, eps), TG_ERR_DTYPE,
                   "layer_norm");
    EXPECT_REFUSED(g, tg_layer_norm(g, foreign, TG_NONE, TG_NONE, eps),
                   TG_ERR_ARG, "layer_norm");
    EXPECT_REFUSED(g, tg_layer_norm(g, TG_NONE, TG_NONE, TG_NONE, eps),
                   TG_ERR_ARG, "layer_norm");
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_tensor_free(n);
    tg_graph_free(g);
    tg_graph_free(other);
}

/* A weight that could not be made is not a weight that was left out. */
TEST(does_not_take_a_failure_for_nothing)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);

    for (int i = 0; i < 3; i++) {
        EXPECT_STATUS(tg_fail(g, TG_ERR_IO, "the first failure"), TG_ERR_IO);
        EXPECT_REFUSED(g,
                       tg_layer_norm(g, i == 0 ? NULL : x,
                                     i == 1 ? NULL : TG_NONE,
                                     i == 2 ? NULL : TG_NONE, eps),
                       TG_ERR_IO, "the first failure");
    }
    ck_assert_ptr_null(tg_layer_norm(NULL, x, TG_NONE, TG_NONE, eps));
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST_MAIN("layer_norm", equals_a_plain_loop,
          is_differentiable_with_and_without_scales,
          leaves_constant_rows_finite, adds_eps_to_the_variance,
          refuses_scales_that_do_not_fit, refuses_other_operands,
          does_not_take_a_failure_for_nothing)
