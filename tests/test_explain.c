#include "capture.h"

#include <string.h>

#define BEGINNING                                                              \
    "At each node the gradient dy of its result y arrives; by the formula "    \
    "it\nbecomes a share for each input. A tensor's gradient is the sum of "   \
    "its shares.\n\n"

static char *told(tg_graph *g, tg_tensor *y)
{
    capture c;

    capture_begin(&c);
    EXPECT_OK(tg_explain(c.out, g, y));
    return captured(&c);
}

static void expect_told(tg_graph *g, tg_tensor *y, const char *expected)
{
    char *text = told(g, y);

    ck_assert_str_eq(text, expected);
    free(text);
}

static void expect_part(tg_graph *g, tg_tensor *y, const char *part)
{
    char *text = told(g, y);

    ck_assert_msg(strstr(text, part) != NULL, "no '%s' in:\n%s", part, text);
    free(text);
}

/* The chapter's lesson on two rows: (x corr k - y)^2, summed. */
TEST(tells_each_turn_and_then_the_leaves)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x =
        named(tg_tensor_f32(TG_SHAPE(1, 4), (float[]){1, 1, 0, 0}), "X");
    tg_tensor *k = wanting(
        named(tg_tensor_f32(TG_SHAPE(1, 2), (float[]){0.5F, -0.25F}), "K"));
    tg_tensor *y =
        named(tg_tensor_f32(TG_SHAPE(1, 3), (float[]){0, 1, 0}), "Y");
    tg_tensor *d = tg_sub(g, tg_corr2d(g, x, k), y);
    tg_tensor *loss = named(tg_sum(g, tg_square(g, d)), "loss");

    expect_told(g, loss,
                "Backward from %3 'loss', newest node first.\n" BEGINNING
                "%3 'loss' = sum(%2)\n"
                "    formula           y = sum x; dx = dy, repeated\n"
                "    result y          0.3125\n"
                "    gradient dy       1.0\n"
                "                      (the pass starts here, from ones)\n"
                "    input %2          [[0.0625 0.25   0.    ]]\n"
                "    share of %2       [[1. 1. 1.]]\n"
                "\n"
                "%2 = square(%1)\n"
                "    formula           y = x^2; dx = 2 x dy\n"
                "    result y          [[0.0625 0.25   0.    ]]\n"
                "    gradient dy       [[1. 1. 1.]]\n"
                "    input %1          [[ 0.25 -0.5   0.  ]]\n"
                "    share of %1       [[ 0.5 -1.   0. ]]\n"
                "\n"
                "%1 = sub(%0, Y)\n"
                "    formula           y = a - b; da = dy, db = -dy\n"
                "    result y          [[ 0.25 -0.5   0.  ]]\n"
                "    gradient dy       [[ 0.5 -1.   0. ]]\n"
                "    input %0          [[0.25 0.5  0.  ]]\n"
                "    input Y           [[0. 1. 0.]]\n"
                "    share of %0       [[ 0.5 -1.   0. ]]\n"
                "    share of Y        none: it requires no gradient\n"
                "\n"
                "%0 = corr2d(X, K)\n"
                "    formula           y = x corr k; dx = dy conv k (full), dk "
                "= x corr "
                "dy\n"
                "    result y          [[0.25 0.5  0.  ]]\n"
                "    gradient dy       [[ 0.5 -1.   0. ]]\n"
                "    input X           [[1. 1. 0. 0.]]\n"
                "    input K           [[ 0.5  -0.25]]\n"
                "    share of X        none: it requires no gradient\n"
                "    share of K        [[-0.5  0.5]]\n"
                "\n"
                "Gradients of the leaves\n"
                "    K                 [[-0.5  0.5]]\n");
    tg_graph_free(g);
    tg_tensor_free(x);
    tg_tensor_free(k);
    tg_tensor_free(y);
}

TEST(shares_that_meet_are_summed)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x = wanting(named(tg_tensor_full(TG_F64, TG_SCALAR, 3), "x"));
    tg_tensor *square = tg_mul(g, x, x);

    expect_told(g, tg_add(g, square, square),
                "Backward from %1, newest node first.\n" BEGINNING
                "%1 = add(%0, %0)\n"
                "    formula           y = a + b; da = dy, db = dy\n"
                "    result y          18.0\n"
                "    gradient dy       1.0\n"
                "                      (the pass starts here, from ones)\n"
                "    input %0          9.0\n"
                "    share of %0       1.0\n"
                "    share of %0       1.0\n"
                "\n"
                "%0 = mul(x, x)\n"
                "    formula           y = a b; da = dy b, db = dy a\n"
                "    result y          9.0\n"
                "    gradient dy       2.0\n"
                "                      (the sum of 2 shares)\n"
                "    input x           3.0\n"
                "    share of x        6.0\n"
                "    share of x        6.0\n"
                "\n"
                "Gradients of the leaves\n"
                "    x                 12.0\n"
                "                      (the sum of 2 shares)\n");
    tg_graph_free(g);
    tg_tensor_free(x);
}

TEST(only_what_leads_to_y_is_told)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *a = wanting(named(tg_tensor_full(TG_F32, TG_SCALAR, 1), "a"));
    tg_tensor *b = wanting(named(tg_tensor_full(TG_F32, TG_SCALAR, 1), "b"));

    tg_neg(g, b);
    tg_tensor *y = tg_square(g, a);
    tg_neg(g, y);
    char *text = told(g, y);
    ck_assert_ptr_nonnull(strstr(text, "%1 = square(a)"));
    ck_assert_ptr_null(strstr(text, "neg"));
    ck_assert_ptr_nonnull(strstr(text, "leaves\n    a                 2.0\n"));
    ck_assert_ptr_null(strstr(text, "    b "));
    free(text);
    tg_graph_free(g);
    tg_tensor_free(a);
    tg_tensor_free(b);
}

TEST(large_tensors_are_summarised)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x = wanting(tg_tensor_full(TG_F32, TG_SHAPE(5, 13), 2));
    tg_tensor *z = wanting(tg_tensor_full(TG_F32, TG_SHAPE(1), 2));

    expect_part(g, tg_mul(g, x, z),
                "    input leaf 0      (5, 13) from 2.0 to 2.0, mean 2.0, norm "
                "16.1245\n"
                "    input leaf 1      [2.]\n"
                "    share of leaf 0   (5, 13) from 2.0 to 2.0, mean 2.0, norm "
                "16.1245\n"
                "    share of leaf 1   [130.]\n");
    tg_graph_free(g);
    tg_tensor_free(x);
    tg_tensor_free(z);
}

TEST(one_nan_shows_in_a_summary)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x = wanting(named(tg_tensor_new(TG_F64, TG_SHAPE(70)), "x"));

    tg_data_f64(x)[69] = strtod("nan", NULL);
    expect_part(
        g, tg_square(g, x),
        "share of x        (70,) from nan to nan, mean nan, norm nan\n");
    tg_graph_free(g);
    tg_tensor_free(x);
}

TEST(numbers_near_the_end_of_the_range_have_a_mean_and_a_norm)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x =
        wanting(named(tg_tensor_full(TG_F64, TG_SHAPE(100), -1e307), "x"));

    expect_part(g, tg_neg(g, x),
                "input x           (100,) from -1e+307 to -1e+307, "
                "mean -1e+307, norm 1e+308\n");
    tg_graph_free(g);
    tg_tensor_free(x);
}

TEST(a_gradient_from_before_is_left_alone)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x = wanting(named(tg_tensor_full(TG_F32, TG_SCALAR, 3), "x"));
    tg_tensor *y = tg_square(g, x);

    free(told(g, y));
    ck_assert_ptr_null(tg_grad(x));
    EXPECT_OK(tg_backward(g, y));
    expect_part(g, y, "leaves\n    x                 6.0\n");
    ck_assert(tg_item(tg_grad(x)) == 6.0);
    tg_graph_free(g);
    tg_tensor_free(x);
}

TEST(the_record_is_as_before)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x = wanting(tg_tensor_full(TG_F32, TG_SHAPE(9), 3));
    tg_tensor *y = tg_square(g, x);
    tg_mark before = tg_graph_mark(g);

    free(told(g, y));
    tg_mark after = tg_graph_mark(g);
    ck_assert_uint_eq(after.node, before.node);
    ck_assert_uint_eq(after.memory, before.memory);
    EXPECT_OK(tg_graph_status(g));
    tg_graph_free(g);
    tg_tensor_free(x);
}

TEST(y_may_be_a_leaf)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x = wanting(named(tg_tensor_full(TG_F32, TG_SHAPE(2), 3), "x"));

    expect_told(g, x,
                "Backward from x, newest node first.\n" BEGINNING
                "Gradients of the leaves\n"
                "    x                 [1. 1.]\n"
                "                      (the pass starts here, from ones)\n");
    tg_graph_free(g);
    tg_tensor_free(x);
}

static double cube(double x, void *user)
{
    (void)user;
    return x * x * x;
}

static double cube_slope(double x, void *user)
{
    (void)user;
    return 3 * x * x;
}

/* An op without a formula is told without one. */
TEST(an_op_of_ones_own_is_told_too)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x = wanting(named(tg_tensor_full(TG_F32, TG_SCALAR, 2), "x"));
    tg_tensor *y = tg_map(g, x, cube, cube_slope, NULL);

    ck_assert_ptr_nonnull(y);
    expect_part(g, y, "    result y          8.0\n");
    expect_part(g, y, "    share of x        12.0\n");
    tg_graph_free(g);
    tg_tensor_free(x);
}

TEST_MAIN("explain", tells_each_turn_and_then_the_leaves,
          shares_that_meet_are_summed, only_what_leads_to_y_is_told,
          large_tensors_are_summarised, one_nan_shows_in_a_summary,
          numbers_near_the_end_of_the_range_have_a_mean_and_a_norm,
          a_gradient_from_before_is_left_alone, the_record_is_as_before,
          y_may_be_a_leaf, an_op_of_ones_own_is_told_too)
