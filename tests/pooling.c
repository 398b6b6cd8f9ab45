#include "pooling.h"
#include "plain.h"

#include <limits.h>
#include <stdlib.h>

static void check_pool_as(tg_dtype dtype, pool_op op, plain_pool plain,
                          const pool_case *c)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(dtype, c->x, 1), *y = MADE(op(g, x, c->o));
    tg_shape shape = tg_tensor_shape(y);
    tg_tensor *dy = random_tensor(dtype, shape, 2);
    double *xv = elements(x), *dyv = elements(dy);
    double *yv = plain_zeros(extent_product(shape));
    double *dx = plain_zeros(extent_product(c->x));
    int64_t from = c->x.dim[2] * c->x.dim[3];
    int64_t to = shape.dim[2] * shape.dim[3];

    for (int64_t i = 0; i < c->x.dim[0] * c->x.dim[1]; i++)
        plain(c, shape, xv + i * from, dyv + i * to, yv + i * to,
              dx + i * from);
    EXPECT_OK(tg_backward_from(g, y, dy));
    expect_within("y", y, shape, yv, 2 * tolerance(dtype));
    expect_within("dx", tg_grad(x), c->x, dx,
                  tolerance(dtype) *
                      (1 + (double)(c->o.kernel[0] * c->o.kernel[1])));
    tg_graph_free(g);
    tg_tensor_free(x);
    tg_tensor_free(dy);
    free(xv), free(dyv), free(yv), free(dx);
}

void check_pool(pool_op op, plain_pool plain, const pool_case *c)
{
    check_pool_as(TG_F32, op, plain, c);
    check_pool_as(TG_F64, op, plain, c);
}

typedef struct pool_call {
    pool_op op;
    tg_pool2d_options o;
} pool_call;

static tg_tensor *apply_pool(tg_graph *g, tg_tensor *const *in, int n,
                             void *env)
{
    const pool_call *c = env;

    (void)n;
    return c->op(g, in[0], c->o);
}

void check_pool_derivatives(const char *at, pool_op op, const pool_case *c)
{
    check_op(at, apply_pool, &(pool_call){op, c->o}, 1, &c->x);
}

static void refuse_pool(pool_op op, const char *name, tg_shape shape,
                        tg_pool2d_options o, tg_status status)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, shape, 1);

    EXPECT_OK(tg_set_name(x, "picture"));
    EXPECT_REFUSED(g, op(g, x, o), status, name);
    EXPECT_MESSAGE("'picture'");
    EXPECT_MESSAGE(tg_shape_text(shape).text);
    tg_tensor_free(x);
    tg_graph_free(g);
}

static void refuse_pool_options(pool_op op, const char *name)
{
    static const tg_pool2d_options bad[] = {
        {{0, 2}, {1, 1}, {0, 0}},  {{2, 0}, {1, 1}, {0, 0}},
        {{-2, 2}, {1, 1}, {0, 0}}, {{2, 2}, {-1, 1}, {0, 0}},
        {{2, 2}, {1, -1}, {0, 0}}, {{2, 2}, {0, 0}, {0, -1}},
        {{2, 2}, {0, 0}, {2, 0}},  {{3, 3}, {0, 0}, {0, 2}},
        {{1, 2}, {0, 0}, {1, 0}},  {{INT_MIN, 2}, {0, 0}, {0, 0}}};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuse_pool(op, name, TG_SHAPE(1, 1, 4, 4), bad[i], TG_ERR_ARG);
}

void refuse_pools(pool_op op, const char *name)
{
    tg_pool2d_options two = {.kernel = {2, 2}};
    tg_pool2d_options most = {.kernel = {INT_MAX, INT_MAX},
                              .stride = {INT_MAX, INT_MAX},
                              .padding = {INT_MAX / 2, INT_MAX / 2}};
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *index = random_tensor(TG_I64, TG_SHAPE(1, 1, 4, 4), 1);

    refuse_pool_options(op, name);
    refuse_pool(op, name, TG_SHAPE(4, 4), two, TG_ERR_SHAPE);
    refuse_pool(op, name, TG_SHAPE(1, 4, 4), two, TG_ERR_SHAPE);
    refuse_pool(op, name, TG_SHAPE(1, 1, 1, 4, 4), two, TG_ERR_SHAPE);
    refuse_pool(op, name, TG_SHAPE(1, 0, 4, 4), two, TG_ERR_SHAPE);
    refuse_pool(op, name, TG_SHAPE(1, 1, 0, 4), two, TG_ERR_SHAPE);
    refuse_pool(op, name, TG_SHAPE(1, 1, 4, 0), two, TG_ERR_SHAPE);
    refuse_pool(op, name, TG_SHAPE(1, 1, 1, 4), two, TG_ERR_SHAPE);
    refuse_pool(op, name, TG_SHAPE(1, 1, 4, 1), two, TG_ERR_SHAPE);
    refuse_pool(op, name, TG_SHAPE(0, 1, 4, 1), two, TG_ERR_SHAPE);
    EXPECT_REFUSED(g, op(g, index, two), TG_ERR_DTYPE, name);
    EXPECT_REFUSED(g, op(g, TG_NONE, two), TG_ERR_ARG, name);
    ck_assert_ptr_null(op(g, NULL, two));
    ck_assert_ptr_null(op(NULL, index, two));
    tg_tensor_free(index);
    tg_graph_free(g);
    check_pool_derivatives(HERE, op, &(pool_case){TG_SHAPE(1, 1, 2, 2), most});
}

void check_empty_batch_of_pool(pool_op op)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(0, 2, 4, 6), 1);
    tg_tensor *y = MADE(op(g, x, (tg_pool2d_options){.kernel = {2, 3}}));

    EXPECT_SHAPE(y, TG_SHAPE(0, 2, 2, 2));
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_SHAPE(tg_grad(x), TG_SHAPE(0, 2, 4, 6));
    tg_tensor_free(x);
    tg_graph_free(g);
}

static tg_status pool_twice(tg_graph *g, void *env)
{
    const pool_call *c = env;
    tg_tensor *x = try_random(TG_F32, TG_SHAPE(2, 1, 6, 6), 1), *dx;
    tg_gradients_options create = {.create_graph = true};

    if (!x)
        return TG_ERR_NOMEM;
    tg_status s = tg_set_requires_grad(x, true);
    tg_tensor *y = tg_sum(g, tg_square(g, c->op(g, x, c->o)));
    if (!s)
        s = tg_gradients(g, y, NULL, 1, &x, &dx, create);
    if (!s)
        s = tg_backward(g, tg_sum(g, tg_square(g, dx)));
    tg_tensor_free(x);
    return s;
}

void check_pool_out_of_memory(pool_op op)
{
    pool_call c = {op, {.kernel = {2, 3}, .padding = {1, 1}}};

    check_out_of_memory(pool_twice, &c);
}
