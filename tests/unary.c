#include "unary.h"
#include "plain.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void check_values(const unary *u, tg_graph *g, tg_dtype dtype,
                         tg_shape shape)
{
    tg_tensor *x = random_leaf(dtype, shape, 1);
    tg_tensor *dy = random_tensor(dtype, shape, 2);
    int64_t size = tg_tensor_size(x);
    double *y = plain_zeros(size), *dx = plain_zeros(size);

    for (int64_t i = 0; i < size; i++) {
        y[i] = u->f(element(x, i));
        dx[i] = element(dy, i) * u->df(element(x, i));
    }
    tg_tensor *result = u->op(g, x);
    expect_within(u->name, result, shape, y, 3 * tolerance(dtype));
    EXPECT_OK(tg_backward_from(g, result, dy));
    expect_within(u->name, tg_grad(x), shape, dx, 5 * tolerance(dtype));
    EXPECT_OK(tg_graph_reset(g));
    tg_tensor_free(x);
    tg_tensor_free(dy);
    free(y);
    free(dx);
}

void check_unary_values(const unary *u)
{
    const tg_shape shapes[] = {
        TG_SCALAR,         TG_SHAPE(0),          TG_SHAPE(1),
        TG_SHAPE(7),       TG_SHAPE(3, 0, 2),    TG_SHAPE(5, 1),
        TG_SHAPE(2, 3, 4), TG_SHAPE(2, 1, 3, 2), TG_SHAPE(1, 2, 3, 1, 2),
        TG_SHAPE(10007)};
    tg_graph *g = MADE(tg_graph_new());

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        check_values(u, g, TG_F32, shapes[i]);
        check_values(u, g, TG_F64, shapes[i]);
    }
    uint64_t state = 11;
    for (int i = 0; i < 200; i++) {
        tg_shape shape = random_shape(&state, 5, 200);
        check_values(u, g, i % 2 ? TG_F32 : TG_F64, shape);
    }
    tg_graph_free(g);
}

static tg_tensor *apply(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    const unary *u = env;

    ck_assert_int_eq(n, 1);
    return u->op(g, in[0]);
}

void check_unary_op(const unary *u)
{
    const tg_shape shapes[] = {TG_SCALAR, TG_SHAPE(0), TG_SHAPE(1, 3),
                               TG_SHAPE(2, 0, 3)};

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        check_op(u->name, apply, (void *)u, 1, &shapes[i]);
    uint64_t state = 13;
    for (int i = 0; i < 200; i++) {
        tg_shape shape = random_shape(&state, 5, 24);
        check_op(u->name, apply, (void *)u, 1, &shape);
    }
}

static void check_point(const char *name,
                        tg_tensor *(*op)(tg_graph *g, tg_tensor *x),
                        tg_dtype dtype, const point *p)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = make_tensor(dtype, TG_SCALAR, &p->x, 1);
    char at[60];

    snprintf(at, sizeof at, "%s in %s at %g", name, tg_dtype_name(dtype), p->x);
    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = expect_made(at, name, op(g, x));
    expect_within(at, y, TG_SCALAR, &p->y, tolerance(dtype) * fabs(p->y));
    if (p->x == 0 && p->y == 0)
        ck_assert_msg(!signbit(element(y, 0)) == !signbit(p->y),
                      "%s: the sign of 0", at);
    EXPECT_OK(tg_backward(g, y));
    expect_within(at, tg_grad(x), TG_SCALAR, &p->dx,
                  tolerance(dtype) * fabs(p->dx));
    tg_tensor_free(x);
    tg_graph_free(g);
}

void check_unary_points(const char *name,
                        tg_tensor *(*op)(tg_graph *g, tg_tensor *x),
                        const point *points, size_t count)
{
    ck_assert_uint_gt(count, 0);
    for (size_t i = 0; i < count; i++) {
        check_point(name, op, TG_F32, &points[i]);
        check_point(name, op, TG_F64, &points[i]);
    }
}

void check_refusals_of_one(const char *name,
                           tg_tensor *(*op)(tg_graph *g, tg_tensor *x),
                           tg_shape shape, bool takes_i64)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, shape, 1);
    tg_tensor *n = random_tensor(TG_I64, shape, 2);
    tg_tensor *foreign = MADE(tg_neg(other, x));

    EXPECT_STATUS(tg_fail(g, TG_ERR_IO, "the first failure"), TG_ERR_IO);
    EXPECT_REFUSED(g, op(g, NULL), TG_ERR_IO, "the first failure");
    EXPECT_REFUSED(g, op(g, foreign), TG_ERR_ARG, name);
    EXPECT_REFUSED(g, op(g, TG_NONE), TG_ERR_ARG, name);
    ck_assert_ptr_null(op(NULL, x));
    if (takes_i64)
        ck_assert_int_eq(tg_tensor_dtype(MADE(op(g, n))), TG_I64);
    else
        EXPECT_REFUSED(g, op(g, n), TG_ERR_DTYPE, name);
    tg_tensor_free(x);
    tg_tensor_free(n);
    tg_graph_free(g);
    tg_graph_free(other);
}
