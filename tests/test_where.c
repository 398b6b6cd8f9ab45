#include "plain.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

/* The condition is the env: the rest is a function of a and b. */
static tg_tensor *apply(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    ck_assert_int_eq(n, 2);
    return tg_where(g, env, in[0], in[1]);
}

static tg_tensor *apply_twice(tg_graph *g, tg_tensor *const *in, int n,
                              void *env)
{
    ck_assert_int_eq(n, 1);
    return tg_where(g, env, in[0], in[0]);
}

/* Two thirds of it hold, some of them negative. */
static tg_tensor *make_condition(tg_shape shape)
{
    tg_tensor *condition = MADE(tg_tensor_new(TG_I64, shape));

    for (int64_t i = 0; i < tg_tensor_size(condition); i++)
        tg_data_i64(condition)[i] = i % 3 - 1;
    return condition;
}

typedef struct operands {
    tg_tensor *c, *a, *b, *dy;
    double *y, *da, *db;
} operands;

static operands make_operands(tg_dtype dtype, const tg_shape *shapes,
                              tg_shape y)
{
    operands o = {make_condition(shapes[0]),
                  random_leaf(dtype, shapes[1], 1),
                  random_leaf(dtype, shapes[2], 2),
                  random_tensor(dtype, y, 3),
                  plain_zeros(extent_product(y)),
                  plain_zeros(extent_product(shapes[1])),
                  plain_zeros(extent_product(shapes[2]))};

    for (int64_t i = 0; i < extent_product(y); i++) {
        int64_t ia = plain_source(shapes[1], y, i);
        int64_t ib = plain_source(shapes[2], y, i);
        if (element(o.c, plain_source(shapes[0], y, i)) != 0) {
            o.y[i] = element(o.a, ia);
            o.da[ia] += element(o.dy, i);
        } else {
            o.y[i] = element(o.b, ib);
            o.db[ib] += element(o.dy, i);
        }
    }
    return o;
}

static void free_operands(operands o)
{
    tg_tensor_free(o.c);
    tg_tensor_free(o.a);
    tg_tensor_free(o.b);
    tg_tensor_free(o.dy);
    free(o.y), free(o.da), free(o.db);
}

static void check_values(tg_dtype dtype, const tg_shape *shapes, tg_shape shape)
{
    tg_graph *g = MADE(tg_graph_new());
    operands o = make_operands(dtype, shapes, shape);
    double margin = tolerance(dtype) * (double)(1 + extent_product(shape));
    tg_tensor *y = MADE(tg_where(g, o.c, o.a, o.b));

    EXPECT_WITHIN(y, shape, o.y, 0);
    EXPECT_OK(tg_backward_from(g, y, o.dy));
    EXPECT_WITHIN(tg_grad(o.a), shapes[1], o.da, margin);
    EXPECT_WITHIN(tg_grad(o.b), shapes[2], o.db, margin);
    free_operands(o);
    tg_graph_free(g);
}

/* condition, a, b, y */
static const tg_shape broadcasts[][4] = {
    {{0}, {0}, {0}, {0}},
    {{1, {3}}, {1, {3}}, {1, {3}}, {1, {3}}},
    {{1, {3}}, {0}, {0}, {1, {3}}},
    {{0}, {1, {3}}, {0}, {1, {3}}},
    {{0}, {0}, {2, {2, 3}}, {2, {2, 3}}},
    {{2, {2, 1}}, {1, {3}}, {2, {1, 3}}, {2, {2, 3}}},
    {{1, {4}}, {2, {3, 1}}, {3, {2, 1, 1}}, {3, {2, 3, 4}}},
    {{3, {2, 1, 4}}, {3, {1, 3, 1}}, {1, {1}}, {3, {2, 3, 4}}},
    {{5, {1, 2, 1, 2, 1}},
     {5, {2, 1, 1, 1, 2}},
     {2, {1, 2}},
     {5, {2, 2, 1, 2, 2}}},
    {{2, {0, 3}}, {1, {3}}, {2, {1, 1}}, {2, {0, 3}}},
    {{1, {1}}, {1, {0}}, {0}, {1, {0}}},
    {{1, {1003}}, {1, {1003}}, {2, {2, 1}}, {2, {2, 1003}}},
};
enum { N_BROADCASTS = sizeof broadcasts / sizeof *broadcasts };

TEST(equals_a_plain_loop)
{
    for (int i = 0; i < N_BROADCASTS; i++) {
        check_values(TG_F32, broadcasts[i], broadcasts[i][3]);
        check_values(TG_F64, broadcasts[i], broadcasts[i][3]);
    }
}

TEST(is_differentiable)
{
    for (int i = 0; i < N_BROADCASTS - 1; i++) {
        tg_tensor *condition = make_condition(broadcasts[i][0]);
        check_op(HERE, apply, condition, 2, &broadcasts[i][1]);
        check_op(HERE, apply_twice, condition, 1, &broadcasts[i][1]);
        tg_tensor_free(condition);
    }
}

/* As torch.where: what is not chosen gets 0, but 0 times the infinite or NaN
 * slope of what made it is NaN. Choosing what goes in keeps it out. */
TEST(leaves_the_slope_of_a_branch_to_that_branch)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *c = TENSOR(TG_I64, TG_SHAPE(2), 0, 1);
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2), -1, 4);
    tg_tensor *one = TENSOR(TG_F64, TG_SCALAR, 1);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_where(g, c, tg_sqrt(g, x), x));
    EXPECT_VALUES(y, -1, 2);
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(x), NAN, 0.25);
    tg_zero_grad(x);
    tg_tensor *safe = tg_sqrt(g, tg_where(g, c, x, one));
    EXPECT_OK(tg_backward_from(g, tg_where(g, c, safe, x), NULL));
    EXPECT_VALUES(tg_grad(x), 1, 0.25);
    tg_tensor_free(c);
    tg_tensor_free(x);
    tg_tensor_free(one);
    tg_graph_free(g);
}

/* Nothing flows to the other side: the root's own 0 times NaN is its own. */
TEST(keeps_what_is_not_chosen_out_of_the_gradient)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *c = TENSOR(TG_I64, TG_SHAPE(4), 1, 0, 1, 0);
    tg_tensor *a = TENSOR(TG_F64, TG_SHAPE(4), 1, NAN, INFINITY, -INFINITY);
    tg_tensor *b = TENSOR(TG_F64, TG_SHAPE(4), NAN, 2, -INFINITY, NAN);

    EXPECT_OK(tg_set_requires_grad(a, true));
    EXPECT_OK(tg_set_requires_grad(b, true));
    tg_tensor *y = MADE(tg_where(g, c, a, b));
    EXPECT_VALUES(y, 1, 2, INFINITY, NAN);
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(a), 1, 0, 1, 0);
    EXPECT_VALUES(tg_grad(b), 0, 1, 0, 1);
    tg_tensor_free(a);
    tg_tensor_free(b);
    tg_tensor_free(c);
    tg_graph_free(g);
}

/* A gradient that is NaN arrives only where it was chosen. */
TEST(does_not_spread_a_gradient_of_nan)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *c = TENSOR(TG_I64, TG_SHAPE(2), 1, 0);
    tg_tensor *a = TENSOR(TG_F32, TG_SHAPE(2), 1, 2);
    tg_tensor *dy = TENSOR(TG_F32, TG_SHAPE(2), 3, NAN);

    EXPECT_OK(tg_set_requires_grad(a, true));
    tg_tensor *y = MADE(tg_where(g, c, a, dy));
    EXPECT_OK(tg_backward_from(g, y, dy));
    EXPECT_VALUES(tg_grad(a), 3, 0);
    tg_tensor_free(a);
    tg_tensor_free(c);
    tg_tensor_free(dy);
    tg_graph_free(g);
}

/* A replay chooses by what the condition holds then. */
TEST(chooses_anew_in_a_replay)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *c = TENSOR(TG_I64, TG_SHAPE(2), 1, 0);
    tg_tensor *a = TENSOR(TG_F32, TG_SHAPE(2), 1, 2);
    tg_tensor *b = TENSOR(TG_F32, TG_SHAPE(2), 3, 4);

    EXPECT_OK(tg_set_requires_grad(a, true));
    tg_tensor *y = MADE(tg_where(g, c, a, b));
    EXPECT_VALUES(y, 1, 4);
    tg_data_i64(c)[0] = 0;
    tg_data_i64(c)[1] = INT64_MIN;
    EXPECT_OK(tg_replay(g));
    EXPECT_VALUES(y, 3, 2);
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(a), 0, 1);
    tg_tensor_free(a);
    tg_tensor_free(b);
    tg_tensor_free(c);
    tg_graph_free(g);
}

TEST(refuses)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *c = make_condition(TG_SHAPE(2, 3));
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *z = random_leaf(TG_F64, TG_SHAPE(2, 3), 2);
    tg_tensor *tall = random_leaf(TG_F32, TG_SHAPE(3, 2), 3);
    tg_tensor *foreign = MADE(tg_neg(other, x));

    EXPECT_REFUSED(g, tg_where(g, x, x, x), TG_ERR_DTYPE, "where");
    EXPECT_REFUSED(g, tg_where(g, c, x, z), TG_ERR_DTYPE, "where");
    EXPECT_REFUSED(g, tg_where(g, c, c, c), TG_ERR_DTYPE, "where");
    EXPECT_REFUSED(g, tg_where(g, c, x, tall), TG_ERR_SHAPE, "where");
    EXPECT_REFUSED(g, tg_where(g, c, tall, tall), TG_ERR_SHAPE, "where");
    EXPECT_REFUSED(g, tg_where(g, c, foreign, x), TG_ERR_ARG, "where");
    EXPECT_REFUSED(g, tg_where(g, c, x, foreign), TG_ERR_ARG, "where");
    EXPECT_REFUSED(g, tg_where(g, TG_NONE, x, x), TG_ERR_ARG, "where");
    EXPECT_REFUSED(g, tg_where(g, c, TG_NONE, x), TG_ERR_ARG, "where");
    ck_assert_ptr_null(tg_where(g, NULL, x, x));
    ck_assert_ptr_null(tg_where(g, c, NULL, x));
    ck_assert_ptr_null(tg_where(g, c, x, NULL));
    ck_assert_ptr_null(tg_where(NULL, c, x, x));
    tg_tensor_free(c);
    tg_tensor_free(x);
    tg_tensor_free(z);
    tg_tensor_free(tall);
    tg_graph_free(g);
    tg_graph_free(other);
}

TEST_MAIN("where", equals_a_plain_loop, is_differentiable,
          keeps_what_is_not_chosen_out_of_the_gradient,
          leaves_the_slope_of_a_branch_to_that_branch,
          does_not_spread_a_gradient_of_nan, chooses_anew_in_a_replay, refuses)
