#include "support.h"

#include <math.h>

/* A leaf of one number that requires a gradient. */
static tg_tensor *number(double value)
{
    tg_tensor *x = TENSOR(TG_F64, TG_SCALAR, value);

    EXPECT_OK(tg_set_requires_grad(x, true));
    return x;
}

/* x = 2, y = 3x: 2y + 5y has dx = 21, and 6 if only the first share counts. */
TEST(adds_the_shares_of_a_shared_node)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = number(2);
    tg_tensor *y = tg_mul_scalar(g, x, 3);

    EXPECT_OK(tg_backward(
        g, tg_add(g, tg_mul_scalar(g, y, 2), tg_mul_scalar(g, y, 5))));
    EXPECT_VALUES(tg_grad(x), 21);
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* 2^50 paths, 50 nodes. */
TEST(visits_each_node_once)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = number(1), *y = x;

    for (int i = 0; i < 50; i++)
        y = tg_add(g, y, y);
    EXPECT_OK(tg_backward(g, y));
    ck_assert_double_eq(tg_item(tg_grad(x)), 0x1p50);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(accumulates_until_zeroed)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = number(3);
    tg_tensor *y = tg_square(g, x);

    for (int run = 1; run <= 3; run++) {
        EXPECT_OK(tg_backward(g, y));
        EXPECT_VALUES(tg_grad(x), 6 * run);
    }
    EXPECT_OK(tg_backward(other, tg_mul_scalar(other, x, 100)));
    EXPECT_VALUES(tg_grad(x), 118);
    tg_zero_grad(x);
    EXPECT_OK(tg_backward(g, y));
    EXPECT_VALUES(tg_grad(x), 6);
    tg_tensor_free(x);
    tg_graph_free(g);
    tg_graph_free(other);
}

/* The first share that arrives is kept without a copy where it can be; adding
 * to it later must not change what else it belongs to. */
TEST(keeps_shares_apart)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(3), 1);
    tg_tensor *z = random_leaf(TG_F64, TG_SHAPE(3), 2);
    tg_tensor *dy = TENSOR(TG_F64, TG_SHAPE(3), 1, 2, 3);
    tg_tensor *sum = MADE(tg_add(g, x, z));
    tg_tensor *flat = MADE(tg_reshape(g, sum, TG_SHAPE(3, 1)));

    for (int run = 1; run <= 3; run++) {
        EXPECT_OK(tg_backward_from(g, sum, dy));
        EXPECT_VALUES(tg_grad(x), run, 2 * run, 3 * run);
        EXPECT_SAME_BITS(tg_grad(x), tg_grad(z));
    }
    EXPECT_VALUES(dy, 1, 2, 3);
    tg_zero_grad(x);
    EXPECT_VALUES(tg_grad(z), 3, 6, 9);
    tg_zero_grad(z);
    EXPECT_OK(tg_backward_from(g, flat, NULL));
    EXPECT_OK(tg_backward_from(g, tg_add(g, x, x), dy));
    EXPECT_VALUES(tg_grad(x), 3, 5, 7);
    EXPECT_VALUES(tg_grad(z), 1, 1, 1);
    tg_tensor_free(x);
    tg_tensor_free(z);
    tg_tensor_free(dy);
    tg_graph_free(g);
}

/* The share that x gets is a view of y's gradient, which is retained: what x
 * gets later must not be added into it. */
TEST(keeps_views_of_shares_apart)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2), 3, 4);
    tg_tensor *w = TENSOR(TG_F64, TG_SHAPE(2, 1), 10, 20);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *older = MADE(tg_square(g, x));
    tg_tensor *y = MADE(tg_reshape(g, x, TG_SHAPE(2, 1)));
    EXPECT_OK(tg_retain_grad(y));
    tg_tensor *loss = tg_add(g, tg_sum(g, tg_mul(g, y, w)), tg_sum(g, older));
    EXPECT_OK(tg_backward(g, loss));
    EXPECT_VALUES(tg_grad(y), 10, 20);
    EXPECT_VALUES(tg_grad(x), 10 + 6, 20 + 8);
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_graph_free(g);
}

TEST(reaches_only_what_the_loss_depends_on)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = number(3), *unused = number(4), *constant = number(5);

    EXPECT_OK(tg_set_requires_grad(constant, false));
    tg_tensor *y = MADE(tg_square(g, x));
    MADE(tg_mul(g, y, unused));
    EXPECT_OK(tg_backward(g, tg_mul(g, y, constant)));
    EXPECT_VALUES(tg_grad(x), 30);
    ck_assert_ptr_null(tg_grad(unused));
    ck_assert_ptr_null(tg_grad(constant));
    ck_assert_ptr_null(tg_grad(y));
    tg_tensor_free(x);
    tg_tensor_free(unused);
    tg_tensor_free(constant);
    tg_graph_free(g);
}

TEST(begins_anywhere)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = number(3);
    tg_tensor *y = MADE(tg_square(g, x)), *z = MADE(tg_square(g, y));

    EXPECT_OK(tg_backward(g, y)); /* an inner node of z */
    EXPECT_VALUES(tg_grad(x), 6);
    EXPECT_OK(tg_backward(g, z));
    EXPECT_VALUES(tg_grad(x), 6 + 108);
    EXPECT_OK(tg_backward(g, tg_add(g, z, z)));
    EXPECT_VALUES(tg_grad(x), 6 + 3 * 108);
    EXPECT_OK(tg_backward(g, x)); /* a leaf: dx/dx = 1 */
    EXPECT_VALUES(tg_grad(x), 7 + 3 * 108);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(starts_from_the_given_gradient)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2, 2), 1, 2, 3, 4);
    tg_tensor *dy = TENSOR(TG_F32, TG_SHAPE(2, 2), 1, 10, 100, 0);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_square(g, x));
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(x), 2, 4, 6, 8);
    tg_zero_grad(x);
    EXPECT_OK(tg_backward_from(g, y, dy));
    EXPECT_VALUES(tg_grad(x), 2, 40, 600, 0);
    tg_tensor_free(x);
    tg_tensor_free(dy);
    tg_graph_free(g);
}

/* Nodes recorded during the pass would grow the graph with each backward. */
TEST(leaves_no_node)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(2, 3), 1);
    tg_tensor *k = random_leaf(TG_F64, TG_SHAPE(1, 2), 2);
    tg_tensor *y = MADE(tg_sum(g, tg_square(g, tg_corr2d(g, x, k))));
    size_t size = tg_graph_size(g);

    for (int i = 0; i < 3; i++)
        EXPECT_OK(tg_backward(g, y));
    ck_assert_uint_eq(tg_graph_size(g), size);
    ck_assert(tg_graph_set_recording(g, true));
    tg_tensor_free(x);
    tg_tensor_free(k);
    tg_graph_free(g);
}

TEST(runs_with_recording_off)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = number(3), *y = MADE(tg_square(g, x));

    tg_graph_set_recording(g, false);
    EXPECT_OK(tg_backward(g, y));
    ck_assert(!tg_graph_set_recording(g, true));
    EXPECT_VALUES(tg_grad(x), 6);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(survives_a_leaf_that_stops_asking)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = number(3), *w = number(5);
    tg_tensor *y = MADE(tg_mul(g, x, w));

    EXPECT_OK(tg_set_requires_grad(x, false));
    EXPECT_OK(tg_backward(g, y));
    EXPECT_VALUES(tg_grad(w), 3);
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_graph_free(g);
}

TEST(retains_gradients_of_results)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = number(3);
    tg_tensor *y = MADE(tg_square(g, x)), *z = MADE(tg_square(g, y));

    EXPECT_OK(tg_retain_grad(y));
    EXPECT_OK(tg_retain_grad(z));
    EXPECT_OK(tg_retain_grad(y));
    EXPECT_OK(tg_backward(g, z));
    EXPECT_VALUES(tg_grad(y), 18);
    EXPECT_VALUES(tg_grad(z), 1);
    EXPECT_VALUES(tg_grad(x), 108);
    EXPECT_OK(tg_backward(g, z));
    EXPECT_VALUES(tg_grad(y), 36);
    tg_zero_grad(y);
    EXPECT_VALUES(tg_grad(y), 0);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(refuses_to_retain)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = number(3), *constant = TENSOR(TG_F64, TG_SCALAR, 1);

    EXPECT_STATUS(tg_retain_grad(tg_square(g, constant)), TG_ERR_STATE);
    tg_graph_set_recording(g, false);
    EXPECT_STATUS(tg_retain_grad(tg_square(g, x)), TG_ERR_STATE);
    EXPECT_STATUS(tg_retain_grad(NULL), TG_ERR_ARG);
    tg_tensor_free(x);
    tg_tensor_free(constant);
    tg_graph_free(g);
}

TEST(stops_at_a_detached_tensor)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = number(3);
    tg_tensor *y = MADE(tg_square(g, x)), *d = MADE(tg_detach(g, y));

    ck_assert_ptr_eq(tg_data(d), tg_data(y));
    EXPECT_OK(tg_backward(g, tg_mul(g, d, x)));
    EXPECT_VALUES(tg_grad(x), 9);
    EXPECT_STATUS(tg_backward(g, d), TG_ERR_ARG);
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* The first gradient is kept bit for bit, -0 too. */
TEST(takes_a_first_gradient_as_it_is)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = number(3), *zero = number(-0.0);

    EXPECT_OK(tg_backward(g, tg_mul(g, x, zero)));
    ck_assert(signbit(tg_item(tg_grad(x))));
    EXPECT_OK(tg_backward(g, tg_mul(g, x, zero)));
    ck_assert(signbit(tg_item(tg_grad(x))));
    tg_zero_grad(x);
    EXPECT_OK(tg_backward(g, tg_mul(g, x, zero)));
    ck_assert(!signbit(tg_item(tg_grad(x))));
    tg_tensor_free(x);
    tg_tensor_free(zero);
    tg_graph_free(g);
}

TEST_MAIN("backward", adds_the_shares_of_a_shared_node, visits_each_node_once,
          accumulates_until_zeroed, keeps_shares_apart,
          keeps_views_of_shares_apart, reaches_only_what_the_loss_depends_on,
          begins_anywhere, starts_from_the_given_gradient, leaves_no_node,
          runs_with_recording_off, survives_a_leaf_that_stops_asking,
          retains_gradients_of_results, refuses_to_retain,
          stops_at_a_detached_tensor, takes_a_first_gradient_as_it_is)
