/* What a closure or an observer may do to the graph that runs it. */
#include "support.h"

#include <string.h>

static tg_status copy_forward(const tg_call *call)
{
    memcpy(tg_data(call->out), tg_data(call->in[0]),
           (size_t)tg_tensor_size(call->in[0]) * sizeof(double));
    return TG_OK;
}

/* y = x by an op with the given backward, at x = 3; and backward. */
static tg_status run(tg_status (*backward)(tg_graph *, const tg_call *,
                                           tg_tensor *, tg_tensor **),
                     double *slope)
{
    const tg_op op = {
        .name = "special", .forward = copy_forward, .backward = backward};
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SCALAR, 3);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_apply(g, &op, TG_F64, TG_SCALAR, 1, &x, NULL, 0));
    tg_status status = tg_backward(g, tg_mul_scalar(g, y, 2));
    *slope = tg_grad(x) ? tg_item(tg_grad(x)) : 0;
    if (status == TG_OK)
        EXPECT_OK(tg_replay(g)); /* the graph is whole */
    tg_tensor_free(x);
    tg_graph_free(g);
    return status;
}

static tg_status reset_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                                tg_tensor **dx)
{
    (void)call;
    EXPECT_STATUS(tg_graph_reset(g), TG_ERR_STATE);
    dx[0] = dy;
    return TG_OK;
}

static tg_status rewind_backward(tg_graph *g, const tg_call *call,
                                 tg_tensor *dy, tg_tensor **dx)
{
    (void)call;
    EXPECT_STATUS(tg_graph_rewind(g, (tg_mark){0, 0}), TG_ERR_STATE);
    dx[0] = dy;
    return TG_OK;
}

static tg_status replay_backward(tg_graph *g, const tg_call *call,
                                 tg_tensor *dy, tg_tensor **dx)
{
    (void)call;
    EXPECT_STATUS(tg_replay(g), TG_ERR_STATE);
    dx[0] = dy;
    return TG_OK;
}

/* Each is refused, which the pass then reports: nothing is torn away. */
TEST(cannot_drop_the_graph)
{
    double slope;

    EXPECT_STATUS(run(reset_backward, &slope), TG_ERR_STATE);
    EXPECT_STATUS(run(rewind_backward, &slope), TG_ERR_STATE);
    EXPECT_STATUS(run(replay_backward, &slope), TG_ERR_STATE);
    ck_assert_double_eq(slope, 0);
}

/* dx = d(x^3)/dx dy, found by a pass inside the pass. */
static tg_status nested_backward(tg_graph *g, const tg_call *call,
                                 tg_tensor *dy, tg_tensor **dx)
{
    tg_graph *inner = MADE(tg_graph_new());
    tg_tensor *x = MADE(tg_tensor_clone(call->in[0])), *slope = NULL;

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *cube = tg_mul(inner, x, tg_square(inner, x));
    tg_status status = tg_gradients(inner, cube, NULL, 1, &x, &slope,
                                    (tg_gradients_options){0});
    tg_tensor *factor = MADE(tg_tensor_clone(slope));
    dx[0] = tg_mul_scalar(g, dy, tg_item(factor));
    tg_tensor_free(factor);
    tg_tensor_free(x);
    tg_graph_free(inner);
    return status;
}

TEST(may_differentiate_elsewhere)
{
    double slope;

    EXPECT_OK(run(nested_backward, &slope));
    ck_assert_double_eq(slope, 2 * 27);
}

static int made, destroyed;

static tg_status counting_forward(const tg_call *call)
{
    made++;
    return copy_forward(call);
}

static void count_destroyed(void *env)
{
    (void)env;
    destroyed++;
}

static const tg_op counted = {
    .name = "counted", .forward = counting_forward, .destroy = count_destroyed};

static tg_status counting_backward(tg_graph *g, const tg_call *call,
                                   tg_tensor *dy, tg_tensor **dx)
{
    const int env = 1;

    (void)call;
    dx[0] = tg_apply(g, &counted, TG_F64, TG_SCALAR, 1, &dy, &env, sizeof env);
    return TG_OK;
}

/* The env of an op inside a pass ends too, once. */
TEST(destroys_what_a_closure_applies)
{
    double slope;

    made = destroyed = 0;
    EXPECT_OK(run(counting_backward, &slope));
    ck_assert_double_eq(slope, 2);
    ck_assert_int_eq(made, 1);
    ck_assert_int_eq(destroyed, 1);
}

static tg_status broken_forward(const tg_call *call)
{
    (void)call;
    return TG_ERR_FORMAT;
}

static tg_status careless_backward(tg_graph *g, const tg_call *call,
                                   tg_tensor *dy, tg_tensor **dx)
{
    static const tg_op broken = {.name = "broken", .forward = broken_forward};
    tg_tensor *y = tg_square(g, dy);

    (void)call;
    dx[0] = tg_apply(g, &broken, TG_F64, TG_SCALAR, 1, &y, NULL, 0);
    return TG_OK; /* although it failed */
}

TEST(cannot_hide_a_failure)
{
    double slope;

    EXPECT_STATUS(run(careless_backward, &slope), TG_ERR_FORMAT);
    EXPECT_MESSAGE("broken");
    ck_assert_double_eq(slope, 0);
}

/* Names of temporaries, marks and looks at the record are harmless. */
static tg_status curious_backward(tg_graph *g, const tg_call *call,
                                  tg_tensor *dy, tg_tensor **dx)
{
    tg_mark mark = tg_graph_mark(g);

    dx[0] = tg_mul_scalar(g, dy, 1);
    EXPECT_OK(tg_set_name(dx[0], "share"));
    ck_assert_str_eq(tg_name(dx[0]), "share");
    ck_assert_uint_eq(mark.node, tg_graph_size(g));
    ck_assert_ptr_eq(tg_graph_node(g, 0).out, call->out);
    ck_assert_uint_eq(tg_graph_number(g, call->in[0]), tg_graph_size(g));
    ck_assert(!tg_graph_set_recording(g, false));
    return TG_OK;
}

TEST(may_look_around)
{
    double slope;

    EXPECT_OK(run(curious_backward, &slope));
    ck_assert_double_eq(slope, 2);
}

static void meddle(const tg_backward_step *step, void *env)
{
    tg_graph *g = env;

    EXPECT_STATUS(tg_graph_reset(g), TG_ERR_STATE);
    ck_assert_ptr_nonnull(step->node.out);
}

TEST(holds_observers_off_too)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SCALAR, 1);
    tg_tensor *y = MADE(tg_square(g, x));

    tg_backward_observe(g, y, NULL, meddle, g);
    ck_assert_uint_eq(tg_graph_size(g), 1);
    EXPECT_STATUS(tg_graph_reset(g), TG_ERR_STATE);
    EXPECT_OK(tg_graph_reset(g));
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* y = a b whose closure asks, the first time, for its own gradient to a. */
static tg_status product(const tg_call *call)
{
    *tg_data_f64(call->out) = tg_item(call->in[0]) * tg_item(call->in[1]);
    return TG_OK;
}

static tg_status again_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                                tg_tensor **dx)
{
    static bool within;
    tg_tensor *da;

    ck_assert(call->wanted[0] && call->wanted[1] != within);
    if (!within) {
        within = true;
        EXPECT_OK(tg_gradients(g, call->out, NULL, 1, &call->in[0], &da,
                               (tg_gradients_options){0}));
        within = false;
        EXPECT_VALUES(da, 5);
        ck_assert(call->wanted[0] && call->wanted[1]);
    }
    dx[0] = tg_mul(g, dy, call->in[1]);
    dx[1] = tg_mul(g, dy, call->in[0]);
    return TG_OK;
}

TEST(may_run_again_within_itself)
{
    static const tg_op op = {
        .name = "again", .forward = product, .backward = again_backward};
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *in[] = {TENSOR(TG_F64, TG_SCALAR, 3),
                       TENSOR(TG_F64, TG_SCALAR, 5)};

    for (int i = 0; i < 2; i++)
        EXPECT_OK(tg_set_requires_grad(in[i], true));
    EXPECT_OK(
        tg_backward(g, tg_apply(g, &op, TG_F64, TG_SCALAR, 2, in, NULL, 0)));
    EXPECT_VALUES(tg_grad(in[0]), 5);
    EXPECT_VALUES(tg_grad(in[1]), 3);
    for (int i = 0; i < 2; i++)
        tg_tensor_free(in[i]);
    tg_graph_free(g);
}

TEST_MAIN("reentrance", cannot_drop_the_graph, may_differentiate_elsewhere,
          destroys_what_a_closure_applies, cannot_hide_a_failure,
          may_look_around, holds_observers_off_too, may_run_again_within_itself)
