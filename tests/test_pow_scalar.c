#include "support.h"
#include "unary.h"

#include <math.h>

static tg_tensor *cube(tg_graph *g, tg_tensor *x)
{
    return tg_pow_scalar(g, x, 3);
}

static tg_tensor *inverse_square(tg_graph *g, tg_tensor *x)
{
    return tg_pow_scalar(g, x, -2);
}

static tg_tensor *first(tg_graph *g, tg_tensor *x)
{
    return tg_pow_scalar(g, x, 1);
}

static tg_tensor *zeroth(tg_graph *g, tg_tensor *x)
{
    return tg_pow_scalar(g, x, 0);
}

static tg_tensor *root(tg_graph *g, tg_tensor *x)
{
    return tg_pow_scalar(g, x, 0.5);
}

/* |x|^2.5, for a base below 0 has no such power. */
static tg_tensor *power_of_magnitude(tg_graph *g, tg_tensor *x)
{
    return tg_pow_scalar(g, tg_abs(g, x), 2.5);
}

static double g_inverse(double x)
{
    return 1 / (x * x);
}

static double dg_inverse(double x)
{
    return -2 / (x * x * x);
}

static double g_power(double x)
{
    return x * x * sqrt(fabs(x));
}

static double dg_power(double x)
{
    return 2.5 * x * sqrt(fabs(x));
}

static double f(double x)
{
    return x * x * x;
}

static double df(double x)
{
    return 3 * x * x;
}

static const unary the_pow_scalar = {"pow_scalar", cube, f, df};

TEST(equals_a_plain_loop)
{
    check_unary_values(&the_pow_scalar);
}

TEST(is_differentiable)
{
    check_unary_op(&the_pow_scalar);
}

TEST(refuses)
{
    check_refusals_of_one("pow_scalar", cube, TG_SHAPE(2, 3), false);
}

TEST(holds_at_the_ends)
{
    CHECK_POINTS(cube, {0, 0, 0}, {-2, -8, 12}, {INFINITY, INFINITY, INFINITY},
                 {-INFINITY, -INFINITY, INFINITY}, {NAN, NAN, NAN});
}

TEST(takes_negative_and_broken_powers)
{
    const unary inverse = {"x^-2", inverse_square, g_inverse, dg_inverse};
    const unary broken = {"|x|^2.5", power_of_magnitude, g_power, dg_power};

    check_unary_values(&inverse);
    check_unary_op(&inverse);
    check_unary_values(&broken);
    check_unary_op(&broken);
}

TEST(has_no_gradient_in_the_power_zero)
{
    CHECK_POINTS(zeroth, {0, 1, 0}, {-2, 1, 0}, {INFINITY, 1, 0}, {NAN, 1, 0});
}

TEST(holds_at_zero_in_other_powers)
{
    CHECK_POINTS(first, {0, 0, 1}, {-3, -3, 1}, {INFINITY, INFINITY, 1});
    CHECK_POINTS(root, {0, 0, INFINITY}, {4, 2, 0.25}, {-1, NAN, NAN});
    CHECK_POINTS(inverse_square, {0, INFINITY, -INFINITY}, {INFINITY, 0, 0});
}

/* x x^p at 0: x^2 has y'' = 2, x^3 has 0. */
TEST(has_second_derivatives_at_zero)
{
    for (int p = 1; p <= 2; p++) {
        tg_graph *g = MADE(tg_graph_new());
        tg_tensor *x = TENSOR(TG_F64, TG_SCALAR, 0), *dx, *ddx;
        tg_gradients_options o = {.create_graph = true, .allow_unused = true};

        EXPECT_OK(tg_set_requires_grad(x, true));
        tg_tensor *y = tg_mul(g, tg_pow_scalar(g, x, p), x);
        EXPECT_OK(tg_gradients(g, y, NULL, 1, &x, &dx, o));
        EXPECT_OK(tg_gradients(g, dx, NULL, 1, &x, &ddx, o));
        EXPECT_VALUES(dx, 0);
        EXPECT_VALUES(ddx, p == 1 ? 2 : 0);
        tg_tensor_free(x);
        tg_graph_free(g);
    }
}

TEST_MAIN("pow_scalar", equals_a_plain_loop, is_differentiable, refuses,
          holds_at_the_ends, takes_negative_and_broken_powers,
          has_no_gradient_in_the_power_zero, holds_at_zero_in_other_powers,
          has_second_derivatives_at_zero)
