/* The checker of gradients, on right graphs and on planted faults. */
#include "support.h"

#include <math.h>

/* y = x^3 with a derivative to which a fault is done. */
typedef enum fault {
    NO_FAULT,
    SIGN,
    FACTOR,
    MISSING_TERM,
    SHIFTED_INDEX,
    ONE_ELEMENT,
    NAN_VALUE,
    FAULTS
} fault;

static tg_status cube(const tg_call *call)
{
    const double *x = tg_data_f64(call->in[0]);

    for (int64_t i = 0; i < tg_tensor_size(call->out); i++)
        tg_data_f64(call->out)[i] = x[i] * x[i] * x[i];
    return TG_OK;
}

/* 3 x^2 as x^2 + 2 x^2, spoiled; made by an op without a derivative. */
static tg_status slope(const tg_call *call)
{
    const double *x = tg_data_f64(call->in[0]), *dy = tg_data_f64(call->in[1]);
    int64_t n = tg_tensor_size(call->out);
    double *dx = tg_data_f64(call->out);
    fault f = *(fault *)call->env;

    for (int64_t i = 0; i < n; i++) {
        int64_t j = f == SHIFTED_INDEX ? (i + 1) % n : i;
        double sign = f == SIGN ? -1 : 1, rest = f == MISSING_TERM ? 0 : 2;
        double factor = f == FACTOR ? 2 : 1;
        dx[i] = dy[i] * sign * factor * (1 + rest) * x[j] * x[j];
    }
    if (f == ONE_ELEMENT)
        dx[n - 1] *= 1 + 1e-4;
    if (f == NAN_VALUE)
        dx[0] = NAN;
    return TG_OK;
}

static tg_status faulty_backward(tg_graph *g, const tg_call *call,
                                 tg_tensor *dy, tg_tensor **dx)
{
    static const tg_op slope_op = {.name = "slope", .forward = slope};
    tg_tensor *x = call->in[0], *in[] = {x, dy};

    dx[0] = tg_apply(g, &slope_op, TG_F64, tg_tensor_shape(x), 2, in, call->env,
                     sizeof(fault));
    return TG_OK;
}

static const tg_op faulty_op = {
    .name = "faulty", .forward = cube, .backward = faulty_backward};

static tg_tensor *faulty(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    ck_assert_int_eq(n, 1);
    return tg_apply(g, &faulty_op, TG_F64, tg_tensor_shape(in[0]), 1, in, env,
                    sizeof(fault));
}

/* The same below and above other ops. */
static tg_tensor *buried(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    tg_tensor *y = faulty(g, in, n, env);

    return tg_sum(g, tg_mul_scalar(g, tg_add(g, y, in[0]), 0.5));
}

static void check_faults(tg_function fn)
{
    for (fault f = NO_FAULT; f < FAULTS; f++) {
        tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(4), 1);
        tg_status expected = f == NO_FAULT ? TG_OK : TG_ERR_GRADIENT;
        tg_status status =
            tg_gradcheck(fn, &x, 1, &f, (tg_gradcheck_options){0});
        ck_assert_msg(status == expected, "fault %d gives %s: %s", (int)f,
                      tg_status_name(status), tg_error_message());
        tg_tensor_free(x);
    }
}

TEST(flags_every_planted_fault)
{
    check_faults(faulty);
    check_faults(buried);
}

/* A loss of 10^9 differs by 10^-4 from rounding alone: more than the gradient
 * is allowed to, and yet a wrong one shows. */
static tg_tensor *lofty(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    return tg_add_scalar(g, buried(g, in, n, env), 1e9);
}

TEST(judges_beside_a_large_loss)
{
    for (fault f = NO_FAULT; f < ONE_ELEMENT; f++) {
        tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(4), 1);
        EXPECT_STATUS(tg_gradcheck(lofty, &x, 1, &f, (tg_gradcheck_options){0}),
                      f == NO_FAULT ? TG_OK : TG_ERR_GRADIENT);
        tg_tensor_free(x);
    }
}

/* The scale is the gradient's own: 6e-7 of 6e-3 is a fault, and 3e-1 of 3e6
 * is none. */
static tg_tensor *faint(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    return tg_mul_scalar(g, faulty(g, in, n, env), 2e-3);
}

TEST(judges_on_the_scale_of_the_gradient)
{
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(3), 1, 1, 1);
    tg_tensor *large = TENSOR(TG_F64, TG_SCALAR, 1000);
    fault one = ONE_ELEMENT, none = NO_FAULT;
    tg_gradcheck_options usual = {0};

    EXPECT_OK(tg_set_requires_grad(x, true));
    EXPECT_OK(tg_set_requires_grad(large, true));
    EXPECT_OK(tg_gradcheck(faint, &x, 1, &none, usual));
    EXPECT_STATUS(tg_gradcheck(faint, &x, 1, &one, usual), TG_ERR_GRADIENT);
    EXPECT_OK(tg_gradcheck(faulty, &large, 1, &none, usual));
    EXPECT_STATUS(tg_gradcheck(faulty, &large, 1, &one, usual),
                  TG_ERR_GRADIENT);
    tg_tensor_free(x);
    tg_tensor_free(large);
}

TEST(names_leaf_element_and_values)
{
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2, 2), 1, 2, 3, 4);
    fault f = ONE_ELEMENT;

    EXPECT_OK(tg_set_requires_grad(x, true));
    EXPECT_OK(tg_set_name(x, "kernel"));
    EXPECT_STATUS(tg_gradcheck(faulty, &x, 1, &f, (tg_gradcheck_options){0}),
                  TG_ERR_GRADIENT);
    EXPECT_MESSAGE("kernel");
    EXPECT_MESSAGE("element 3");
    tg_tensor_free(x);
}

/* A right first derivative with a wrong one of its own: dx = 3 x^2 dy, where
 * x is taken for a constant. */
static tg_status forgetful_backward(tg_graph *g, const tg_call *call,
                                    tg_tensor *dy, tg_tensor **dx)
{
    tg_tensor *x = tg_detach(g, call->in[0]);

    dx[0] = tg_mul_scalar(g, tg_mul(g, tg_square(g, x), dy), 3);
    return TG_OK;
}

static tg_tensor *forgetful(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    static const tg_op op = {
        .name = "forgetful", .forward = cube, .backward = forgetful_backward};

    (void)n, (void)env;
    return tg_apply(g, &op, TG_F64, tg_tensor_shape(in[0]), 1, in, NULL, 0);
}

/* dy taken for a constant: only the way to the weights shows it. */
static tg_status deaf_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                               tg_tensor **dx)
{
    tg_tensor *square = tg_square(g, call->in[0]);

    dx[0] = tg_mul_scalar(g, tg_mul(g, square, tg_detach(g, dy)), 3);
    return TG_OK;
}

static tg_tensor *deaf(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    static const tg_op op = {
        .name = "deaf", .forward = cube, .backward = deaf_backward};

    (void)n, (void)env;
    return tg_apply(g, &op, TG_F64, tg_tensor_shape(in[0]), 1, in, NULL, 0);
}

TEST(flags_a_wrong_second_derivative)
{
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(3), 1);
    tg_gradcheck_options first = {.order = 1}, second = {.order = 2};

    EXPECT_OK(tg_gradcheck(forgetful, &x, 1, NULL, first));
    EXPECT_STATUS(tg_gradcheck(forgetful, &x, 1, NULL, second),
                  TG_ERR_GRADIENT);
    EXPECT_OK(tg_gradcheck(deaf, &x, 1, NULL, first));
    EXPECT_STATUS(tg_gradcheck(deaf, &x, 1, NULL, second), TG_ERR_GRADIENT);
    tg_tensor_free(x);
}

static tg_tensor *product(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_mul(g, in[0], tg_square(g, in[1]));
}

static tg_tensor *constant(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_add(g, tg_mul_scalar(g, in[0], 2), tg_detach(g, in[1]));
}

/* A leaf that the result depends on, but backward does not reach. */
TEST(flags_a_leaf_that_gets_nothing)
{
    tg_tensor *in[] = {random_leaf(TG_F64, TG_SHAPE(3), 1),
                       random_leaf(TG_F64, TG_SHAPE(3), 2)};

    EXPECT_STATUS(
        tg_gradcheck(constant, in, 2, NULL, (tg_gradcheck_options){0}),
        TG_ERR_GRADIENT);
    EXPECT_OK(tg_gradcheck(product, in, 2, NULL, (tg_gradcheck_options){0}));
    tg_tensor_free(in[0]);
    tg_tensor_free(in[1]);
}

TEST(checks_f32_too)
{
    for (int order = 1; order <= 2; order++) {
        tg_tensor *in[] = {random_leaf(TG_F32, TG_SHAPE(2, 3), 1),
                           random_leaf(TG_F32, TG_SHAPE(3), 2)};
        EXPECT_OK(tg_gradcheck(product, in, 2, NULL,
                               (tg_gradcheck_options){.order = order}));
        EXPECT_STATUS(
            tg_gradcheck(constant, in, 2, NULL, (tg_gradcheck_options){0}),
            TG_ERR_GRADIENT);
        tg_tensor_free(in[0]);
        tg_tensor_free(in[1]);
    }
}

/* Values, gradients, flags: all as they were, also after a finding. */
TEST(restores_the_leaves)
{
    for (fault f = NO_FAULT; f < FAULTS; f++) {
        tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(5), 3);
        tg_graph *g = MADE(tg_graph_new());
        tg_tensor *before = MADE(tg_tensor_clone(x));
        tg_tensor *y = MADE(tg_square(g, x));
        EXPECT_OK(tg_backward_from(g, y, NULL));
        tg_tensor *grad = MADE(tg_tensor_clone(tg_grad(x)));
        tg_gradcheck(faulty, &x, 1, &f, (tg_gradcheck_options){0});
        EXPECT_SAME_BITS(x, before);
        EXPECT_SAME_BITS(tg_grad(x), grad);
        ck_assert(tg_requires_grad(x));
        tg_tensor_free(x);
        tg_tensor_free(before);
        tg_tensor_free(grad);
        tg_graph_free(g);
    }
}

/* A loss that holds a gradient, as a penalty on it does. */
static tg_tensor *penalty(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    tg_tensor *dx = NULL;
    tg_gradients_options create = {.create_graph = true};

    tg_tensor *y = tg_sum(g, product(g, in, n, env));
    if (tg_gradients(g, y, NULL, 1, &in[1], &dx, create) != TG_OK)
        return NULL;
    return tg_square(g, dx);
}

TEST(checks_functions_that_differentiate)
{
    tg_tensor *in[] = {random_leaf(TG_F64, TG_SHAPE(3), 1),
                       random_leaf(TG_F64, TG_SHAPE(3), 2)};

    EXPECT_OK(tg_gradcheck(penalty, in, 2, NULL, (tg_gradcheck_options){0}));
    tg_tensor_free(in[0]);
    tg_tensor_free(in[1]);
}

TEST_MAIN("gradcheck", flags_every_planted_fault, judges_beside_a_large_loss,
          judges_on_the_scale_of_the_gradient, names_leaf_element_and_values,
          flags_a_wrong_second_derivative, flags_a_leaf_that_gets_nothing,
          checks_f32_too, restores_the_leaves,
          checks_functions_that_differentiate)
