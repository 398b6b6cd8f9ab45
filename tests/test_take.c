#include "plain.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

static tg_tensor *apply(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    ck_assert_int_eq(n, 1);
    return tg_take(g, in[0], env);
}

/* Some rows often, some never. */
static tg_tensor *make_indices(tg_shape shape, int64_t rows)
{
    tg_tensor *indices = MADE(tg_tensor_new(TG_I64, shape));

    for (int64_t i = 0; i < tg_tensor_size(indices); i++)
        tg_data_i64(indices)[i] = i * i % rows;
    return indices;
}

static tg_shape taken_shape(tg_shape table, tg_shape indices)
{
    for (int d = 1; d < table.ndim; d++)
        indices.dim[indices.ndim++] = table.dim[d];
    return indices;
}

static void check_rows(const tg_tensor *table, const tg_tensor *indices,
                       const tg_tensor *y)
{
    tg_shape shape =
        taken_shape(tg_tensor_shape(table), tg_tensor_shape(indices));
    int64_t width = tg_tensor_size(table) / tg_tensor_shape(table).dim[0];
    double *expected = plain_zeros(extent_product(shape));

    for (int64_t i = 0; i < extent_product(shape); i++) {
        int64_t row = tg_data_i64(indices)[i / width];
        expected[i] = element(table, row * width + i % width);
    }
    EXPECT_WITHIN(y, shape, expected, 0);
    free(expected);
}

static void check_gradient(const tg_tensor *table, const tg_tensor *indices,
                           const tg_tensor *dy)
{
    int64_t width = tg_tensor_size(table) / tg_tensor_shape(table).dim[0];
    double *expected = plain_zeros(tg_tensor_size(table));

    for (int64_t i = 0; i < tg_tensor_size(dy); i++)
        expected[tg_data_i64(indices)[i / width] * width + i % width] +=
            element(dy, i);
    EXPECT_WITHIN(tg_grad(table), tg_tensor_shape(table), expected,
                  tolerance(tg_tensor_dtype(table)) *
                      (double)(1 + tg_tensor_size(indices)));
    free(expected);
}

static void check_values(tg_dtype dtype, tg_shape table_shape,
                         tg_tensor *indices)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *table = random_tensor(dtype, table_shape, 1);

    if (dtype != TG_I64)
        EXPECT_OK(tg_set_requires_grad(table, true));
    tg_tensor *y = MADE(tg_take(g, table, indices));
    ck_assert_int_eq(tg_tensor_dtype(y), dtype);
    check_rows(table, indices, y);
    if (dtype != TG_I64) {
        tg_tensor *dy = random_tensor(dtype, tg_tensor_shape(y), 2);
        EXPECT_OK(tg_backward_from(g, y, dy));
        check_gradient(table, indices, dy);
        tg_tensor_free(dy);
    }
    tg_tensor_free(table);
    tg_graph_free(g);
}

static void check(tg_shape table, tg_shape shape)
{
    tg_tensor *indices = make_indices(shape, table.dim[0]);

    check_values(TG_F32, table, indices);
    check_values(TG_F64, table, indices);
    check_values(TG_I64, table, indices);
    if (extent_product(shape) < 30)
        check_op(HERE, apply, indices, 1, &table);
    tg_tensor_free(indices);
}

TEST(equals_a_plain_loop)
{
    check(TG_SHAPE(1), TG_SCALAR);
    check(TG_SHAPE(5), TG_SHAPE(3));
    check(TG_SHAPE(5), TG_SCALAR);
    check(TG_SHAPE(4, 3), TG_SHAPE(6));
    check(TG_SHAPE(4, 3), TG_SCALAR);
    check(TG_SHAPE(4, 3), TG_SHAPE(2, 3));
    check(TG_SHAPE(3, 2, 2), TG_SHAPE(2, 1, 2));
    check(TG_SHAPE(2, 1), TG_SHAPE(1));
    check(TG_SHAPE(11, 5), TG_SHAPE(1003));
    check(TG_SHAPE(4, 3), TG_SHAPE(0));
    check(TG_SHAPE(4, 3), TG_SHAPE(2, 0));
}

/* Rows of nothing, and no rows of which none is taken. */
TEST(takes_from_empty_tables)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *narrow = random_leaf(TG_F32, TG_SHAPE(4, 0), 1);
    tg_tensor *none = random_leaf(TG_F32, TG_SHAPE(0, 3), 2);
    tg_tensor *two = TENSOR(TG_I64, TG_SHAPE(2), 3, 3);
    tg_tensor *nothing = MADE(tg_tensor_new(TG_I64, TG_SHAPE(0)));

    EXPECT_SHAPE(tg_take(g, narrow, two), TG_SHAPE(2, 0));
    tg_tensor *y = MADE(tg_take(g, none, nothing));
    EXPECT_SHAPE(y, TG_SHAPE(0, 3));
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_SHAPE(tg_grad(none), TG_SHAPE(0, 3));
    EXPECT_REFUSED(g, tg_take(g, none, two), TG_ERR_ARG, "take");
    tg_tensor_free(narrow);
    tg_tensor_free(none);
    tg_tensor_free(two);
    tg_tensor_free(nothing);
    tg_graph_free(g);
}

TEST(adds_up_what_is_taken_often)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *table = TENSOR(TG_F32, TG_SHAPE(3, 2), 1, 2, 3, 4, 5, 6);
    tg_tensor *indices = TENSOR(TG_I64, TG_SHAPE(3), 1, 1, 1);
    tg_tensor *dy = TENSOR(TG_F32, TG_SHAPE(3, 2), 1, 2, 10, 20, 100, 200);

    EXPECT_OK(tg_set_requires_grad(table, true));
    tg_tensor *y = MADE(tg_take(g, table, indices));
    EXPECT_VALUES(y, 3, 4, 3, 4, 3, 4);
    EXPECT_OK(tg_backward_from(g, y, dy));
    EXPECT_VALUES(tg_grad(table), 0, 0, 111, 222, 0, 0);
    tg_tensor_free(table);
    tg_tensor_free(indices);
    tg_tensor_free(dy);
    tg_graph_free(g);
}

static const int64_t no_rows[] = {3, -1, INT64_MIN, INT64_MAX,
                                  (int64_t)1 << 62};

TEST(refuses_indices_out_of_range)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *table = random_leaf(TG_F32, TG_SHAPE(3, 2), 1);
    tg_tensor *indices = TENSOR(TG_I64, TG_SHAPE(2), 0, 0);

    for (size_t i = 0; i < sizeof no_rows / sizeof *no_rows; i++) {
        tg_data_i64(indices)[1] = no_rows[i];
        EXPECT_REFUSED(g, tg_take(g, table, indices), TG_ERR_ARG, "take");
    }
    tg_tensor_free(table);
    tg_tensor_free(indices);
    tg_graph_free(g);
}

/* The gradient is in the record too, and is not reached. */
TEST(refuses_indices_out_of_range_in_a_replay)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *table = random_leaf(TG_F32, TG_SHAPE(3, 2), 1), *grad;
    tg_tensor *indices = TENSOR(TG_I64, TG_SHAPE(2), 0, 0);
    tg_tensor *y = MADE(tg_sum(g, tg_square(g, tg_take(g, table, indices))));
    tg_gradients_options create = {.create_graph = true};

    EXPECT_OK(tg_gradients(g, y, NULL, 1, &table, &grad, create));
    for (size_t i = 0; i < sizeof no_rows / sizeof *no_rows; i++) {
        tg_data_i64(indices)[1] = no_rows[i];
        EXPECT_STATUS(tg_replay(g), TG_ERR_ARG);
    }
    tg_data_i64(indices)[1] = 2;
    EXPECT_OK(tg_replay(g));
    EXPECT_OK(tg_backward(g, y));
    EXPECT_SAME_BITS(tg_grad(table), grad);
    tg_tensor_free(table);
    tg_tensor_free(indices);
    tg_graph_free(g);
}

/* The indices went bad after the record was made, so neither a replay nor a
 * backward reads or writes by them, and gradients stay as they were. */
TEST(leaves_gradients_alone_when_indices_went_bad)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *table = random_leaf(TG_F32, TG_SHAPE(3, 2), 1), *grad = NULL;
    tg_tensor *indices = TENSOR(TG_I64, TG_SHAPE(2), 0, 2);
    tg_tensor *y = MADE(tg_sum(g, tg_square(g, tg_take(g, table, indices))));

    EXPECT_OK(tg_backward(g, y));
    tg_tensor *before = MADE(tg_tensor_clone(tg_grad(table)));
    for (size_t i = 0; i < sizeof no_rows / sizeof *no_rows; i++) {
        tg_data_i64(indices)[1] = no_rows[i];
        EXPECT_STATUS(tg_replay(g), TG_ERR_ARG);
        EXPECT_STATUS(tg_backward(g, y), TG_ERR_ARG);
        EXPECT_MESSAGE("take: index");
        EXPECT_STATUS(
            tg_gradients(g, y, NULL, 1, &table, &grad,
                         (tg_gradients_options){.create_graph = true}),
            TG_ERR_ARG);
        EXPECT_SAME_BITS(tg_grad(table), before);
    }
    ck_assert_ptr_null(grad);
    tg_tensor_free(before);
    tg_tensor_free(table);
    tg_tensor_free(indices);
    tg_graph_free(g);
}

static void refuse_shapes(tg_graph *g, tg_shape table_shape, tg_shape shape)
{
    tg_tensor *table = random_leaf(TG_F32, table_shape, 1);
    tg_tensor *indices = MADE(tg_tensor_new(TG_I64, shape));

    EXPECT_REFUSED(g, tg_take(g, table, indices), TG_ERR_SHAPE, "take");
    tg_tensor_free(table);
    tg_tensor_free(indices);
}

TEST(refuses_other_shapes)
{
    tg_graph *g = MADE(tg_graph_new());

    refuse_shapes(g, TG_SCALAR, TG_SHAPE(2));
    refuse_shapes(g, TG_SCALAR, TG_SCALAR);
    refuse_shapes(g, TG_SHAPE(1, 1, 1, 1, 1), TG_SHAPE(1, 1, 1, 1, 1));
    refuse_shapes(g, TG_SHAPE(1, 1), TG_SHAPE(1, 1, 1, 1, 1, 1, 1, 1));
    tg_graph_free(g);
}

TEST(refuses_other_operands)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *indices = make_indices(TG_SHAPE(2), 2);
    tg_tensor *foreign = MADE(tg_neg(other, x));

    EXPECT_REFUSED(g, tg_take(g, x, x), TG_ERR_DTYPE, "take");
    EXPECT_REFUSED(g, tg_take(g, indices, x), TG_ERR_DTYPE, "take");
    EXPECT_REFUSED(g, tg_take(g, foreign, indices), TG_ERR_ARG, "take");
    EXPECT_REFUSED(g, tg_take(g, TG_NONE, indices), TG_ERR_ARG, "take");
    EXPECT_REFUSED(g, tg_take(g, x, TG_NONE), TG_ERR_ARG, "take");
    EXPECT_STATUS(tg_fail(g, TG_ERR_IO, "the first failure"), TG_ERR_IO);
    EXPECT_REFUSED(g, tg_take(g, NULL, indices), TG_ERR_IO,
                   "the first failure");
    ck_assert_ptr_null(tg_take(g, x, NULL));
    ck_assert_ptr_null(tg_take(NULL, x, indices));
    tg_tensor_free(x);
    tg_tensor_free(indices);
    tg_graph_free(g);
    tg_graph_free(other);
}

TEST_MAIN("take", equals_a_plain_loop, takes_from_empty_tables,
          adds_up_what_is_taken_often, refuses_indices_out_of_range,
          refuses_indices_out_of_range_in_a_replay,
          leaves_gradients_alone_when_indices_went_bad, refuses_other_shapes,
          refuses_other_operands)
