#include "support.h"

#include <math.h>

TEST(makes_zeros)
{
    for (int dtype = TG_F32; dtype <= TG_I64; dtype++) {
        tg_tensor *t = MADE(tg_tensor_new((tg_dtype)dtype, TG_SHAPE(2, 3)));
        ck_assert_int_eq(tg_tensor_dtype(t), dtype);
        EXPECT_SHAPE(t, TG_SHAPE(2, 3));
        ck_assert_int_eq(tg_tensor_size(t), 6);
        EXPECT_VALUES(t, 0, 0, 0, 0, 0, 0);
        ck_assert(!tg_requires_grad(t));
        ck_assert_ptr_null(tg_grad(t));
        ck_assert_ptr_null(tg_name(t));
        tg_tensor_free(t);
    }
}

TEST(makes_every_rank)
{
    tg_shape shape = TG_SCALAR;

    for (int ndim = 0; ndim <= TG_MAX_DIMS; ndim++) {
        shape.ndim = ndim;
        if (ndim > 0)
            shape.dim[ndim - 1] = 2;
        tg_tensor *t = MADE(tg_tensor_full(TG_F32, shape, 1));
        ck_assert_int_eq(tg_tensor_size(t), (int64_t)1 << ndim);
        EXPECT_SHAPE(t, shape);
        tg_tensor_free(t);
    }
}

TEST(makes_empty_tensors)
{
    const tg_shape shapes[] = {TG_SHAPE(0), TG_SHAPE(3, 0), TG_SHAPE(0, 0),
                               TG_SHAPE(INT64_MAX, 0),
                               TG_SHAPE(0, INT64_MAX, INT64_MAX)};

    for (int i = 0; i < 3; i++) {
        tg_tensor *t = MADE(tg_tensor_new(TG_F64, shapes[i]));
        ck_assert_int_eq(tg_tensor_size(t), 0);
        tg_tensor *copy = MADE(tg_tensor_clone(t));
        EXPECT_OK(tg_tensor_copy(copy, t));
        tg_tensor_free(copy);
        tg_tensor_free(t);
        tg_tensor_free(MADE(tg_tensor_f64(shapes[i], NULL)));
    }
    /* Whether the product of these overflows depends on the order: either
     * answer will do, but nothing worse. */
    for (int i = 3; i < 5; i++)
        tg_tensor_free(tg_tensor_new(TG_F64, shapes[i]));
}

TEST(fills)
{
    tg_tensor *f = MADE(tg_tensor_full(TG_F32, TG_SHAPE(2), 0.1));
    tg_tensor *d = MADE(tg_tensor_full(TG_F64, TG_SHAPE(2), NAN));
    tg_tensor *n = MADE(tg_tensor_full(TG_I64, TG_SHAPE(2), -7));

    ck_assert_double_eq(element(f, 1), (double)0.1f);
    ck_assert(isnan(element(d, 1)));
    EXPECT_VALUES(n, -7, -7);
    tg_tensor_free(f);
    tg_tensor_free(d);
    tg_tensor_free(n);
}

TEST(fills_indices_with_whole_numbers_alone)
{
    const double bad[] = {0.5, NAN, INFINITY, -INFINITY, 1e19, 0x1p63};
    tg_tensor *least = MADE(tg_tensor_full(TG_I64, TG_SCALAR, -0x1p63));

    ck_assert_int_eq(*tg_data_i64(least), INT64_MIN);
    tg_tensor_free(least);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_ptr_null(tg_tensor_full(TG_I64, TG_SHAPE(2), bad[i]));
        ck_assert_str_ne(tg_error_message(), "");
    }
}

TEST(copies_the_callers_numbers)
{
    float f[] = {1, 2};
    double d[] = {3, 4};
    int64_t n[] = {5, INT64_MIN};
    tg_tensor *a = MADE(tg_tensor_f32(TG_SHAPE(2), f));
    tg_tensor *b = MADE(tg_tensor_f64(TG_SHAPE(1, 2), d));
    tg_tensor *c = MADE(tg_tensor_i64(TG_SHAPE(2, 1), n));

    f[0] = 9, d[0] = 9, n[0] = 9;
    EXPECT_VALUES(a, 1, 2);
    EXPECT_VALUES(b, 3, 4);
    ck_assert_int_eq(tg_data_i64(c)[0], 5);
    ck_assert_int_eq(tg_data_i64(c)[1], INT64_MIN);
    tg_tensor_free(a);
    tg_tensor_free(b);
    tg_tensor_free(c);
}

TEST(borrows_without_a_copy)
{
    float numbers[] = {1, 2, 3};
    tg_tensor *t = MADE(tg_tensor_borrow(TG_F32, TG_SHAPE(3), numbers));

    ck_assert_ptr_eq(tg_data(t), numbers);
    numbers[1] = 7;
    EXPECT_VALUES(t, 1, 7, 3);
    tg_tensor_free(t);
    ck_assert_float_eq(numbers[2], 3);
}

/* A float at an odd address would be undefined behaviour later. */
TEST(refuses_memory_that_is_misaligned)
{
    _Alignas(double) char bytes[64];

    for (int dtype = TG_F32; dtype <= TG_I64; dtype++) {
        ck_assert_ptr_null(
            tg_tensor_borrow((tg_dtype)dtype, TG_SHAPE(3), bytes + 2));
        EXPECT_MESSAGE("misaligned");
        tg_tensor_free(
            MADE(tg_tensor_borrow((tg_dtype)dtype, TG_SHAPE(3), bytes)));
    }
}

TEST(clones)
{
    tg_tensor *t = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    EXPECT_OK(tg_set_name(t, "weight"));
    tg_tensor *copy = MADE(tg_tensor_clone(t));

    EXPECT_SAME_BITS(copy, t);
    ck_assert_str_eq(tg_name(copy), "weight");
    ck_assert_ptr_ne(tg_name(copy), tg_name(t));
    ck_assert(!tg_requires_grad(copy));
    tg_data_f32(copy)[0] = 100;
    ck_assert_double_ne(element(t, 0), 100);
    tg_tensor_free(t);
    ck_assert_str_eq(tg_name(copy), "weight");
    tg_tensor_free(copy);
}

/* The clone of an op's result outlives the graph. */
TEST(clones_what_a_graph_owns)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2), 3, 4);
    tg_tensor *y = MADE(tg_tensor_clone(tg_square(g, x)));

    tg_graph_free(g);
    EXPECT_VALUES(y, 9, 16);
    tg_tensor_free(x);
    tg_tensor_free(y);
}

TEST(aligns_its_storage)
{
    tg_graph *g = MADE(tg_graph_new());

    for (int64_t n = 1; n < 40; n++) {
        tg_tensor *t = MADE(tg_tensor_full(TG_F32, TG_SHAPE(n), 1));
        ck_assert_uint_eq((uintptr_t)tg_data(t) % 64, 0);
        ck_assert_uint_eq((uintptr_t)tg_data(MADE(tg_neg(g, t))) % 64, 0);
        tg_tensor_free(t);
    }
    tg_graph_free(g);
}

/* Rows 21 and 22: every maker refuses before it allocates. */
static void refuse_shape(tg_shape shape)
{
    size_t calls = allocator_calls();
    tg_rng rng = tg_rng_seed(1);
    float number = 0;
    const tg_tensor *made[] = {
        tg_tensor_new(TG_F32, shape),
        tg_tensor_full(TG_F64, shape, 1),
        tg_tensor_f32(shape, &number),
        tg_tensor_borrow(TG_F32, shape, &number),
        tg_tensor_uniform(TG_F32, shape, 0, 1, &rng),
        tg_tensor_normal(TG_F64, shape, 0, 1, &rng),
    };

    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        ck_assert_msg(made[i] == NULL, "maker %d takes it", (int)i);
    ck_assert_str_ne(tg_error_message(), "");
    ck_assert_uint_eq(allocator_calls(), calls);
}

TEST(refuses_shapes)
{
    refuse_shape(TG_SHAPE(-1));
    refuse_shape(TG_SHAPE(2, -1));
    refuse_shape(TG_SHAPE(-1, -1));
    refuse_shape(TG_SHAPE(0, -1));
    refuse_shape(TG_SHAPE(INT64_MIN));
    refuse_shape(TG_SHAPE((int64_t)1 << 32, (int64_t)1 << 32));
    refuse_shape(TG_SHAPE((int64_t)1 << 62, 4));
    refuse_shape(TG_SHAPE(INT64_MAX, 2));
    refuse_shape(TG_SHAPE(INT64_MAX));
    refuse_shape(TG_SHAPE((int64_t)1 << 62));
    refuse_shape((tg_shape){.ndim = -1});
    refuse_shape((tg_shape){.ndim = TG_MAX_DIMS + 1});
    refuse_shape((tg_shape){.ndim = INT32_MAX});
    refuse_shape((tg_shape){.ndim = INT32_MIN});
}

TEST(refuses_dtypes_and_missing_data)
{
    float number = 0;

    ck_assert_ptr_null(tg_tensor_new((tg_dtype)3, TG_SHAPE(2)));
    ck_assert_ptr_null(tg_tensor_new((tg_dtype)-1, TG_SHAPE(2)));
    ck_assert_ptr_null(tg_tensor_full((tg_dtype)77, TG_SHAPE(2), 0));
    ck_assert_ptr_null(tg_tensor_borrow((tg_dtype)3, TG_SHAPE(1), &number));
    ck_assert_ptr_null(tg_tensor_f32(TG_SHAPE(2), NULL));
    ck_assert_ptr_null(tg_tensor_f64(TG_SHAPE(2), NULL));
    ck_assert_ptr_null(tg_tensor_i64(TG_SHAPE(2), NULL));
    ck_assert_ptr_null(tg_tensor_borrow(TG_F32, TG_SHAPE(2), NULL));
    ck_assert_ptr_null(tg_tensor_clone(NULL));
}

TEST_MAIN("tensor", makes_zeros, makes_every_rank, makes_empty_tensors, fills,
          fills_indices_with_whole_numbers_alone, copies_the_callers_numbers,
          borrows_without_a_copy, refuses_memory_that_is_misaligned, clones,
          clones_what_a_graph_owns, aligns_its_storage, refuses_shapes,
          refuses_dtypes_and_missing_data)
