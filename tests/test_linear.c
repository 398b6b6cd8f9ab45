#include "plain.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

static tg_tensor *apply(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)env;
    return tg_linear(g, in[0], in[1], n > 2 ? in[2] : TG_NONE);
}

TEST(multiplies_by_hand)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2, 2), 1, 2, 3, 4);
    tg_tensor *w = TENSOR(TG_F32, TG_SHAPE(3, 2), 1, 0, 0, 1, 1, -1);
    tg_tensor *b = TENSOR(TG_F32, TG_SHAPE(3), 10, 20, 30);
    tg_tensor *none = MADE(tg_tensor_new(TG_F32, TG_SHAPE(0, 2)));

    EXPECT_VALUES(tg_linear(g, x, w, b), 11, 22, 29, 13, 24, 29);
    EXPECT_VALUES(tg_linear(g, x, w, TG_NONE), 1, 2, -1, 3, 4, -1);
    EXPECT_SHAPE(tg_linear(g, none, w, b), TG_SHAPE(0, 3));
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_tensor_free(b);
    tg_tensor_free(none);
    tg_graph_free(g);
}

/* y = x w' + b in plain loops. */
static double *plain_layer(int64_t rows, int64_t in, int64_t out,
                           const double *x, const double *w, const double *b)
{
    double *y = plain_zeros(rows * out);

    for (int64_t i = 0; i < rows * out; i++) {
        y[i] = b[i % out];
        for (int64_t k = 0; k < in; k++)
            y[i] += x[i / out * in + k] * w[i % out * in + k];
    }
    return y;
}

static void check_values(tg_dtype dtype, int64_t rows, int64_t in, int64_t out)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(dtype, TG_SHAPE(rows, 1, in), 1);
    tg_tensor *w = random_leaf(dtype, TG_SHAPE(out, in), 2);
    tg_tensor *b = random_leaf(dtype, TG_SHAPE(out), 3);
    double *xv = elements(x), *wv = elements(w), *bv = elements(b);
    double *y = plain_layer(rows, in, out, xv, wv, bv);

    EXPECT_WITHIN(MADE(tg_linear(g, x, w, b)), TG_SHAPE(rows, 1, out), y,
                  (2 + sqrt((double)in)) * tolerance(dtype));
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_tensor_free(b);
    tg_graph_free(g);
    free(xv), free(wv), free(bv), free(y);
}

TEST(equals_a_plain_loop)
{
    const int64_t sizes[][3] = {{1, 1, 1},   {2, 0, 3},    {3, 5, 0},
                                {7, 33, 17}, {64, 64, 64}, {129, 70, 131}};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        check_values(TG_F32, sizes[i][0], sizes[i][1], sizes[i][2]);
        check_values(TG_F64, sizes[i][0], sizes[i][1], sizes[i][2]);
    }
}

TEST(is_differentiable)
{
    CHECK_OP(apply, TG_SHAPE(3), TG_SHAPE(2, 3), TG_SHAPE(2));
    CHECK_OP(apply, TG_SHAPE(4, 3), TG_SHAPE(2, 3), TG_SHAPE(2));
    CHECK_OP(apply, TG_SHAPE(2, 2, 3), TG_SHAPE(2, 3), TG_SHAPE(2));
    CHECK_OP(apply, TG_SHAPE(4, 3), TG_SHAPE(2, 3));
    CHECK_OP(apply, TG_SHAPE(2, 0), TG_SHAPE(2, 0), TG_SHAPE(2));
    CHECK_OP(apply, TG_SHAPE(0, 3), TG_SHAPE(2, 3), TG_SHAPE(2));
}

/* The weight is not copied: the record has two nodes, and their values. */
TEST(records_a_product_and_a_sum)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(4, 3), 1);
    tg_tensor *w = random_leaf(TG_F32, TG_SHAPE(2, 3), 2);
    tg_tensor *b = random_leaf(TG_F32, TG_SHAPE(2), 3);

    MADE(tg_linear(g, x, w, b));
    ck_assert_uint_eq(tg_graph_size(g), 2);
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_tensor_free(b);
    tg_graph_free(g);
}

TEST_MAIN("linear", multiplies_by_hand, equals_a_plain_loop, is_differentiable,
          records_a_product_and_a_sum)
