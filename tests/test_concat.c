#include "plain.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

static tg_tensor *apply(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    return tg_concat(g, in, n, *(const int *)env);
}

/* y's shape: x's, with the extents along the axis added. */
static tg_shape joined(int n, const tg_shape *shapes, int axis)
{
    tg_shape y = shapes[0];

    for (int k = 1; k < n; k++)
        y.dim[axis] += shapes[k].dim[axis];
    return y;
}

/* Moves the coordinates in y to those in the input they come from. */
static int source_of(const tg_shape *shapes, int axis, int64_t *at)
{
    int k = 0;

    while (at[axis] >= shapes[k].dim[axis])
        at[axis] -= shapes[k++].dim[axis];
    return k;
}

static void check_values(tg_dtype dtype, int n, const tg_shape *shapes,
                         int axis)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *in[MAX_LEAVES];
    int named = axis, normal = axis < 0 ? axis + shapes[0].ndim : axis;
    tg_shape out = joined(n, shapes, normal);
    double *y = plain_zeros(extent_product(out));

    for (int k = 0; k < n; k++)
        in[k] = random_tensor(dtype, shapes[k], (uint64_t)k + 1);
    for (int64_t i = 0; i < extent_product(out); i++) {
        int64_t at[TG_MAX_DIMS];
        plain_coordinates(out, i, at);
        int k = source_of(shapes, normal, at);
        y[i] = element(in[k], plain_index(shapes[k], at));
    }
    tg_tensor *made = MADE(tg_concat(g, in, n, named));
    ck_assert_int_eq(tg_tensor_dtype(made), dtype);
    EXPECT_WITHIN(made, out, y, 0);
    for (int k = 0; k < n; k++)
        tg_tensor_free(in[k]);
    free(y);
    tg_graph_free(g);
}

static void check(int n, const tg_shape *shapes, int axis)
{
    check_values(TG_F32, n, shapes, axis);
    check_values(TG_F64, n, shapes, axis);
    check_values(TG_I64, n, shapes, axis);
    check_op(HERE, apply, &axis, n, shapes);
}
#define CHECK(axis, ...)                                                       \
    check((int)(sizeof((tg_shape[]){__VA_ARGS__}) / sizeof(tg_shape)),         \
          (tg_shape[]){__VA_ARGS__}, axis)

TEST(equals_a_plain_loop)
{
    CHECK(0, TG_SHAPE(3));
    CHECK(0, TG_SHAPE(1), TG_SHAPE(2));
    CHECK(-1, TG_SHAPE(2), TG_SHAPE(1), TG_SHAPE(3));
    CHECK(0, TG_SHAPE(1, 3), TG_SHAPE(2, 3));
    CHECK(1, TG_SHAPE(2, 1), TG_SHAPE(2, 3), TG_SHAPE(2, 2));
    CHECK(-2, TG_SHAPE(2, 1, 2), TG_SHAPE(2, 3, 2));
    CHECK(0, TG_SHAPE(1, 2, 2), TG_SHAPE(2, 2, 2));
    CHECK(3, TG_SHAPE(1, 2, 1, 2), TG_SHAPE(1, 2, 1, 1), TG_SHAPE(1, 2, 1, 1),
          TG_SHAPE(1, 2, 1, 3));
}

TEST(takes_empty_tensors)
{
    CHECK(0, TG_SHAPE(0), TG_SHAPE(2));
    CHECK(0, TG_SHAPE(0), TG_SHAPE(0));
    CHECK(1, TG_SHAPE(2, 1), TG_SHAPE(2, 0), TG_SHAPE(2, 2));
    CHECK(1, TG_SHAPE(0, 1), TG_SHAPE(0, 2));
}

static tg_tensor *twice(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    tg_tensor *xs[] = {in[0], in[0], in[0]};

    ck_assert_int_eq(n, 1);
    return tg_concat(g, xs, 3, *(const int *)env);
}

/* Its parts of dy add up. */
TEST(takes_one_tensor_many_times)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2), 1, 2);
    tg_tensor *dy = TENSOR(TG_F64, TG_SHAPE(6), 1, 2, 10, 20, 100, 200);
    int axis = 0;

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(twice(g, &x, 1, &axis));
    EXPECT_VALUES(y, 1, 2, 1, 2, 1, 2);
    EXPECT_OK(tg_backward_from(g, y, dy));
    EXPECT_VALUES(tg_grad(x), 111, 222);
    tg_tensor_free(x);
    tg_tensor_free(dy);
    tg_graph_free(g);
    for (axis = 0; axis < 2; axis++)
        check_op(HERE, twice, &axis, 1, &TG_SHAPE(2, 3));
}

/* Cut anywhere, the parts make up the whole. */
TEST(undoes_a_slice)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(3, 7, 2), 1);

    for (int cut = 0; cut <= 7; cut++) {
        tg_tensor *parts[] = {MADE(tg_slice(g, x, 1, 0, cut, 1)),
                              MADE(tg_slice(g, x, 1, cut, INT64_MAX, 1))};
        EXPECT_SAME_BITS(tg_concat(g, parts, 2, 1), x);
    }
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* More inputs than any other op has. */
TEST(joins_a_thousand)
{
    enum { MANY = 1000 };
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(1, 2), 3, -4), *xs[MANY];

    EXPECT_OK(tg_set_requires_grad(x, true));
    for (int i = 0; i < MANY; i++)
        xs[i] = x;
    tg_tensor *y = MADE(tg_concat(g, xs, MANY, 0));
    EXPECT_SHAPE(y, TG_SHAPE(MANY, 2));
    ck_assert_double_eq(element(y, 2 * MANY - 1), -4);
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(x), MANY, MANY);
    tg_tensor_free(x);
    tg_graph_free(g);
}

static void refuse_pair(tg_graph *g, tg_shape a, tg_shape b, int axis)
{
    tg_tensor *xs[] = {random_leaf(TG_F32, a, 1), random_leaf(TG_F32, b, 2)};

    EXPECT_REFUSED(g, tg_concat(g, xs, 2, axis), TG_ERR_SHAPE, "concat");
    tg_tensor_free(xs[0]);
    tg_tensor_free(xs[1]);
}

TEST(refuses_shapes_that_do_not_continue)
{
    tg_graph *g = MADE(tg_graph_new());

    refuse_pair(g, TG_SHAPE(2, 3), TG_SHAPE(2, 2), 0);
    refuse_pair(g, TG_SHAPE(2, 3), TG_SHAPE(3, 3), 1);
    refuse_pair(g, TG_SHAPE(2, 3), TG_SHAPE(3), 0);
    refuse_pair(g, TG_SHAPE(2, 3), TG_SHAPE(1, 2, 3), 0);
    refuse_pair(g, TG_SHAPE(2, 3), TG_SHAPE(2, 1), 0);
    refuse_pair(g, TG_SHAPE(2, 3), TG_SHAPE(0, 2), 0);
    tg_graph_free(g);
}

TEST(refuses_axes_and_counts)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1), *xs[] = {x, x};
    tg_tensor *scalar = random_leaf(TG_F32, TG_SCALAR, 2);

    EXPECT_REFUSED(g, tg_concat(g, xs, 2, 2), TG_ERR_ARG, "concat");
    EXPECT_REFUSED(g, tg_concat(g, xs, 2, -3), TG_ERR_ARG, "concat");
    EXPECT_REFUSED(g, tg_concat(g, xs, 2, INT32_MIN), TG_ERR_ARG, "concat");
    EXPECT_REFUSED(g, tg_concat(g, xs, 0, 0), TG_ERR_ARG, "concat");
    EXPECT_REFUSED(g, tg_concat(g, xs, -1, 0), TG_ERR_ARG, "concat");
    EXPECT_REFUSED(g, tg_concat(g, xs, INT32_MIN, 0), TG_ERR_ARG, "concat");
    EXPECT_REFUSED(g, tg_concat(g, NULL, 2, 0), TG_ERR_ARG, "concat");
    EXPECT_REFUSED(g, tg_concat(g, &scalar, 1, 0), TG_ERR_ARG, "concat");
    tg_tensor_free(x);
    tg_tensor_free(scalar);
    tg_graph_free(g);
}

static void refuse_second(tg_graph *g, tg_tensor *x, tg_tensor *second,
                          tg_status status)
{
    tg_tensor *one[] = {x, second}, *other[] = {second, x};

    EXPECT_REFUSED(g, tg_concat(g, one, 2, 0), status, "concat");
    EXPECT_REFUSED(g, tg_concat(g, other, 2, 0), status, "concat");
}

TEST(refuses_other_operands)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *z = random_leaf(TG_F64, TG_SHAPE(2, 3), 2);
    tg_tensor *n = random_tensor(TG_I64, TG_SHAPE(2, 3), 3);
    tg_tensor *missing[] = {x, NULL};

    refuse_second(g, x, z, TG_ERR_DTYPE);
    refuse_second(g, x, n, TG_ERR_DTYPE);
    refuse_second(g, x, MADE(tg_neg(other, x)), TG_ERR_ARG);
    refuse_second(g, x, TG_NONE, TG_ERR_ARG);
    EXPECT_STATUS(tg_fail(g, TG_ERR_IO, "the first failure"), TG_ERR_IO);
    EXPECT_REFUSED(g, tg_concat(g, missing, 2, 0), TG_ERR_IO,
                   "the first failure");
    ck_assert_ptr_null(tg_concat(NULL, &x, 1, 0));
    tg_tensor_free(x);
    tg_tensor_free(z);
    tg_tensor_free(n);
    tg_graph_free(g);
    tg_graph_free(other);
}

/* Rows of no elements may be as many as one likes, up to a limit. */
TEST(refuses_extents_that_overflow)
{
    enum { MANY = 40 };
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = MADE(tg_tensor_new(TG_F32, TG_SHAPE((int64_t)1 << 58, 0)));
    tg_tensor *xs[MANY];

    for (int i = 0; i < MANY; i++)
        xs[i] = x;
    EXPECT_REFUSED(g, tg_concat(g, xs, MANY, 0), TG_ERR_SHAPE, "concat");
    EXPECT_REFUSED(g, tg_concat(g, xs, 4, 0), TG_ERR_SHAPE, "concat");
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST_MAIN("concat", equals_a_plain_loop, takes_empty_tensors,
          takes_one_tensor_many_times, undoes_a_slice, joins_a_thousand,
          refuses_shapes_that_do_not_continue, refuses_axes_and_counts,
          refuses_other_operands, refuses_extents_that_overflow)
