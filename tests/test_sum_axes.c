#include "plain.h"
#include "support.h"
#include "unary.h"

#include <math.h>
#include <stdlib.h>

/* What is left of each element's coordinates in the sum. */
typedef struct reduction {
    tg_axes axes;
    bool keepdims;
} reduction;

static bool vanishes(tg_shape x, tg_axes axes, int axis)
{
    bool named = axes.count == 0;

    for (int i = 0; i < axes.count; i++)
        named |= axes.axis[i] == axis || axes.axis[i] + x.ndim == axis;
    return named;
}

static tg_shape reduced(tg_shape x, const reduction *r)
{
    tg_shape y = {0};

    for (int axis = 0; axis < x.ndim; axis++)
        if (!vanishes(x, r->axes, axis))
            y.dim[y.ndim++] = x.dim[axis];
        else if (r->keepdims)
            y.dim[y.ndim++] = 1;
    return y;
}

/* The element of y that element i of x is added to. */
static int64_t target(tg_shape x, const reduction *r, int64_t i)
{
    int64_t from[TG_MAX_DIMS], at[TG_MAX_DIMS];
    int n = 0;

    plain_coordinates(x, i, from);
    for (int axis = 0; axis < x.ndim; axis++)
        if (!vanishes(x, r->axes, axis))
            at[n++] = from[axis];
        else if (r->keepdims)
            at[n++] = 0;
    return plain_index(reduced(x, r), at);
}

static tg_tensor *apply(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    const reduction *r = env;

    ck_assert_int_eq(n, 1);
    return tg_sum_axes(g, in[0], r->axes, r->keepdims);
}

static void check_values(reduction *r, tg_dtype dtype, tg_shape shape)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(dtype, shape, 1), *in[] = {x};
    tg_shape out = reduced(shape, r);
    double *y = plain_zeros(extent_product(out));
    double *dx = plain_zeros(tg_tensor_size(x));
    tg_tensor *dy = random_tensor(dtype, out, 2);
    double margin = tolerance(dtype) * (1 + sqrt((double)tg_tensor_size(x)));

    for (int64_t i = 0; i < tg_tensor_size(x); i++) {
        y[target(shape, r, i)] += element(x, i);
        dx[i] = element(dy, target(shape, r, i));
    }
    tg_tensor *result = apply(g, in, 1, r);
    EXPECT_WITHIN(result, out, y, margin);
    EXPECT_OK(tg_backward_from(g, result, dy));
    EXPECT_WITHIN(tg_grad(x), shape, dx, 0);
    tg_tensor_free(x);
    tg_tensor_free(dy);
    tg_graph_free(g);
    free(y);
    free(dx);
}

static void check(tg_shape x, tg_axes axes)
{
    for (int keepdims = 0; keepdims < 2; keepdims++) {
        reduction r = {axes, keepdims};
        check_values(&r, TG_F32, x);
        check_values(&r, TG_F64, x);
        check_op(HERE, apply, &r, 1, &x);
    }
}

TEST(sums_by_hand)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2, 3), 1, 2, 3, 4, 5, 6);
    tg_tensor *rows = MADE(tg_sum_axes(g, x, TG_AXES(-1), true));

    EXPECT_VALUES(tg_sum_axes(g, x, TG_AXES(0), false), 5, 7, 9);
    EXPECT_VALUES(rows, 6, 15);
    EXPECT_SHAPE(rows, TG_SHAPE(2, 1));
    EXPECT_VALUES(tg_sum_axes(g, x, TG_ALL_AXES, false), 21);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(equals_a_plain_loop)
{
    check(TG_SCALAR, TG_ALL_AXES);
    check(TG_SHAPE(1), TG_AXES(0));
    check(TG_SHAPE(7), TG_AXES(-1));
    check(TG_SHAPE(3, 1), TG_AXES(1));
    check(TG_SHAPE(2, 1, 3), TG_AXES(0, 2));
    check(TG_SHAPE(2, 3, 2), TG_AXES(2, 0));
    check(TG_SHAPE(1, 2, 1, 3, 2), TG_AXES(1, -1));
    check(TG_SHAPE(1, 2, 1, 1, 2, 1, 3, 2), TG_AXES(1, 6));
}

/* Every set of axes of a tensor of rank 4. */
TEST(sums_over_every_set_of_axes)
{
    for (int set = 0; set < 16; set++) {
        tg_axes axes = {0};
        for (int axis = 0; axis < 4; axis++)
            if (set >> axis & 1)
                axes.axis[axes.count++] = axis % 2 ? axis : axis - 4;
        check(TG_SHAPE(2, 3, 2, 2), axes);
    }
}

TEST(sums_nothing_to_zero)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = MADE(tg_tensor_new(TG_F32, TG_SHAPE(2, 0)));

    EXPECT_VALUES(tg_sum_axes(g, x, TG_AXES(1), false), 0, 0);
    tg_tensor_free(x);
    tg_graph_free(g);
    check(TG_SHAPE(2, 0), TG_AXES(1));
    check(TG_SHAPE(2, 0), TG_AXES(0));
    check(TG_SHAPE(0, 3), TG_AXES(0, 1));
    check(TG_SHAPE(3, 0, 2), TG_AXES(1));
}

/* Long rows and long columns take different loops in most libraries. */
TEST(sums_long_axes)
{
    const tg_shape shapes[] = {TG_SHAPE(3, 5003), TG_SHAPE(5003, 3),
                               TG_SHAPE(7, 701, 3)};
    const tg_axes axes[] = {TG_AXES(0), TG_AXES(1), TG_AXES(0, 1)};

    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            for (int dtype = TG_F32; dtype <= TG_F64; dtype++)
                check_values(&(reduction){axes[j], i == j}, (tg_dtype)dtype,
                             shapes[i]);
}

static void refuse(tg_graph *g, tg_tensor *x, tg_axes axes)
{
    EXPECT_REFUSED(g, tg_sum_axes(g, x, axes, false), TG_ERR_ARG, "sum");
}

static tg_tensor *sum_rows(tg_graph *g, tg_tensor *x)
{
    return tg_sum_axes(g, x, TG_AXES(1), false);
}

TEST(refuses)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *scalar = TENSOR(TG_F32, TG_SCALAR, 1);

    refuse(g, x, TG_AXES(2));
    refuse(g, x, TG_AXES(-3));
    refuse(g, x, TG_AXES(INT32_MAX));
    refuse(g, x, TG_AXES(INT32_MIN));
    refuse(g, x, TG_AXES(1, 1));
    refuse(g, x, TG_AXES(0, -2));
    refuse(g, x, TG_AXES(0, 1, 0));
    refuse(g, x, (tg_axes){.count = -1});
    refuse(g, x, (tg_axes){.count = TG_MAX_DIMS + 1});
    refuse(g, scalar, TG_AXES(0));
    tg_tensor_free(x);
    tg_tensor_free(scalar);
    tg_graph_free(g);
    check_refusals_of_one("sum", sum_rows, TG_SHAPE(2, 3), false);
}

TEST(sums_random_tensors)
{
    uint64_t state = 1;

    for (int i = 0; i < 100; i++) {
        tg_shape x = random_shape(&state, 5, 24);
        tg_axes axes = {0};
        for (int axis = 0; axis < x.ndim; axis++)
            if (random_below(&state, 2))
                axes.axis[axes.count++] =
                    random_below(&state, 2) ? axis : axis - x.ndim;
        check(x, axes);
    }
}

TEST_MAIN("sum_axes", sums_by_hand, equals_a_plain_loop,
          sums_over_every_set_of_axes, sums_random_tensors,
          sums_nothing_to_zero, sums_long_axes, refuses)
