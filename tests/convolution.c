#include "convolution.h"
#include "plain.h"

#include <math.h>
#include <stdlib.h>

static int one_for_zero(int option)
{
    return option == 0 ? 1 : option;
}

/* One product w x -> y of a convolution: where it finds its factors. */
typedef struct product {
    int64_t x, w, y;
} product;

/* The next product, in the order of the loops that a convolution is; `at`
 * counts n, g, o, c, i, j, a, b. False if the tap lies outside. */
static bool find_product(const conv_case *c, tg_shape x, tg_shape y, int64_t O,
                         const int64_t at[8], product *p)
{
    const tg_conv2d_options *o = &c->o;
    int64_t groups = one_for_zero(o->groups), place[2];

    for (int d = 0; d < 2; d++) {
        place[d] = at[4 + d] * one_for_zero(o->stride[d]) - o->padding[d] +
                   at[6 + d] * one_for_zero(o->dilation[d]);
        if (place[d] < 0 || place[d] >= x.dim[2 + d])
            return false;
    }
    int64_t C = x.dim[1] / groups, per_group = O / groups;
    int64_t row = at[1] * per_group + at[2];
    p->x = plain_index(
        x, (int64_t[]){at[0], at[1] * C + at[3], place[0], place[1]});
    p->y = plain_index(y, (int64_t[]){at[0], row, at[4], at[5]});
    p->w = ((row * C + at[3]) * c->w.dim[2] + at[6]) * c->w.dim[3] + at[7];
    return true;
}

typedef void (*visit)(const product *p, void *env);

/* x is the larger side, y the one whose elements are windows. */
static void for_each_product(const conv_case *c, tg_shape x, tg_shape y,
                             visit each, void *env)
{
    int64_t groups = one_for_zero(c->o.groups), O = y.dim[1];
    tg_shape loops = TG_SHAPE(x.dim[0], groups, O / groups, x.dim[1] / groups,
                              y.dim[2], y.dim[3], c->w.dim[2], c->w.dim[3]);
    int64_t count = extent_product(loops), at[8];
    product p;

    for (int64_t i = 0; i < count; i++) {
        plain_coordinates(loops, i, at);
        if (find_product(c, x, y, O, at, &p))
            each(&p, env);
    }
}

typedef struct factors {
    const double *x, *w, *dy;
    conv_values v;
} factors;

static void add_product(const product *p, void *env)
{
    factors *f = env;

    f->v.y[p->y] += f->x[p->x] * f->w[p->w];
    f->v.dx[p->x] += f->dy[p->y] * f->w[p->w];
    f->v.dw[p->w] += f->dy[p->y] * f->x[p->x];
}

/* The other way round: x takes y's part. */
static void add_transposed(const product *p, void *env)
{
    factors *f = env;

    f->v.y[p->x] += f->x[p->y] * f->w[p->w];
    f->v.dx[p->y] += f->dy[p->x] * f->w[p->w];
    f->v.dw[p->w] += f->dy[p->x] * f->x[p->y];
}

/* y = b and db = sum dy; the other two are 0 already. */
static void begin(tg_shape y, const double *b, const double *dy, conv_values v)
{
    int64_t image = y.dim[2] * y.dim[3];

    for (int64_t i = 0; i < extent_product(y); i++) {
        v.y[i] = b[i / image % y.dim[1]];
        v.db[i / image % y.dim[1]] += dy[i];
    }
}

void plain_conv2d(const conv_case *c, tg_shape y, const double *x,
                  const double *w, const double *b, const double *dy,
                  conv_values v)
{
    begin(y, b, dy, v);
    for_each_product(c, c->x, y, add_product, &(factors){x, w, dy, v});
}

void plain_conv_transpose2d(const conv_case *c, tg_shape y, const double *x,
                            const double *w, const double *b, const double *dy,
                            conv_values v)
{
    begin(y, b, dy, v);
    for_each_product(c, y, c->x, add_transposed, &(factors){x, w, dy, v});
}

/* Sums of so many terms near 1. */
static double margin(tg_dtype dtype, double terms)
{
    return tolerance(dtype) * (1 + terms);
}

static void expect_conv(const conv_case *c, tg_tensor *const *in, tg_tensor *y,
                        conv_values v)
{
    tg_dtype dtype = tg_tensor_dtype(y);
    tg_shape shape = tg_tensor_shape(y);
    double taps = (double)(c->w.dim[1] * c->w.dim[2] * c->w.dim[3]);
    double rows = (double)(c->w.dim[0] * c->w.dim[2] * c->w.dim[3]);
    double windows = (double)(shape.dim[0] * shape.dim[2] * shape.dim[3]);

    expect_within("y", y, shape, v.y, margin(dtype, fmax(taps, rows)));
    expect_within("dx", tg_grad(in[0]), c->x, v.dx,
                  margin(dtype, fmax(taps, rows)));
    expect_within("dw", tg_grad(in[1]), c->w, v.dw, margin(dtype, windows));
    expect_within("db", tg_grad(in[2]), TG_SHAPE(shape.dim[1]), v.db,
                  margin(dtype, windows));
}

static int64_t results_of(conv_op op, const conv_case *c)
{
    return op == tg_conv2d ? c->w.dim[0]
                           : c->w.dim[1] * one_for_zero(c->o.groups);
}

static void check_conv_as(tg_dtype dtype, conv_op op, plain_conv plain,
                          const conv_case *c)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_shape bias = TG_SHAPE(results_of(op, c));
    tg_tensor *in[] = {random_leaf(dtype, c->x, 1), random_leaf(dtype, c->w, 2),
                       random_leaf(dtype, bias, 3)};
    tg_tensor *y = MADE(op(g, in[0], in[1], in[2], c->o));
    tg_shape shape = tg_tensor_shape(y);
    tg_tensor *dy = random_tensor(dtype, shape, 4);
    double *xv = elements(in[0]), *wv = elements(in[1]), *bv = elements(in[2]);
    double *dyv = elements(dy);
    conv_values v = {
        plain_zeros(extent_product(shape)), plain_zeros(extent_product(c->x)),
        plain_zeros(extent_product(c->w)), plain_zeros(bias.dim[0])};

    plain(c, shape, xv, wv, bv, dyv, v);
    EXPECT_OK(tg_backward_from(g, y, dy));
    expect_conv(c, in, y, v);
    tg_graph_free(g);
    for (int i = 0; i < 3; i++)
        tg_tensor_free(in[i]);
    tg_tensor_free(dy);
    free(xv), free(wv), free(bv), free(dyv);
    free(v.y), free(v.dx), free(v.dw), free(v.db);
}

void check_conv(conv_op op, plain_conv plain, const conv_case *c)
{
    check_conv_as(TG_F32, op, plain, c);
    check_conv_as(TG_F64, op, plain, c);
}

typedef struct conv_call {
    conv_op op;
    tg_conv2d_options o;
} conv_call;

static tg_tensor *apply_conv(tg_graph *g, tg_tensor *const *in, int n,
                             void *env)
{
    const conv_call *c = env;

    return c->op(g, in[0], in[1], n > 2 ? in[2] : TG_NONE, c->o);
}

void check_conv_derivatives(const char *at, conv_op op, const conv_case *c)
{
    conv_call call = {op, c->o};
    tg_shape shapes[] = {c->x, c->w, TG_SHAPE(results_of(op, c))};

    check_op(at, apply_conv, &call, 3, shapes);
    check_op(at, apply_conv, &call, 2, shapes);
}
