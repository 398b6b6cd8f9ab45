/* Entries of the products and losses. */
#include "op_table.h"

#include <math.h>

/* ---- matmul */

static void draw_matmul(uint64_t *state, op_case *c)
{
    int64_t m = draw_below(state, 4), k = draw_below(state, 6),
            n = draw_below(state, 4);

    *c = (op_case){.n = 2};
    draw_broadcast(state, 2, c->in);
    for (int i = 0; i < 2; i++) {
        tg_shape *shape = &c->in[i].shape;
        if (shape->ndim > 3)
            shape->ndim = 0;
        if (draw_below(state, 4) == 0) {
            *shape = TG_SHAPE(k);
            continue;
        }
        shape->dim[shape->ndim++] = i == 0 ? m : k;
        shape->dim[shape->ndim++] = i == 0 ? k : n;
    }
    if (draw_below(state, 8) == 0) {
        c->in[0].shape = c->in[1].shape = TG_SHAPE(n, n);
        c->twice = true;
    }
}

static tg_tensor *call_matmul(tg_graph *g, tg_tensor *const *in,
                              const op_case *c)
{
    (void)c;
    return tg_matmul(g, in[0], in[1]);
}

/* The batches of an operand, and its rows and columns as last. */
typedef struct matrices {
    tg_shape batches;
    int64_t rows, columns;
} matrices;

static matrices matrices_of(tg_shape shape, bool left)
{
    int64_t last = shape.dim[shape.ndim - 1];

    if (shape.ndim == 1)
        return (matrices){TG_SCALAR, left ? 1 : last, left ? last : 1};
    matrices m = {shape, shape.dim[shape.ndim - 2], last};
    m.batches.ndim -= 2;
    return m;
}

static tg_shape plain_matmul_op(const op_case *c, double *const *x, double *y)
{
    matrices a = matrices_of(c->in[0].shape, true),
             b = matrices_of(c->in[1].shape, false);
    op_case both = {.n = 2, .in = {{.shape = a.batches}, {.shape = b.batches}}};
    tg_shape shape = plain_broadcast_shape(&both, 2);

    for (int64_t i = 0; i < extent_product(shape); i++)
        plain_matmul(
            a.rows, a.columns, b.columns,
            x[0] + plain_source(a.batches, shape, i) * a.rows * a.columns,
            x[1] + plain_source(b.batches, shape, i) * b.rows * b.columns,
            y + i * a.rows * b.columns);
    if (c->in[0].shape.ndim > 1)
        shape.dim[shape.ndim++] = a.rows;
    if (c->in[1].shape.ndim > 1)
        shape.dim[shape.ndim++] = b.columns;
    return shape;
}

static void refuse_matmul(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    tg_tensor *one = random_tensor(TG_F64, TG_SCALAR, 1);

    EXPECT_REFUSED(g, tg_matmul(g, x, x), TG_ERR_SHAPE, "matmul");
    EXPECT_REFUSED(g, tg_matmul(g, x, one), TG_ERR_SHAPE, "matmul");
    EXPECT_REFUSED(g, tg_matmul(g, one, x), TG_ERR_SHAPE, "matmul");
    EXPECT_REFUSED(g, tg_matmul(g, i, x), TG_ERR_DTYPE, "matmul");
    tg_tensor_free(one);
}

/* ---- linear */

static void draw_linear(uint64_t *state, op_case *c)
{
    int64_t in = draw_below(state, 6), out = draw_below(state, 4);
    tg_shape x = draw_shape(state, 0, 3);

    x.dim[x.ndim++] = in;
    *c = (op_case){.n = 3,
                   .in = {{.shape = x},
                          {.shape = TG_SHAPE(out, in)},
                          {.shape = TG_SHAPE(out)}}};
    c->in[2].left_out = draw_below(state, 3) == 0;
    if (draw_below(state, 8) == 0) {
        c->in[0].shape = c->in[1].shape;
        c->in[2].shape = TG_SHAPE(out);
        c->twice = true;
    }
}

static tg_tensor *call_linear(tg_graph *g, tg_tensor *const *in,
                              const op_case *c)
{
    (void)c;
    return tg_linear(g, in[0], in[1], in[2]);
}

static tg_shape plain_linear(const op_case *c, double *const *x, double *y)
{
    tg_shape shape = c->in[0].shape;
    int64_t out = c->in[1].shape.dim[0], in = c->in[1].shape.dim[1];

    shape.dim[shape.ndim - 1] = out;
    for (int64_t i = 0; i < extent_product(shape); i++) {
        int64_t row = i / out, o = i % out;
        y[i] = x[2] != NULL ? x[2][o] : 0;
        for (int64_t k = 0; k < in; k++)
            y[i] += x[0][row * in + k] * x[1][o * in + k];
    }
    return shape;
}

static void refuse_linear(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    tg_tensor *one = random_tensor(TG_F64, TG_SCALAR, 1);
    tg_tensor *wide = random_tensor(TG_F64, TG_SHAPE(3, 2), 1);
    tg_tensor *three = random_tensor(TG_F64, TG_SHAPE(3), 1);
    tg_tensor *row = random_tensor(TG_F64, TG_SHAPE(1), 1);

    EXPECT_REFUSED(g, tg_linear(g, x, x, row), TG_ERR_SHAPE, "linear");
    EXPECT_REFUSED(g, tg_linear(g, x, wide, TG_NONE), TG_ERR_SHAPE, "linear");
    EXPECT_REFUSED(g, tg_linear(g, one, x, TG_NONE), TG_ERR_SHAPE, "linear");
    EXPECT_REFUSED(g, tg_linear(g, x, three, TG_NONE), TG_ERR_SHAPE, "linear");
    EXPECT_REFUSED(g, tg_linear(g, x, x, three), TG_ERR_SHAPE, "linear");
    EXPECT_REFUSED(g, tg_linear(g, x, x, one), TG_ERR_SHAPE, "linear");
    EXPECT_REFUSED(g, tg_linear(g, x, x, i), TG_ERR_DTYPE, "linear");
    tg_tensor_free(one);
    tg_tensor_free(wide);
    tg_tensor_free(three);
    tg_tensor_free(row);
}

/* ---- corr2d */

static void draw_corr2d(uint64_t *state, op_case *c)
{
    int64_t h = 1 + draw_below(state, 4), w = 1 + draw_below(state, 4);

    *c = (op_case){.n = 2};
    c->in[0].shape =
        TG_SHAPE(h + draw_below(state, 4), w + draw_below(state, 4));
    c->in[1].shape = TG_SHAPE(h, w);
    c->twice = draw_below(state, 8) == 0;
    if (c->twice)
        c->in[0].shape = c->in[1].shape;
}

static tg_tensor *call_corr2d(tg_graph *g, tg_tensor *const *in,
                              const op_case *c)
{
    (void)c;
    return tg_corr2d(g, in[0], in[1]);
}

static tg_shape plain_corr2d_op(const op_case *c, double *const *x, double *y)
{
    const int64_t *a = c->in[0].shape.dim, *b = c->in[1].shape.dim;

    plain_corr2d(a[0], a[1], x[0], b[0], b[1], x[1], y);
    return TG_SHAPE(a[0] - b[0] + 1, a[1] - b[1] + 1);
}

static void refuse_corr2d(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    tg_tensor *tall = random_tensor(TG_F64, TG_SHAPE(3, 1), 1);
    tg_tensor *empty = random_tensor(TG_F64, TG_SHAPE(0, 1), 1);

    EXPECT_REFUSED(g, tg_corr2d(g, x, tall), TG_ERR_SHAPE, "corr2d");
    EXPECT_REFUSED(g, tg_corr2d(g, x, empty), TG_ERR_SHAPE, "corr2d");
    EXPECT_REFUSED(g, tg_corr2d(g, x, i), TG_ERR_DTYPE, "corr2d");
    tg_tensor_free(tall);
    tg_tensor_free(empty);
}

/* ---- losses */

static void draw_cross_entropy(uint64_t *state, op_case *c)
{
    int64_t n = 1 + draw_below(state, 4), classes = 1 + draw_below(state, 5);

    *c = (op_case){.n = 2, .below = classes};
    c->in[0].shape = TG_SHAPE(n, classes);
    c->in[1] = (op_input){TG_SHAPE(n), .values = INDICES};
}

static tg_tensor *call_cross_entropy(tg_graph *g, tg_tensor *const *in,
                                     const op_case *c)
{
    (void)c;
    return tg_cross_entropy(g, in[0], in[1]);
}

static tg_shape plain_cross_entropy(const op_case *c, double *const *x,
                                    double *y)
{
    int64_t n = c->in[0].shape.dim[0], classes = c->in[0].shape.dim[1];
    double sum = 0;

    for (int64_t i = 0; i < n; i++)
        sum += fold_logsumexp(classes, x[0] + i * classes) -
               x[0][i * classes + (int64_t)x[1][i]];
    y[0] = sum / (double)n;
    return TG_SCALAR;
}

static void refuse_cross_entropy(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    tg_tensor *three = MADE(tg_tensor_new(TG_I64, TG_SHAPE(3)));

    tg_data_i64(i)[0] = 0, tg_data_i64(i)[1] = 3;
    EXPECT_REFUSED(g, tg_cross_entropy(g, x, i), TG_ERR_ARG, "cross_entropy");
    tg_data_i64(i)[1] = -1;
    EXPECT_REFUSED(g, tg_cross_entropy(g, x, i), TG_ERR_ARG, "cross_entropy");
    EXPECT_REFUSED(g, tg_cross_entropy(g, x, three), TG_ERR_SHAPE,
                   "cross_entropy");
    EXPECT_REFUSED(g, tg_cross_entropy(g, x, x), TG_ERR_DTYPE, "cross_entropy");
    tg_tensor_free(three);
}

static void draw_loss(uint64_t *state, op_case *c)
{
    *c = (op_case){.n = 2, .twice = draw_below(state, 8) == 0};
    do
        c->in[0].shape = draw_shape(state, 0, 5);
    while (extent_product(c->in[0].shape) == 0);
    c->in[1].shape = c->in[0].shape;
}

#define LOSS(op, term)                                                         \
    static tg_tensor *call_##op(tg_graph *g, tg_tensor *const *in,             \
                                const op_case *c)                              \
    {                                                                          \
        (void)c;                                                               \
        return tg_##op(g, in[0], in[1]);                                       \
    }                                                                          \
    static tg_shape plain_##op(const op_case *c, double *const *x, double *y)  \
    {                                                                          \
        double sum = 0;                                                        \
        for (int64_t i = 0; i < extent_product(c->in[0].shape); i++) {         \
            double a = x[0][i], b = x[1][i];                                   \
            sum += (term);                                                     \
        }                                                                      \
        y[0] = sum / (double)extent_product(c->in[0].shape);                   \
        return TG_SCALAR;                                                      \
    }                                                                          \
    static void refuse_##op(tg_graph *g, tg_tensor *x, tg_tensor *i)           \
    {                                                                          \
        tg_tensor *row = random_tensor(TG_F64, TG_SHAPE(1, 3), 1);             \
        EXPECT_REFUSED(g, tg_##op(g, x, row), TG_ERR_SHAPE, #op);              \
        EXPECT_REFUSED(g, tg_##op(g, x, i), TG_ERR_DTYPE, #op);                \
        tg_tensor_free(row);                                                   \
    }
LOSS(mse_loss, (a - b) * (a - b))
LOSS(bce_with_logits, b *log(1 + exp(-a)) + (1 - b) * log(1 + exp(a)))

#define ENTRY(op, draw, plain)                                                 \
    {                                                                          \
#op, draw, call_##op, plain, refuse_##op, false, false                 \
    }
const op_info product_ops[] = {
    ENTRY(matmul, draw_matmul, plain_matmul_op),
    ENTRY(linear, draw_linear, plain_linear),
    ENTRY(corr2d, draw_corr2d, plain_corr2d_op),
    ENTRY(cross_entropy, draw_cross_entropy, plain_cross_entropy),
    ENTRY(mse_loss, draw_loss, plain_mse_loss),
    ENTRY(bce_with_logits, draw_loss, plain_bce_with_logits),
    {0}};
