#include "support.h"

/* What an observer was told, in order. */
typedef struct diary {
    int turns;
    const char *op[10];
    double arrived[10];
    double share[10][2]; /* -1: none wanted */
} diary;

static void note(const tg_backward_step *step, void *env)
{
    diary *d = env;

    ck_assert_int_lt(d->turns, 10);
    d->op[d->turns] = step->node.op;
    d->arrived[d->turns] = tg_item(step->grad_out);
    for (int i = 0; i < step->node.n_in && i < 2; i++)
        d->share[d->turns][i] =
            step->grad_in[i] ? tg_item(step->grad_in[i]) : -1;
    d->turns++;
}

/* y = (x c)^2 at x = 3, c = 2: dy/d(xc) = 12, dy/dx = 24. */
TEST(tells_each_turn_newest_first)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SCALAR, 1);
    tg_tensor *c = TENSOR(TG_F64, TG_SCALAR, 2);
    tg_tensor *three = TENSOR(TG_F64, TG_SCALAR, 3);
    diary d = {0};

    EXPECT_OK(tg_tensor_copy(x, three));
    tg_tensor *product = MADE(tg_mul(g, x, c));
    MADE(tg_neg(g, product)); /* not on the way */
    tg_tensor *y = MADE(tg_square(g, product));
    EXPECT_OK(tg_backward_observe(g, y, NULL, note, &d));
    ck_assert_int_eq(d.turns, 2);
    ck_assert_str_eq(d.op[0], "square");
    ck_assert_str_eq(d.op[1], "mul");
    ck_assert_double_eq(d.arrived[0], 1);
    ck_assert_double_eq(d.share[0][0], 12);
    ck_assert_double_eq(d.arrived[1], 12);
    ck_assert_double_eq(d.share[1][0], 24);
    ck_assert_double_eq(d.share[1][1], -1);
    ck_assert_ptr_null(tg_grad(x));
    tg_tensor_free(x);
    tg_tensor_free(c);
    tg_tensor_free(three);
    tg_graph_free(g);
}

TEST(tells_the_sum_of_shares)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SCALAR, 2);
    tg_tensor *seven = TENSOR(TG_F64, TG_SCALAR, 7);
    diary d = {0};

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_square(g, x));
    EXPECT_OK(tg_backward_observe(g, tg_add(g, y, y), seven, note, &d));
    ck_assert_int_eq(d.turns, 2);
    ck_assert_double_eq(d.arrived[0], 7);
    ck_assert_double_eq(d.share[0][0], 7);
    ck_assert_double_eq(d.share[0][1], 7);
    ck_assert_double_eq(d.arrived[1], 14);
    ck_assert_double_eq(d.share[1][0], 56);
    tg_tensor_free(x);
    tg_tensor_free(seven);
    tg_graph_free(g);
}

TEST(leaves_gradients_as_they_were)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SCALAR, 1);
    tg_tensor *y = MADE(tg_square(g, x));
    diary d = {0};

    EXPECT_OK(tg_retain_grad(y));
    EXPECT_OK(tg_backward(g, y));
    tg_tensor *dx = MADE(tg_tensor_clone(tg_grad(x)));
    tg_tensor *dy = MADE(tg_tensor_clone(tg_grad(y)));
    EXPECT_OK(tg_backward_observe(g, y, NULL, note, &d));
    EXPECT_SAME_BITS(tg_grad(x), dx);
    EXPECT_SAME_BITS(tg_grad(y), dy);
    tg_tensor_free(x);
    tg_tensor_free(dx);
    tg_tensor_free(dy);
    tg_graph_free(g);
}

TEST(refuses_as_backward_does)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2), 1);
    tg_tensor *c = random_tensor(TG_F32, TG_SCALAR, 2);
    tg_tensor *y = MADE(tg_sum(g, x));
    diary d = {0};

    EXPECT_STATUS(tg_backward_observe(g, tg_sum(g, c), NULL, note, &d),
                  TG_ERR_ARG);
    EXPECT_STATUS(tg_backward_observe(other, y, NULL, note, &d), TG_ERR_ARG);
    EXPECT_STATUS(tg_backward_observe(g, y, x, note, &d), TG_ERR_SHAPE);
    EXPECT_STATUS(tg_backward_observe(g, y, NULL, NULL, NULL), TG_ERR_ARG);
    EXPECT_STATUS(tg_backward_observe(NULL, y, NULL, note, &d), TG_ERR_ARG);
    ck_assert_int_eq(d.turns, 0);
    tg_tensor_free(x);
    tg_tensor_free(c);
    tg_graph_free(g);
    tg_graph_free(other);
}

static tg_status multiply(const tg_call *call)
{
    tg_data_f64(call->out)[0] =
        tg_data_f64(call->in[0])[0] * tg_data_f64(call->in[1])[0];
    return TG_OK;
}

/* Gives both shares, whichever are wanted. */
static tg_status eager_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                                tg_tensor **dx)
{
    dx[0] = tg_mul(g, call->in[1], dy);
    dx[1] = tg_mul(g, call->in[0], dy);
    return TG_OK;
}

TEST(tells_no_share_that_was_not_wanted)
{
    static const tg_op eager = {
        .name = "eager", .forward = multiply, .backward = eager_backward};

    for (int wanted = 0; wanted < 2; wanted++) {
        tg_graph *g = MADE(tg_graph_new());
        tg_tensor *in[] = {TENSOR(TG_F64, TG_SCALAR, 3),
                           TENSOR(TG_F64, TG_SCALAR, 5)};
        diary d = {0};
        EXPECT_OK(tg_set_requires_grad(in[wanted], true));
        tg_tensor *y =
            MADE(tg_apply(g, &eager, TG_F64, TG_SCALAR, 2, in, NULL, 0));
        EXPECT_OK(tg_backward_observe(g, y, NULL, note, &d));
        ck_assert_double_eq(d.share[0][wanted], wanted ? 3 : 5);
        ck_assert_double_eq(d.share[0][1 - wanted], -1);
        ck_assert(tg_graph_set_recording(g, true));
        tg_tensor_free(in[0]);
        tg_tensor_free(in[1]);
        tg_graph_free(g);
    }
}

TEST_MAIN("observe", tells_each_turn_newest_first, tells_the_sum_of_shares,
          tells_no_share_that_was_not_wanted, leaves_gradients_as_they_were,
          refuses_as_backward_does)
