#include "support.h"

#include <math.h>
#include <string.h>

TEST(looks_at_data_by_dtype)
{
    tg_tensor *t[] = {TENSOR(TG_F32, TG_SHAPE(1), 1),
                      TENSOR(TG_F64, TG_SHAPE(1), 1),
                      TENSOR(TG_I64, TG_SHAPE(1), 1)};

    for (int i = 0; i < 3; i++) {
        ck_assert_ptr_eq(tg_data_f32(t[i]), i == 0 ? tg_data(t[i]) : NULL);
        ck_assert_ptr_eq(tg_data_f64(t[i]), i == 1 ? tg_data(t[i]) : NULL);
        ck_assert_ptr_eq(tg_data_i64(t[i]), i == 2 ? tg_data(t[i]) : NULL);
        tg_tensor_free(t[i]);
    }
}

TEST(survives_without_a_tensor)
{
    ck_assert_int_eq(tg_tensor_size(NULL), 0);
    ck_assert_int_eq(tg_tensor_shape(NULL).ndim, 0);
    ck_assert_ptr_null(tg_data(NULL));
    ck_assert_ptr_null(tg_data_f32(NULL));
    ck_assert_ptr_null(tg_name(NULL));
    ck_assert_ptr_null(tg_grad(NULL));
    ck_assert(!tg_requires_grad(NULL));
    ck_assert_int_eq(tg_tensor_size(TG_NONE), 0);
    ck_assert_ptr_null(tg_data_f32(TG_NONE));
    ck_assert(!tg_requires_grad(TG_NONE));
}

TEST(tells_its_one_element)
{
    tg_tensor *scalar = TENSOR(TG_F32, TG_SCALAR, 2.5);
    tg_tensor *one = TENSOR(TG_I64, TG_SHAPE(1, 1, 1), -3);
    tg_tensor *two = TENSOR(TG_F64, TG_SHAPE(2), 1, 2);
    tg_tensor *none = MADE(tg_tensor_new(TG_F64, TG_SHAPE(0)));

    ck_assert_double_eq(tg_item(scalar), 2.5);
    ck_assert_double_eq(tg_item(one), -3);
    ck_assert(isnan(tg_item(two)));
    EXPECT_MESSAGE("(2,)");
    ck_assert(isnan(tg_item(none)));
    EXPECT_MESSAGE("(0,)");
    ck_assert(isnan(tg_item(TG_NONE)));
    ck_assert(isnan(tg_item(NULL)));
    tg_tensor_free(scalar);
    tg_tensor_free(one);
    tg_tensor_free(two);
    tg_tensor_free(none);
}

TEST(carries_a_name)
{
    tg_tensor *t = MADE(tg_tensor_new(TG_F32, TG_SCALAR));
    char name[2000] = "conv1.weight";

    EXPECT_OK(tg_set_name(t, name));
    name[0] = 'X';
    ck_assert_str_eq(tg_name(t), "conv1.weight");
    EXPECT_OK(tg_set_name(t, tg_name(t)));
    ck_assert_str_eq(tg_name(t), "conv1.weight");
    memset(name, 'n', sizeof name - 1);
    EXPECT_OK(tg_set_name(t, name));
    ck_assert_str_eq(tg_name(t), name);
    EXPECT_OK(tg_set_name(t, ""));
    ck_assert_str_eq(tg_name(t), "");
    EXPECT_OK(tg_set_name(t, NULL));
    ck_assert_ptr_null(tg_name(t));
    tg_tensor_free(t);
}

TEST(copies_values)
{
    tg_tensor *to = TENSOR(TG_F32, TG_SHAPE(2), 1, 2);
    tg_tensor *from = TENSOR(TG_F32, TG_SHAPE(2), 3, 4);
    tg_tensor *wide = TENSOR(TG_F64, TG_SHAPE(2), 5, 6);
    tg_tensor *column = TENSOR(TG_F32, TG_SHAPE(2, 1), 7, 8);

    EXPECT_OK(tg_tensor_copy(to, from));
    EXPECT_OK(tg_tensor_copy(to, to));
    EXPECT_VALUES(to, 3, 4);
    EXPECT_STATUS(tg_tensor_copy(to, wide), TG_ERR_DTYPE);
    EXPECT_STATUS(tg_tensor_copy(to, column), TG_ERR_SHAPE);
    EXPECT_MESSAGE("(2, 1)");
    EXPECT_STATUS(tg_tensor_copy(NULL, from), TG_ERR_ARG);
    EXPECT_STATUS(tg_tensor_copy(to, NULL), TG_ERR_ARG);
    EXPECT_VALUES(to, 3, 4);
    tg_tensor_free(to);
    tg_tensor_free(from);
    tg_tensor_free(wide);
    tg_tensor_free(column);
}

TEST(asks_for_gradients_of_leaves_alone)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2), 1);
    tg_tensor *n = random_tensor(TG_I64, TG_SHAPE(2), 1);
    tg_tensor *y = MADE(tg_square(g, x));

    ck_assert(tg_requires_grad(y));
    EXPECT_STATUS(tg_set_requires_grad(y, false), TG_ERR_STATE);
    EXPECT_STATUS(tg_set_requires_grad(y, true), TG_ERR_STATE);
    ck_assert(tg_requires_grad(y));
    EXPECT_STATUS(tg_set_requires_grad(n, true), TG_ERR_DTYPE);
    ck_assert(!tg_requires_grad(n));
    EXPECT_STATUS(tg_set_requires_grad(NULL, true), TG_ERR_ARG);
    EXPECT_OK(tg_set_requires_grad(x, false));
    ck_assert(!tg_requires_grad(tg_square(g, x)));
    tg_tensor_free(x);
    tg_tensor_free(n);
    tg_graph_free(g);
}

TEST(leaves_alone_what_others_own)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2), 3, 4);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_square(g, x));
    EXPECT_OK(tg_backward_from(g, y, NULL));
    tg_tensor_free(NULL);
    tg_tensor_free(TG_NONE);
    tg_tensor_free(y);
    tg_tensor_free(tg_grad(x));
    EXPECT_VALUES(y, 9, 16);
    EXPECT_VALUES(tg_grad(x), 6, 8);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(zeroes_its_gradient)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2), 1);

    tg_zero_grad(x);
    ck_assert_ptr_null(tg_grad(x));
    tg_zero_grad(NULL);
    EXPECT_OK(tg_backward(g, tg_sum(g, x)));
    EXPECT_VALUES(tg_grad(x), 1, 1);
    tg_tensor *grad = tg_grad(x);
    tg_zero_grad(x);
    ck_assert_ptr_eq(tg_grad(x), grad);
    EXPECT_VALUES(tg_grad(x), 0, 0);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(compares_shapes)
{
    tg_shape a = TG_SHAPE(2, 3), b = TG_SHAPE(2, 3);

    b.dim[5] = 77; /* beyond the rank nothing counts */
    ck_assert(tg_shape_equal(a, b));
    ck_assert(!tg_shape_equal(a, TG_SHAPE(3, 2)));
    ck_assert(!tg_shape_equal(a, TG_SHAPE(2, 3, 1)));
    ck_assert(!tg_shape_equal(TG_SCALAR, TG_SHAPE(1)));
    ck_assert(tg_shape_equal(TG_SCALAR, TG_SCALAR));
}

TEST(knows_its_dtypes)
{
#define CHECK_DTYPE(dtype, type, name)                                         \
    ck_assert_uint_eq(tg_dtype_size(dtype), sizeof(type));                     \
    ck_assert_str_eq(tg_dtype_name(dtype), name);
    TG_DTYPES(CHECK_DTYPE)
#undef CHECK_DTYPE
    ck_assert_uint_eq(tg_dtype_size((tg_dtype)9), 0);
    ck_assert_ptr_nonnull(tg_dtype_name((tg_dtype)9));
}

TEST_MAIN("tensor_fields", looks_at_data_by_dtype, survives_without_a_tensor,
          tells_its_one_element, carries_a_name, copies_values,
          asks_for_gradients_of_leaves_alone, leaves_alone_what_others_own,
          zeroes_its_gradient, compares_shapes, knows_its_dtypes)
