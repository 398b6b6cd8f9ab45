#include "support.h"

static const tg_gradients_options plain = {0};
static const tg_gradients_options recorded = {.create_graph = true};
static const tg_gradients_options unused = {.allow_unused = true};

static tg_tensor *number(double value)
{
    tg_tensor *x = TENSOR(TG_F64, TG_SCALAR, value);

    EXPECT_OK(tg_set_requires_grad(x, true));
    return x;
}

static tg_tensor *derivative(tg_graph *g, tg_tensor *y, tg_tensor *x)
{
    tg_tensor *dx = NULL;

    EXPECT_OK(tg_gradients(g, y, NULL, 1, &x, &dx, recorded));
    return dx;
}

/* Row 13: x^3, 3 x^2, 6 x, 6, and then nothing depends on x. */
TEST(differentiates_a_cube_four_times)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = number(2), *nothing = NULL;
    tg_tensor *y = MADE(tg_mul(g, tg_square(g, x), x));
    tg_tensor *d1 = derivative(g, y, x), *d2 = derivative(g, d1, x);
    tg_tensor *d3 = derivative(g, d2, x);

    EXPECT_VALUES(y, 8);
    EXPECT_VALUES(d1, 12);
    EXPECT_VALUES(d2, 12);
    EXPECT_VALUES(d3, 6);
    EXPECT_STATUS(tg_gradients(g, d3, NULL, 1, &x, &nothing, plain),
                  TG_ERR_ARG);
    ck_assert_ptr_null(nothing);
    ck_assert_ptr_null(tg_grad(x));
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* x^7 by six multiplications; its k-th derivative is 7!/(7-k)! x^(7-k). */
TEST(differentiates_to_any_order)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = number(1.5), *y = x;
    double expected = 1;

    for (int i = 0; i < 6; i++)
        y = tg_mul(g, y, x);
    for (int i = 0; i < 7; i++)
        expected *= 1.5;
    for (int k = 1; k <= 7; k++) {
        y = derivative(g, y, x);
        expected *= (8 - k) / 1.5;
        EXPECT_NEAR(y, 1e-12, expected);
    }
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* d/dx of (dy/dx)^2 with y = x^3 + x w: a gradient penalty, by backward. */
TEST(flows_on_through_backward)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = number(2), *w = number(5);
    tg_tensor *y = tg_add(g, tg_mul(g, tg_square(g, x), x), tg_mul(g, x, w));
    tg_tensor *dx = derivative(g, y, x);

    EXPECT_VALUES(dx, 12 + 5);
    EXPECT_OK(tg_backward(g, tg_square(g, dx)));
    EXPECT_VALUES(tg_grad(x), 2 * 17 * 12);
    EXPECT_VALUES(tg_grad(w), 2 * 17);
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_graph_free(g);
}

/* Row 8: neither borrows a leaf's .grad nor adds to it. */
TEST(touches_no_grad)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = number(3), *dx = NULL;

    EXPECT_OK(tg_backward(g, tg_square(g, x)));
    tg_tensor *y = MADE(tg_mul_scalar(g, tg_square(g, x), 10));
    EXPECT_OK(tg_gradients(g, y, NULL, 1, &x, &dx, plain));
    EXPECT_VALUES(dx, 60);
    EXPECT_VALUES(tg_grad(x), 6);
    EXPECT_OK(tg_backward(g, y));
    EXPECT_VALUES(tg_grad(x), 66);
    EXPECT_VALUES(dx, 60);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(differentiates_to_results_too)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = number(3);
    tg_tensor *y = MADE(tg_square(g, x)), *z = MADE(tg_square(g, y));
    tg_tensor *xs[] = {z, y, x, y}, *grads[4] = {0};

    EXPECT_OK(tg_gradients(g, z, NULL, 4, xs, grads, plain));
    EXPECT_VALUES(grads[0], 1);
    EXPECT_VALUES(grads[1], 18);
    EXPECT_VALUES(grads[2], 108);
    EXPECT_VALUES(grads[3], 18);
    EXPECT_OK(tg_gradients(g, z, NULL, 4, xs, grads, recorded));
    EXPECT_VALUES(grads[0], 1);
    EXPECT_VALUES(grads[3], 18);
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* The results of an unrecorded run are constants of the graph, and stay. */
TEST(leaves_gradients_that_stay)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(50), 1), *dx = NULL;
    tg_tensor *y = MADE(tg_sum(g, tg_square(g, x)));
    size_t size = tg_graph_size(g);

    EXPECT_OK(tg_gradients(g, y, NULL, 1, &x, &dx, plain));
    ck_assert_uint_eq(tg_graph_size(g), size);
    ck_assert(!tg_requires_grad(dx));
    tg_tensor *copy = MADE(tg_tensor_clone(dx));
    for (int i = 0; i < 20; i++) {
        EXPECT_OK(tg_backward(g, y));
        MADE(tg_mul(g, x, x));
    }
    EXPECT_SAME_BITS(dx, copy);
    tg_tensor *step = MADE(tg_sub(g, x, tg_mul_scalar(g, dx, 0.1)));
    ck_assert(tg_requires_grad(step));
    tg_tensor_free(x);
    tg_tensor_free(copy);
    tg_graph_free(g);
}

TEST(takes_a_gradient_to_begin_with)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(3), 1, 2, 3), *dx = NULL;
    tg_tensor *dy = TENSOR(TG_F64, TG_SHAPE(3), 1, 0, -1);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_square(g, x));
    EXPECT_OK(tg_gradients(g, y, dy, 1, &x, &dx, plain));
    EXPECT_VALUES(dx, 2, 0, -6);
    EXPECT_STATUS(tg_gradients(g, y, NULL, 1, &x, &dx, plain), TG_ERR_SHAPE);
    EXPECT_VALUES(dx, 2, 0, -6);
    tg_tensor_free(x);
    tg_tensor_free(dy);
    tg_graph_free(g);
}

/* The gradient that one begins with may itself be differentiated: the
 * Jacobian-vector product by two vector-Jacobian products. */
TEST(differentiates_to_the_gradient_to_begin_with)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2), 3, 4), *dx = NULL, *jv = NULL;
    tg_tensor *u = TENSOR(TG_F64, TG_SHAPE(2), 1, 1);
    tg_tensor *v = TENSOR(TG_F64, TG_SHAPE(2), 5, 7);

    EXPECT_OK(tg_set_requires_grad(x, true));
    EXPECT_OK(tg_set_requires_grad(u, true));
    EXPECT_OK(tg_gradients(g, tg_square(g, x), u, 1, &x, &dx, recorded));
    EXPECT_OK(tg_gradients(g, dx, v, 1, &u, &jv, plain));
    EXPECT_VALUES(jv, 2 * 3 * 5, 2 * 4 * 7);
    tg_tensor_free(x);
    tg_tensor_free(u);
    tg_tensor_free(v);
    tg_graph_free(g);
}

/* Even a gradient that is the caller's own tensor comes back as one of g's. */
TEST(gives_tensors_of_the_graph)
{
    for (int create_graph = 0; create_graph < 2; create_graph++) {
        tg_graph *g = MADE(tg_graph_new());
        tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(2), 1);
        tg_tensor *dy = TENSOR(TG_F64, TG_SHAPE(2), 5, 7);
        tg_tensor *y = MADE(tg_neg(g, x)), *xs[] = {y, x}, *grads[2];
        EXPECT_OK(tg_gradients(g, y, dy, 2, xs, grads,
                               (tg_gradients_options){create_graph, false}));
        ck_assert_ptr_ne(grads[0], dy);
        tg_tensor_free(dy);
        tg_tensor_free(grads[0]); /* not the caller's: left alone */
        EXPECT_VALUES(grads[0], 5, 7);
        EXPECT_VALUES(grads[1], -5, -7);
        EXPECT_STATUS(tg_set_requires_grad(grads[0], true), TG_ERR_STATE);
        tg_tensor_free(x);
        tg_graph_free(g);
    }
}

/* Row 9. */
TEST(gives_zeros_for_the_unused_where_allowed)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = number(3), *w = random_leaf(TG_F64, TG_SHAPE(2, 3), 1);
    tg_tensor *later = MADE(tg_square(g, w)), *y = MADE(tg_square(g, x));
    tg_tensor *xs[] = {x, w, later}, *grads[3] = {0};

    EXPECT_STATUS(tg_gradients(g, y, NULL, 3, xs, grads, plain), TG_ERR_ARG);
    for (int i = 0; i < 3; i++)
        ck_assert_ptr_null(grads[i]);
    EXPECT_OK(tg_gradients(g, y, NULL, 3, xs, grads, unused));
    EXPECT_VALUES(grads[0], 6);
    EXPECT_SHAPE(grads[1], TG_SHAPE(2, 3));
    EXPECT_VALUES(grads[1], 0, 0, 0, 0, 0, 0);
    EXPECT_VALUES(grads[2], 0, 0, 0, 0, 0, 0);
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_graph_free(g);
}

/* Fails with every output untouched. */
/* Of an op with many inputs, each alone. */
TEST(differentiates_to_any_of_many_inputs)
{
    enum { N = 10 };
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x[N], *dx;

    for (int i = 0; i < N; i++)
        x[i] = random_leaf(TG_F64, TG_SHAPE(2), (uint64_t)i);
    tg_tensor *y = MADE(tg_sum(g, tg_square(g, tg_concat(g, x, N, 0))));
    for (int i = 0; i < N; i++) {
        EXPECT_OK(
            tg_gradients(g, y, NULL, 1, &x[i], &dx, (tg_gradients_options){0}));
        EXPECT_VALUES(dx, 2 * element(x[i], 0), 2 * element(x[i], 1));
    }
    for (int i = 0; i < N; i++)
        tg_tensor_free(x[i]);
    tg_graph_free(g);
}

static void refuse(tg_graph *g, tg_tensor *y, const tg_tensor *grad_y,
                   tg_tensor *x, tg_status status)
{
    tg_tensor *mark = y, *grads[] = {mark};

    EXPECT_STATUS(tg_gradients(g, y, grad_y, 1, &x, grads, plain), status);
    ck_assert_ptr_eq(grads[0], mark);
    EXPECT_STATUS(tg_gradients(g, y, grad_y, 1, &x, grads, recorded), status);
    ck_assert_ptr_eq(grads[0], mark);
}

TEST(refuses)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2), 1);
    tg_tensor *c = random_tensor(TG_F32, TG_SHAPE(2), 1);
    tg_tensor *wide = random_tensor(TG_F64, TG_SHAPE(2), 1);
    tg_tensor *longer = random_tensor(TG_F32, TG_SHAPE(3), 1), *dx = NULL;
    tg_tensor *y = MADE(tg_mul(g, x, c)), *foreign = MADE(tg_square(other, x));
    tg_tensor *loss = MADE(tg_sum(g, y));

    refuse(g, loss, NULL, NULL, TG_ERR_ARG);
    refuse(g, y, NULL, x, TG_ERR_SHAPE);
    refuse(g, y, longer, x, TG_ERR_SHAPE);
    refuse(g, y, wide, x, TG_ERR_DTYPE);
    refuse(g, loss, NULL, c, TG_ERR_ARG);
    refuse(g, loss, NULL, TG_NONE, TG_ERR_ARG);
    refuse(g, loss, NULL, foreign, TG_ERR_ARG);
    refuse(g, foreign, NULL, x, TG_ERR_ARG);
    EXPECT_STATUS(tg_gradients(g, loss, NULL, -1, &x, &dx, plain), TG_ERR_ARG);
    EXPECT_STATUS(tg_gradients(g, loss, NULL, 1, NULL, &dx, plain), TG_ERR_ARG);
    EXPECT_STATUS(tg_gradients(g, loss, NULL, 1, &x, NULL, plain), TG_ERR_ARG);
    EXPECT_STATUS(tg_gradients(NULL, loss, NULL, 1, &x, &dx, plain),
                  TG_ERR_ARG);
    ck_assert_ptr_null(dx);
    ck_assert_ptr_null(tg_grad(x));
    tg_tensor_free(x);
    tg_tensor_free(c);
    tg_tensor_free(wide);
    tg_tensor_free(longer);
    tg_graph_free(g);
    tg_graph_free(other);
}

TEST_MAIN("gradients", differentiates_a_cube_four_times,
          differentiates_to_any_order, differentiates_to_any_of_many_inputs,
          flows_on_through_backward, touches_no_grad,
          differentiates_to_results_too, leaves_gradients_that_stay,
          takes_a_gradient_to_begin_with,
          differentiates_to_the_gradient_to_begin_with,
          gives_tensors_of_the_graph, gives_zeros_for_the_unused_where_allowed,
          refuses)
