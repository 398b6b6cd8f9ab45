/* Ops of one's own. */
#include "support.h"

/* y = scale x^3, with the scale captured; dx = 3 scale x^2 dy. */
static tg_status cube_forward(const tg_call *call)
{
    const double *x = tg_data_f64(call->in[0]), scale = *(double *)call->env;
    double *y = tg_data_f64(call->out);

    for (int64_t i = 0; i < tg_tensor_size(call->out); i++)
        y[i] = scale * x[i] * x[i] * x[i];
    return TG_OK;
}

static tg_status cube_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                               tg_tensor **dx)
{
    const double scale = *(double *)call->env;
    tg_tensor *square = tg_square(g, call->in[0]);

    ck_assert(call->wanted[0]);
    dx[0] = tg_mul_scalar(g, tg_mul(g, square, dy), 3 * scale);
    return TG_OK;
}

static const tg_op cube = {.name = "cube",
                           .formula = "y = s x^3; dx = 3 s x^2 dy",
                           .forward = cube_forward,
                           .backward = cube_backward};

static tg_tensor *apply_cube(tg_graph *g, tg_tensor *x, double scale)
{
    return tg_apply(g, &cube, TG_F64, tg_tensor_shape(x), 1, &x, &scale,
                    sizeof scale);
}

static tg_tensor *half_cube(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return apply_cube(g, in[0], 0.5);
}

TEST(differentiates_as_the_librarys_own)
{
    const tg_shape shapes[] = {TG_SCALAR, TG_SHAPE(0), TG_SHAPE(2, 3)};

    for (int i = 0; i < 3; i++) {
        tg_graph *g = MADE(tg_graph_new());
        tg_tensor *x = random_leaf(TG_F64, shapes[i], 1);
        tg_gradcheck_options order_2 = {.order = 2};
        tg_status expected = i == 1 ? TG_ERR_ARG : TG_OK;
        EXPECT_STATUS(tg_gradcheck(half_cube, &x, 1, NULL, order_2), expected);
        tg_tensor_free(x);
        tg_graph_free(g);
    }
}

TEST(shows_its_formula)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(2), 1);

    MADE(apply_cube(g, x, 1));
    ck_assert_str_eq(tg_graph_node(g, 0).op, "cube");
    ck_assert_str_eq(tg_graph_node(g, 0).formula, cube.formula);
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* Whatever its closures return comes back as it is. */
typedef struct outcome {
    tg_status forward, backward;
    bool explains;
} outcome;

static tg_status end_with(tg_graph *g, tg_status status, bool explains)
{
    return explains ? tg_fail(g, status, "as planned") : status;
}

static tg_status planned_forward(const tg_call *call)
{
    const outcome *o = call->env;

    tg_data_f64(call->out)[0] = 1;
    return o->forward ? end_with(NULL, o->forward, o->explains) : TG_OK;
}

static tg_status planned_backward(tg_graph *g, const tg_call *call,
                                  tg_tensor *dy, tg_tensor **dx)
{
    const outcome *o = call->env;

    dx[0] = tg_mul_scalar(g, dy, 1);
    return o->backward ? end_with(g, o->backward, o->explains) : TG_OK;
}

static const tg_op planned = {.name = "planned",
                              .forward = planned_forward,
                              .backward = planned_backward};

static tg_tensor *apply_planned(tg_graph *g, tg_tensor *x, outcome o)
{
    return tg_apply(g, &planned, TG_F64, TG_SCALAR, 1, &x, &o, sizeof o);
}

TEST(returns_the_status_of_forward)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SCALAR, 1);

    for (int status = 1; status <= TG_ERR_GRADIENT; status++) {
        outcome o = {.forward = (tg_status)status};
        EXPECT_REFUSED(g, apply_planned(g, x, o), (tg_status)status, "planned");
        o.explains = true;
        EXPECT_REFUSED(g, apply_planned(g, x, o), (tg_status)status,
                       "as planned");
    }
    MADE(apply_planned(g, x, (outcome){0}));
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(returns_the_status_of_backward)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SCALAR, 1);

    for (int status = 1; status <= TG_ERR_GRADIENT; status++) {
        outcome o = {.backward = (tg_status)status};
        for (int explains = 0; explains < 2; explains++) {
            o.explains = explains;
            tg_tensor *y = MADE(apply_planned(g, x, o));
            EXPECT_STATUS(tg_backward(g, y), (tg_status)status);
            EXPECT_MESSAGE(explains ? "as planned" : "planned");
            EXPECT_STATUS(tg_graph_reset(g), (tg_status)status);
        }
    }
    ck_assert_ptr_null(tg_grad(x));
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(refuses_backward_where_there_is_none)
{
    static const tg_op one_way = {.name = "one_way", .forward = cube_forward};
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SCALAR, 1);
    double scale = 1;
    tg_tensor *y = MADE(
        tg_apply(g, &one_way, TG_F64, TG_SCALAR, 1, &x, &scale, sizeof scale));

    EXPECT_STATUS(tg_backward(g, y), TG_ERR_UNSUPPORTED);
    EXPECT_MESSAGE("one_way");
    /* beside the way it does no harm */
    EXPECT_STATUS(tg_graph_reset(g), TG_ERR_UNSUPPORTED);
    MADE(tg_apply(g, &one_way, TG_F64, TG_SCALAR, 1, &x, &scale, sizeof scale));
    EXPECT_OK(tg_backward(g, tg_square(g, x)));
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* Shares that are missing, or are not of the input's shape and dtype. */
static tg_tensor *strange_share;

static tg_status strange_backward(tg_graph *g, const tg_call *call,
                                  tg_tensor *dy, tg_tensor **dx)
{
    (void)g, (void)call, (void)dy;
    dx[0] = strange_share;
    return TG_OK;
}

static void expect_bad_share(tg_tensor *share)
{
    static const tg_op strange = {.name = "strange",
                                  .forward = cube_forward,
                                  .backward = strange_backward};
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(2), 1);
    double scale = 1;
    tg_tensor *y = MADE(tg_apply(g, &strange, TG_F64, TG_SHAPE(2), 1, &x,
                                 &scale, sizeof scale));

    strange_share = share;
    ck_assert_int_ne(tg_backward_from(g, y, NULL), TG_OK);
    EXPECT_MESSAGE("strange");
    ck_assert_ptr_null(tg_grad(x));
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(refuses_shares_that_do_not_fit)
{
    tg_tensor *longer = random_tensor(TG_F64, TG_SHAPE(3), 1);
    tg_tensor *column = random_tensor(TG_F64, TG_SHAPE(2, 1), 1);
    tg_tensor *narrow = random_tensor(TG_F32, TG_SHAPE(2), 1);
    tg_graph *other = MADE(tg_graph_new());
    tg_tensor *two = random_tensor(TG_F64, TG_SHAPE(2), 1);

    expect_bad_share(NULL);
    expect_bad_share(longer);
    expect_bad_share(column);
    expect_bad_share(narrow);
    expect_bad_share(MADE(tg_neg(other, two)));
    tg_tensor_free(longer);
    tg_tensor_free(column);
    tg_tensor_free(narrow);
    tg_tensor_free(two);
    tg_graph_free(other);
}

/* A closure may hand on what it did not make: the gradient that arrived, an
 * input, a leaf. None of these is changed when shares are added. */
static tg_status lazy_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                               tg_tensor **dx)
{
    (void)g;
    dx[0] = dy;
    dx[1] = call->in[1];
    return TG_OK;
}

static tg_status zero_forward(const tg_call *call)
{
    for (int64_t i = 0; i < tg_tensor_size(call->out); i++)
        tg_data_f64(call->out)[i] = 0;
    return TG_OK;
}

TEST(takes_any_tensor_for_a_share)
{
    static const tg_op lazy = {
        .name = "lazy", .forward = zero_forward, .backward = lazy_backward};
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2), 3, 4);
    tg_tensor *dy = TENSOR(TG_F64, TG_SHAPE(2), 10, 20);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *in[] = {x, x};
    tg_tensor *y =
        MADE(tg_apply(g, &lazy, TG_F64, TG_SHAPE(2), 2, in, NULL, 0));
    for (int run = 1; run < 3; run++) {
        EXPECT_OK(tg_backward_from(g, y, dy));
        EXPECT_VALUES(tg_grad(x), 13 * run, 24 * run);
        EXPECT_VALUES(x, 3, 4);
        EXPECT_VALUES(dy, 10, 20);
    }
    tg_tensor_free(x);
    tg_tensor_free(dy);
    tg_graph_free(g);
}

static tg_status zero_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                               tg_tensor **dx)
{
    (void)g, (void)call, (void)dy;
    dx[0] = TG_NONE;
    return TG_OK;
}

/* Zero goes on to whatever lies behind, adds nothing, and is a gradient. */
TEST(takes_none_for_zero)
{
    static const tg_op flat = {
        .name = "flat", .forward = cube_forward, .backward = zero_backward};
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(2), 1), *dx;
    double scale = 1;
    tg_tensor *twice = MADE(tg_mul_scalar(g, x, 2));
    tg_tensor *y = MADE(tg_apply(g, &flat, TG_F64, TG_SHAPE(2), 1, &twice,
                                 &scale, sizeof scale));

    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(x), 0, 0);
    ck_assert_ptr_null(tg_grad(twice));
    EXPECT_OK(tg_gradients(g, tg_sum(g, y), NULL, 1, &x, &dx,
                           (tg_gradients_options){0}));
    EXPECT_VALUES(dx, 0, 0);
    EXPECT_OK(tg_backward_from(g, tg_add(g, y, tg_add(g, twice, y)), NULL));
    EXPECT_VALUES(tg_grad(x), 2, 2);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST_MAIN("apply", takes_none_for_zero, differentiates_as_the_librarys_own,
          shows_its_formula, returns_the_status_of_forward,
          returns_the_status_of_backward, refuses_backward_where_there_is_none,
          refuses_shares_that_do_not_fit, takes_any_tensor_for_a_share)
