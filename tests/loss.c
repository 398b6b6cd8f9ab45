#include "loss.h"
#include "plain.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

static void check_values(const loss *l, tg_dtype dtype, tg_shape shape)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(dtype, shape, 1);
    tg_tensor *t = random_leaf(dtype, shape, 2);
    int64_t n = tg_tensor_size(x);
    double y = n > 0 ? 0 : NAN, *dx = plain_zeros(n), *dt = plain_zeros(n);

    for (int64_t i = 0; i < n; i++) {
        y += l->f(element(x, i), element(t, i)) / (double)n;
        dx[i] = l->dx(element(x, i), element(t, i)) / (double)n;
        dt[i] = l->dt(element(x, i), element(t, i)) / (double)n;
    }
    tg_tensor *made = expect_made(l->name, "op", l->op(g, x, t));
    expect_within(l->name, made, TG_SCALAR, &y, 3 * tolerance(dtype));
    EXPECT_OK(tg_backward(g, made));
    expect_within(l->name, tg_grad(x), shape, dx, 3 * tolerance(dtype));
    expect_within(l->name, tg_grad(t), shape, dt, 3 * tolerance(dtype));
    tg_tensor_free(x);
    tg_tensor_free(t);
    tg_graph_free(g);
    free(dx), free(dt);
}

void check_loss_values(const loss *l)
{
    const tg_shape shapes[] = {TG_SCALAR,      TG_SHAPE(1),
                               TG_SHAPE(0),    TG_SHAPE(2, 0),
                               TG_SHAPE(5, 1), TG_SHAPE(1, 2, 3, 1, 2),
                               TG_SHAPE(5003)};
    uint64_t state = 31;

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        check_values(l, TG_F32, shapes[i]);
        check_values(l, TG_F64, shapes[i]);
    }
    for (int i = 0; i < 200; i++)
        check_values(l, i % 2 ? TG_F32 : TG_F64, random_shape(&state, 5, 200));
}

static tg_tensor *apply(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    const loss *l = env;

    ck_assert_int_eq(n, 2);
    return l->op(g, in[0], in[1]);
}

static tg_tensor *apply_twice(tg_graph *g, tg_tensor *const *in, int n,
                              void *env)
{
    const loss *l = env;

    ck_assert_int_eq(n, 1);
    return l->op(g, in[0], in[0]);
}

void check_loss_op(const loss *l)
{
    const tg_shape shapes[] = {TG_SCALAR, TG_SHAPE(1), TG_SHAPE(2, 3),
                               TG_SHAPE(2, 1, 3), TG_SHAPE(1, 2, 1, 2, 2)};

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const tg_shape pair[] = {shapes[i], shapes[i]};
        check_op(l->name, apply, (void *)l, 2, pair);
        check_op(l->name, apply_twice, (void *)l, 1, pair);
    }
}

static void refuse_pair(const loss *l, tg_shape a, tg_shape b)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, a, 1), *t = random_leaf(TG_F32, b, 2);

    EXPECT_REFUSED(g, l->op(g, x, t), TG_ERR_SHAPE, l->name);
    EXPECT_REFUSED(g, l->op(g, t, x), TG_ERR_SHAPE, l->name);
    tg_tensor_free(x);
    tg_tensor_free(t);
    tg_graph_free(g);
}

static void refuse_operands(const loss *l)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *z = random_leaf(TG_F64, TG_SHAPE(2, 3), 2);
    tg_tensor *n = random_tensor(TG_I64, TG_SHAPE(2, 3), 3);
    tg_tensor *foreign = MADE(tg_neg(other, x));

    EXPECT_REFUSED(g, l->op(g, x, z), TG_ERR_DTYPE, l->name);
    EXPECT_REFUSED(g, l->op(g, x, n), TG_ERR_DTYPE, l->name);
    EXPECT_REFUSED(g, l->op(g, n, n), TG_ERR_DTYPE, l->name);
    EXPECT_REFUSED(g, l->op(g, foreign, x), TG_ERR_ARG, l->name);
    EXPECT_REFUSED(g, l->op(g, x, foreign), TG_ERR_ARG, l->name);
    EXPECT_REFUSED(g, l->op(g, x, TG_NONE), TG_ERR_ARG, l->name);
    EXPECT_STATUS(tg_fail(g, TG_ERR_IO, "the first failure"), TG_ERR_IO);
    EXPECT_REFUSED(g, l->op(g, x, NULL), TG_ERR_IO, "the first failure");
    EXPECT_STATUS(tg_fail(g, TG_ERR_IO, "the first failure"), TG_ERR_IO);
    EXPECT_REFUSED(g, l->op(g, NULL, x), TG_ERR_IO, "the first failure");
    ck_assert_ptr_null(l->op(NULL, x, x));
    tg_tensor_free(x);
    tg_tensor_free(z);
    tg_tensor_free(n);
    tg_graph_free(g);
    tg_graph_free(other);
}

void check_loss_refusals(const loss *l)
{
    refuse_pair(l, TG_SHAPE(2, 3), TG_SHAPE(3));
    refuse_pair(l, TG_SHAPE(2, 3), TG_SHAPE(2, 1));
    refuse_pair(l, TG_SHAPE(2, 3), TG_SHAPE(1, 2, 3));
    refuse_pair(l, TG_SHAPE(2, 3), TG_SHAPE(3, 2));
    refuse_pair(l, TG_SHAPE(2, 3), TG_SHAPE(6));
    refuse_pair(l, TG_SHAPE(1), TG_SCALAR);
    refuse_pair(l, TG_SHAPE(0, 3), TG_SHAPE(1, 3));
    refuse_operands(l);
}
