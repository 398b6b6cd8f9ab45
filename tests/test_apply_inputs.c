/* What an op of one's own may be applied to, and what it is handed. */
#include "support.h"

#include <string.h>

/* y = sum of the inputs' sums. */
static tg_status total_forward(const tg_call *call)
{
    double total = 0;

    for (int i = 0; i < call->n_in; i++)
        for (int64_t j = 0; j < tg_tensor_size(call->in[i]); j++)
            total += tg_data_f64(call->in[i])[j];
    tg_data_f64(call->out)[0] = total;
    return TG_OK;
}

/* wanted as it was at the latest backward */
static bool was_wanted[300];

static tg_status total_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                                tg_tensor **dx)
{
    for (int i = 0; i < call->n_in; i++) {
        was_wanted[i] = call->wanted[i];
        dx[i] = tg_broadcast_to(g, dy, tg_tensor_shape(call->in[i]));
    }
    return TG_OK;
}

static const tg_op total = {.name = "total",
                            .forward = total_forward,
                            .backward = total_backward,
                            .saves_nothing = true};

static tg_tensor *apply_total(tg_graph *g, int n, tg_tensor *const *in)
{
    return tg_apply(g, &total, TG_F64, TG_SCALAR, n, in, NULL, 0);
}

TEST(says_which_inputs_want_a_share)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2), 1, 2);
    tg_tensor *c = TENSOR(TG_F64, TG_SHAPE(2), 10, 20);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *in[] = {c, x, tg_square(g, x), tg_detach(g, x)};
    tg_tensor *y = MADE(apply_total(g, 4, in));
    EXPECT_VALUES(y, 30 + 3 + 5 + 3);
    EXPECT_OK(tg_backward(g, y));
    const bool expected[] = {false, true, true, false};
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(was_wanted[i], expected[i]);
    EXPECT_VALUES(tg_grad(x), 1 + 2, 1 + 4);
    ck_assert_ptr_null(tg_grad(c));
    tg_tensor_free(x);
    tg_tensor_free(c);
    tg_graph_free(g);
}

TEST(takes_many_inputs_and_none)
{
    enum { MANY = 300 };
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *in[MANY];

    EXPECT_VALUES(apply_total(g, 0, NULL), 0);
    for (int i = 0; i < MANY; i++) {
        in[i] = TENSOR(TG_F64, TG_SCALAR, i);
        EXPECT_OK(tg_set_requires_grad(in[i], i % 2));
    }
    tg_tensor *y = MADE(apply_total(g, MANY, in));
    EXPECT_VALUES(y, MANY * (MANY - 1) / 2);
    ck_assert_int_eq(tg_graph_node(g, 1).n_in, MANY);
    EXPECT_OK(tg_backward(g, tg_mul_scalar(g, y, 3)));
    for (int i = 0; i < MANY; i++) {
        if (i % 2)
            EXPECT_VALUES(tg_grad(in[i]), 3);
        else
            ck_assert_ptr_null(tg_grad(in[i]));
        tg_tensor_free(in[i]);
    }
    tg_graph_free(g);
}

/* The caller's array of inputs and its env may be gone after the call. */
static tg_tensor *apply_from_the_stack(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    tg_tensor *in[] = {a, b};

    return apply_total(g, 2, in);
}

TEST(copies_the_list_of_inputs)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(2), 1);
    tg_tensor *y = MADE(apply_from_the_stack(g, x, x));

    EXPECT_OK(tg_backward(g, y));
    EXPECT_VALUES(tg_grad(x), 2, 2);
    tg_tensor_free(x);
    tg_graph_free(g);
}

typedef struct wide_env {
    long double number;
    char text[1000];
} wide_env;

static tg_status read_env(const tg_call *call)
{
    const wide_env *env = call->env;

    ck_assert_uint_eq((uintptr_t)env % _Alignof(max_align_t), 0);
    ck_assert_int_eq(env->text[999], 'z');
    tg_data_f64(call->out)[0] = (double)env->number;
    return TG_OK;
}

TEST(copies_the_env_and_aligns_it)
{
    static const tg_op reader = {.name = "reader", .forward = read_env};
    tg_graph *g = MADE(tg_graph_new());

    for (int i = 0; i < 20; i++) {
        wide_env env = {.number = i};
        env.text[999] = 'z';
        tg_tensor *y = MADE(
            tg_apply(g, &reader, TG_F64, TG_SCALAR, 0, NULL, &env, sizeof env));
        memset(&env, 0, sizeof env);
        EXPECT_VALUES(y, i);
        MADE(tg_apply(g, &total, TG_F64, TG_SCALAR, 0, NULL, NULL, 0));
    }
    EXPECT_OK(tg_replay(g));
    EXPECT_VALUES(tg_graph_node(g, 38).out, 19);
    tg_graph_free(g);
}

static tg_status read_byte(const tg_call *call)
{
    tg_data_f64(call->out)[0] = *(unsigned char *)call->env;
    return TG_OK;
}

TEST(copies_an_env_of_one_byte)
{
    static const tg_op reader = {.name = "reader", .forward = read_byte};
    tg_graph *g = MADE(tg_graph_new());
    unsigned char byte = 123;

    EXPECT_VALUES(tg_apply(g, &reader, TG_F64, TG_SCALAR, 0, NULL, &byte, 1),
                  123);
    tg_graph_free(g);
}

/* sign's derivative is zero: what it makes is a constant for the graph. */
TEST(stops_gradients_on_request)
{
    static const tg_op stopper = {
        .name = "stopper", .forward = total_forward, .stops_gradient = true};
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SCALAR, 3);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *s =
        MADE(tg_apply(g, &stopper, TG_F64, TG_SCALAR, 1, &x, NULL, 0));
    ck_assert(!tg_requires_grad(s));
    EXPECT_OK(tg_backward(g, tg_mul(g, s, x)));
    EXPECT_VALUES(tg_grad(x), 3);
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* Whether a change of x after the call matters is the op's own word. */
TEST(believes_an_op_that_saves_nothing)
{
    tg_op saving = total;
    saving.saves_nothing = false;
    const tg_op *ops[] = {&total, &saving};

    for (int i = 0; i < 2; i++) {
        tg_graph *g = MADE(tg_graph_new());
        tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(2), 1);
        tg_tensor *fresh = random_tensor(TG_F64, TG_SHAPE(2), 2);
        tg_tensor *y =
            MADE(tg_apply(g, ops[i], TG_F64, TG_SCALAR, 1, &x, NULL, 0));
        EXPECT_OK(tg_tensor_copy(x, fresh));
        EXPECT_STATUS(tg_backward(g, y), i == 0 ? TG_OK : TG_ERR_STATE);
        tg_tensor_free(x);
        tg_tensor_free(fresh);
        tg_graph_free(g);
    }
}

TEST(refuses)
{
    static const tg_op hollow = {.name = "hollow"};
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(2), 1);
    tg_tensor *foreign = MADE(tg_neg(other, x));
    const tg_shape huge = TG_SHAPE((int64_t)1 << 32, (int64_t)1 << 32);

    const int ranks[] = {-1, TG_MAX_DIMS + 1, INT32_MAX, INT32_MIN};
    for (int i = 0; i < 4; i++) {
        tg_shape deep = {.ndim = ranks[i]};
        EXPECT_REFUSED(g, tg_apply(g, &total, TG_F64, deep, 1, &x, NULL, 0),
                       TG_ERR_SHAPE, "total");
    }
    EXPECT_REFUSED(g, tg_apply(g, &total, TG_F64, huge, 1, &x, NULL, 0),
                   TG_ERR_SHAPE, "total");
    EXPECT_REFUSED(g, tg_apply(g, &total, TG_F64, TG_SHAPE(-1), 1, &x, NULL, 0),
                   TG_ERR_SHAPE, "total");
    EXPECT_REFUSED(g,
                   tg_apply(g, &total, (tg_dtype)9, TG_SCALAR, 1, &x, NULL, 0),
                   TG_ERR_DTYPE, "total");
    EXPECT_REFUSED(g,
                   tg_apply(g, &total, TG_F64, TG_SCALAR, 1, &foreign, NULL, 0),
                   TG_ERR_ARG, "total");
    EXPECT_REFUSED(g, tg_apply(g, &total, TG_F64, TG_SCALAR, -1, &x, NULL, 0),
                   TG_ERR_ARG, "total");
    EXPECT_REFUSED(g, tg_apply(g, &total, TG_F64, TG_SCALAR, 1, NULL, NULL, 0),
                   TG_ERR_ARG, "total");
    EXPECT_REFUSED(g, tg_apply(g, &total, TG_F64, TG_SCALAR, 1, &x, NULL, 8),
                   TG_ERR_ARG, "total");
    EXPECT_REFUSED(g, tg_apply(g, NULL, TG_F64, TG_SCALAR, 1, &x, NULL, 0),
                   TG_ERR_ARG, "");
    EXPECT_REFUSED(g, tg_apply(g, &hollow, TG_F64, TG_SCALAR, 1, &x, NULL, 0),
                   TG_ERR_ARG, "hollow");
    ck_assert_ptr_null(
        tg_apply(NULL, &total, TG_F64, TG_SCALAR, 1, &x, NULL, 0));
    tg_tensor_free(x);
    tg_graph_free(g);
    tg_graph_free(other);
}

TEST_MAIN("apply_inputs", says_which_inputs_want_a_share,
          takes_many_inputs_and_none, copies_the_list_of_inputs,
          copies_the_env_and_aligns_it, copies_an_env_of_one_byte,
          stops_gradients_on_request, believes_an_op_that_saves_nothing,
          refuses)
