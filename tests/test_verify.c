/* TG_VERIFY=1: what is reported, and what is left alone. */
#include "wrong_kernels.h"

#include <string.h>

static void wrong_square(size_t n, const float *x, float *y)
{
    tg_kernels_plain()->f32->square(n, x, y);
    y[n - 1] += 1;
}

static void wrong_slope(size_t n, const float *x, const float *dy, float *dx)
{
    (void)x;
    memcpy(dx, dy, n * sizeof *dx);
}

static void wrong_round(size_t n, const double *sums, float *y)
{
    tg_kernels_plain()->f32->round_sums(n, sums, y);
    y[0] = 1000;
}

/* ---- what is reported */

TEST(names_the_kernel_and_both_values)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2, 2), 1, 2, 3, 4);

    start_plain();
    f32.square = wrong_square;
    EXPECT_REFUSED(g, tg_square(g, x), TG_ERR_VERIFY,
                   "square: kernel square of wrong differs from the plain one "
                   "at element 3 of (2, 2): 17 against 16");
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(names_all_kernels_of_an_op)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2), 1, 2);

    start_plain();
    f32.round_sums = wrong_round;
    EXPECT_REFUSED(g, tg_sum(g, x), TG_ERR_VERIFY,
                   ", round_sums of wrong differs from the plain one at "
                   "element 0 of (): 1000 against 3");
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(holds_in_a_backward)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2), 1, -2);

    start_plain();
    f32.relu_slope = wrong_slope;
    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_sum(g, tg_relu(g, x)));
    EXPECT_STATUS(tg_backward(g, y), TG_ERR_VERIFY);
    EXPECT_MESSAGE("kernel relu_slope of wrong");
    ck_assert_ptr_null(tg_grad(x));
    EXPECT_STATUS(tg_graph_reset(g), TG_ERR_VERIFY);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(holds_in_a_replay)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2), 1, 2);

    start_plain();
    MADE(tg_square(g, x));
    EXPECT_OK(tg_replay(g));
    f32.square = wrong_square;
    EXPECT_STATUS(tg_replay(g), TG_ERR_VERIFY);
    EXPECT_MESSAGE("kernel square of wrong");
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* ---- what is not */

static tg_status count_runs(const tg_call *call)
{
    int **runs = call->env;

    ++**runs;
    *(float *)tg_data(call->out) = 1;
    return TG_OK;
}

TEST(runs_an_op_without_kernels_once)
{
    start_plain();
    static const tg_op counter = {.name = "counter", .forward = count_runs};
    tg_graph *g = MADE(tg_graph_new());
    int runs = 0, *env = &runs;

    MADE(tg_apply(g, &counter, TG_F32, TG_SCALAR, 0, NULL, &env, sizeof env));
    ck_assert_int_eq(runs, 1);
    EXPECT_OK(tg_replay(g));
    ck_assert_int_eq(runs, 2);
    tg_graph_free(g);
}

static tg_tensor *count_squares(tg_graph *g, tg_tensor *const *in, int n,
                                void *env)
{
    (void)n;
    ++*(int *)env;
    return tg_square(g, in[0]);
}

TEST(runs_a_checkpoint_once)
{
    start_plain();
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2), 1, 2);
    int runs = 0;

    MADE(tg_checkpoint(g, count_squares, &x, 1, &runs));
    ck_assert_int_eq(runs, 1);
    EXPECT_OK(tg_replay(g));
    ck_assert_int_eq(runs, 2);
    tg_tensor_free(x);
    tg_graph_free(g);
}

static tg_status add_and_sum(tg_graph *g, void *env)
{
    tg_tensor *x = tg_tensor_new(TG_F32, TG_SHAPE(100, 100));
    tg_status s = TG_ERR_NOMEM;

    (void)env;
    if (x != NULL) {
        tg_sum(g, tg_add(g, x, x));
        s = tg_graph_status(g);
    }
    tg_tensor_free(x);
    return s;
}

TEST(survives_lack_of_memory)
{
    start_plain();
    check_out_of_memory(add_and_sum, NULL);
}

TEST(is_off_unless_asked_for)
{
    const char *fork = getenv("CK_FORK");
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2), 1, 2);

    start_plain();
    f32.square = wrong_square;
    ck_assert_int_eq(setenv("TG_VERIFY", "0", 1), 0);
    if (fork == NULL || strcmp(fork, "no") != 0)
        EXPECT_VALUES(MADE(tg_square(g, x)), 1, 5);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST_MAIN("verify", names_the_kernel_and_both_values,
          names_all_kernels_of_an_op, holds_in_a_backward, holds_in_a_replay,
          runs_an_op_without_kernels_once, runs_a_checkpoint_once,
          survives_lack_of_memory, is_off_unless_asked_for)
