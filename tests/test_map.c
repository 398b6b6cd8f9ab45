#include "support.h"

#include <math.h>

static double tanh_of(double x, void *user)
{
    (void)user;
    return tanh(x);
}

static double tanh_slope(double x, void *user)
{
    (void)user;
    return 1 - tanh(x) * tanh(x);
}

static double power(double x, void *exponent)
{
    return pow(x, *(double *)exponent);
}

static double power_slope(double x, void *exponent)
{
    double e = *(double *)exponent;

    return e * pow(x, e - 1);
}

static tg_tensor *map_tanh(tg_graph *g, tg_tensor *x)
{
    return tg_map(g, x, tanh_of, tanh_slope, NULL);
}

static tg_tensor *function(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return map_tanh(g, in[0]);
}

TEST(maps_every_element)
{
    for (int dtype = TG_F32; dtype <= TG_F64; dtype++) {
        tg_graph *g = MADE(tg_graph_new());
        tg_tensor *x =
            TENSOR((tg_dtype)dtype, TG_SHAPE(2, 2), 0, 1, -2, INFINITY);
        tg_tensor *y = MADE(map_tanh(g, x));
        EXPECT_SHAPE(y, TG_SHAPE(2, 2));
        EXPECT_VALUES(y, 0, tanh(1), tanh(-2), 1);
        tg_tensor_free(x);
        tg_graph_free(g);
    }
}

TEST(has_the_given_derivative)
{
    const tg_shape shapes[] = {TG_SCALAR, TG_SHAPE(5), TG_SHAPE(2, 1, 3)};

    for (int i = 0; i < 3; i++) {
        tg_tensor *x = random_leaf(TG_F64, shapes[i], 1);
        EXPECT_OK(
            tg_gradcheck(function, &x, 1, NULL, (tg_gradcheck_options){0}));
        tg_tensor_free(x);
    }
}

TEST(hands_the_user_on)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2), 2, 3);
    double exponent = 3;

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_map(g, x, power, power_slope, &exponent));
    EXPECT_VALUES(y, 8, 27);
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(x), 12, 27);
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* f32 is computed in double and rounded once. */
TEST(computes_in_double)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(1), 0.7f);
    double exponent = 7.3;

    ck_assert_double_eq(tg_item(tg_map(g, x, power, power_slope, &exponent)),
                        (double)(float)pow((double)0.7f, 7.3));
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* Unsupported, never zero. */
TEST(refuses_a_second_derivative)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SCALAR, 1), *dx = NULL, *ddx = NULL;
    tg_gradients_options create = {.create_graph = true};

    tg_tensor *y = MADE(map_tanh(g, x));
    EXPECT_OK(tg_gradients(g, y, NULL, 1, &x, &dx, create));
    EXPECT_STATUS(tg_gradients(g, dx, NULL, 1, &x, &ddx, create),
                  TG_ERR_UNSUPPORTED);
    ck_assert_ptr_null(ddx);
    EXPECT_STATUS(tg_backward(g, dx), TG_ERR_UNSUPPORTED);
    EXPECT_STATUS(
        tg_gradcheck(function, &x, 1, NULL, (tg_gradcheck_options){.order = 2}),
        TG_ERR_UNSUPPORTED);
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* But the gradient's own way through dy is open: d(dx)/d(dy) = f'(x). */
TEST(differentiates_to_the_gradient_that_arrives)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SCALAR, 0.5),
              *w = TENSOR(TG_F64, TG_SCALAR, 3);
    tg_tensor *dx = NULL;

    EXPECT_OK(tg_set_requires_grad(x, true));
    EXPECT_OK(tg_set_requires_grad(w, true));
    tg_tensor *y = MADE(tg_mul(g, w, map_tanh(g, x)));
    EXPECT_OK(tg_gradients(g, y, NULL, 1, &x, &dx,
                           (tg_gradients_options){.create_graph = true}));
    tg_tensor *dw = NULL;
    EXPECT_OK(tg_gradients(g, dx, NULL, 1, &w, &dw, (tg_gradients_options){0}));
    EXPECT_VALUES(dw, tanh_slope(0.5, NULL));
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_graph_free(g);
}

TEST(refuses)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2), 1);
    tg_tensor *n = random_tensor(TG_I64, TG_SHAPE(2), 1);

    EXPECT_REFUSED(g, map_tanh(g, n), TG_ERR_DTYPE, "map");
    EXPECT_REFUSED(g, map_tanh(g, MADE(tg_neg(other, x))), TG_ERR_ARG, "map");
    EXPECT_REFUSED(g, tg_map(g, x, NULL, tanh_slope, NULL), TG_ERR_ARG, "map");
    ck_assert_ptr_null(map_tanh(g, NULL));
    ck_assert_ptr_null(map_tanh(NULL, x));
    tg_tensor_free(x);
    tg_tensor_free(n);
    tg_graph_free(g);
    tg_graph_free(other);
}

TEST_MAIN("map", maps_every_element, has_the_given_derivative,
          hands_the_user_on, computes_in_double, refuses_a_second_derivative,
          differentiates_to_the_gradient_that_arrives, refuses)
