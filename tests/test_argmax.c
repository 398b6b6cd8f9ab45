#include "plain.h"
#include "reduction.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

static tg_tensor *op(tg_graph *g, tg_tensor *x, const reduction *r)
{
    return tg_argmax(g, x, r->axes.axis[0]);
}

static const lane_op argmax = {.name = "argmax", .op = op};

/* Few different values, so that there are ties. */
static tg_tensor *make_ties(tg_dtype dtype, tg_shape shape)
{
    double *values = plain_zeros(extent_product(shape));
    uint64_t state = 23;

    for (int64_t i = 0; i < extent_product(shape); i++)
        values[i] = (double)(random_bits(&state) % 4) - 2;
    tg_tensor *x =
        make_tensor(dtype, shape, values, (size_t)extent_product(shape));
    free(values);
    return x;
}

static void check_values(tg_dtype dtype, tg_shape shape, int axis)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = make_ties(dtype, shape);
    reduction r = {TG_AXES(axis), false};
    tg_shape out = reduced_shape(shape, &r);
    double *first = plain_zeros(extent_product(out));
    double *most = plain_zeros(extent_product(out));

    for (int64_t i = 0; i < tg_tensor_size(x); i++) {
        int64_t at[TG_MAX_DIMS], j = reduced_index(shape, &r, i);
        plain_coordinates(shape, i, at);
        double place = (double)at[axis < 0 ? axis + shape.ndim : axis];
        if (place == 0 || element(x, i) > most[j]) {
            most[j] = element(x, i);
            first[j] = place;
        }
    }
    tg_tensor *y = MADE(tg_argmax(g, x, axis));
    ck_assert_int_eq(tg_tensor_dtype(y), TG_I64);
    EXPECT_WITHIN(y, out, first, 0);
    free(first), free(most);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(equals_a_plain_loop)
{
    uint64_t state = 29;

    for (int i = 0; i < 200; i++) {
        tg_shape shape = random_shape(&state, 4, 200);
        shape.dim[shape.ndim++] = 1 + i % 7;
        for (int axis = 0; axis < shape.ndim; axis++)
            check_values(i % 2 ? TG_F32 : TG_F64, shape,
                         i % 3 ? axis : axis - shape.ndim);
    }
    check_values(TG_F32, TG_SHAPE(1), 0);
    check_values(TG_F32, TG_SHAPE(0, 3), 1);
    check_values(TG_F64, TG_SHAPE(2003), 0);
}

TEST(takes_the_first_of_ties)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(3, 3), 1, 2, 2, 5, 5, 5, -0.0, 0, 0);

    EXPECT_VALUES(tg_argmax(g, x, 1), 1, 0, 0);
    EXPECT_VALUES(tg_argmax(g, x, 0), 1, 1, 1);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(takes_nan_for_the_largest)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(4, 3), 1, NAN, INFINITY, NAN, 1, NAN,
                          -INFINITY, -INFINITY, NAN, -INFINITY, -INFINITY, -1);

    EXPECT_VALUES(tg_argmax(g, x, 1), 1, 0, 2, 2);
    EXPECT_VALUES(tg_argmax(g, x, 0), 1, 0, 1);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(has_no_gradient)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *y = MADE(tg_argmax(g, x, 0));

    ck_assert(!tg_requires_grad(y));
    EXPECT_STATUS(tg_backward_from(g, y, NULL), TG_ERR_ARG);
    ck_assert_ptr_null(tg_grad(x));
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* It is an index, and may be used as one. */
TEST(takes_rows_and_follows_a_replay)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(3), 1, 3, 2);
    tg_tensor *y = MADE(tg_take(g, x, tg_argmax(g, x, 0)));

    EXPECT_SHAPE(y, TG_SCALAR);
    EXPECT_VALUES(y, 3);
    tg_data_f32(x)[2] = 9;
    EXPECT_OK(tg_replay(g));
    EXPECT_VALUES(y, 9);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(refuses)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *empty = random_leaf(TG_F32, TG_SHAPE(0, 3), 1);

    EXPECT_REFUSED(g, tg_argmax(g, empty, 0), TG_ERR_SHAPE, "argmax");
    EXPECT_REFUSED(g, tg_argmax(g, empty, -2), TG_ERR_SHAPE, "argmax");
    tg_tensor_free(empty);
    tg_graph_free(g);
    check_axis_refusals(&argmax);
}

TEST_MAIN("argmax", equals_a_plain_loop, takes_the_first_of_ties,
          takes_nan_for_the_largest, has_no_gradient,
          takes_rows_and_follows_a_replay, refuses)
