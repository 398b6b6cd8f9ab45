/* TG_VERIFY=1 against kernels that are wrong on purpose. They are put in
 * through a neighbour's door, so the library is linked as its rooms. */
#define _POSIX_C_SOURCE 200809L /* setenv */
#include "kernels.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- kernels that are plain but for one */

static tg_kernels_f32 f32;
static tg_kernels_f64 f64;
static const tg_kernels wrong = {"wrong", &f32, &f64};

static void start_plain(void)
{
    ck_assert_int_eq(setenv("TG_VERIFY", "1", 1), 0);
    f32 = *tg_kernels_plain()->f32;
    f64 = *tg_kernels_plain()->f64;
    tg_kernels_use(&wrong);
}

static void wrong_square(size_t n, const float *x, float *y)
{
    tg_kernels_plain()->f32->square(n, x, y);
    y[n - 1] += 1;
}

static void wrong_exp(size_t n, const double *x, double *y)
{
    tg_kernels_plain()->f64->exp(n, x, y);
    y[0] *= 1 + 1e-7;
}

static void nan_neg(size_t n, const float *x, float *y)
{
    tg_kernels_plain()->f32->neg(n, x, y);
    y[0] = NAN;
}

static void finite_neg(size_t n, const float *x, float *y)
{
    tg_kernels_plain()->f32->neg(n, x, y);
    for (size_t i = 0; i < n; i++)
        y[i] = isnan(y[i]) ? 0 : y[i];
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

static void wrong_places(size_t n, const tg_windows2d *s, const float *x,
                         int64_t *at)
{
    tg_kernels_plain()->f32->max_pool2d(n, s, x, at);
    at[0] = at[0] == 0;
}

static float off_by;

static void rounding_matmul(const tg_matmul_sizes *s, const float *a,
                            const float *b, float *room, float *y)
{
    tg_kernels_plain()->f32->matmul(s, a, b, room, y);
    y[0] += off_by;
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

TEST(asks_more_of_f64)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2), 1, 2);

    start_plain();
    f64.exp = wrong_exp;
    EXPECT_REFUSED(g, tg_exp(g, x), TG_ERR_VERIFY, "exp: kernel exp of wrong");
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(wants_nan_where_plain_kernels_have_it)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(3), 1, NAN, INFINITY);

    start_plain();
    f32.neg = nan_neg;
    EXPECT_REFUSED(g, tg_neg(g, x), TG_ERR_VERIFY, "element 0 of (3,): nan");
    f32.neg = finite_neg;
    EXPECT_REFUSED(g, tg_neg(g, x), TG_ERR_VERIFY, "element 1 of (3,): 0");
    f32.neg = tg_kernels_plain()->f32->neg;
    EXPECT_VALUES(MADE(tg_neg(g, x)), -1, NAN, -INFINITY);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(compares_whole_numbers)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(1, 1, 2, 2), 4, 3, 2, 1);

    start_plain();
    f32.max_pool2d = wrong_places;
    EXPECT_REFUSED(g,
                   tg_max_pool2d(g, x, (tg_pool2d_options){.kernel = {2, 2}}),
                   TG_ERR_VERIFY, "kernel max_pool2d of wrong");
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

TEST(forgives_rounding_where_terms_cancel)
{
    enum { N = 64 };
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *a = random_tensor(TG_F32, TG_SHAPE(1, N), 1);
    tg_tensor *b = MADE(tg_tensor_new(TG_F32, TG_SHAPE(N, 1)));
    float *from = tg_data(a), *to = tg_data(b);

    for (int i = 0; i < N; i += 2) {
        to[i] = from[i + 1];
        to[i + 1] = -from[i];
    }
    start_plain();
    f32.matmul = rounding_matmul;
    off_by = 1e-6F;
    MADE(tg_matmul(g, a, b));
    off_by = 1e-2F;
    EXPECT_REFUSED(g, tg_matmul(g, a, b), TG_ERR_VERIFY,
                   "element 0 of (1, 1): 0.00999999978 against 0");
    tg_tensor_free(a);
    tg_tensor_free(b);
    tg_graph_free(g);
}

static void rounding_product(const tg_matmul_sizes *s, const double *a,
                             const double *b, double *room, double *y)
{
    tg_kernels_plain()->f64->matmul(s, a, b, room, y);
    y[0] += 1e-16;
}

TEST(forgives_rounding_where_two_terms_cancel)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *a = TENSOR(TG_F64, TG_SHAPE(1, 2), 0.7, -0.7);
    tg_tensor *b = TENSOR(TG_F64, TG_SHAPE(2, 1), 1, 1);

    start_plain();
    f64.matmul = rounding_product;
    MADE(tg_matmul(g, a, b));
    tg_tensor_free(a);
    tg_tensor_free(b);
    tg_graph_free(g);
}

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
          names_all_kernels_of_an_op, asks_more_of_f64,
          wants_nan_where_plain_kernels_have_it, compares_whole_numbers,
          holds_in_a_backward, holds_in_a_replay,
          forgives_rounding_where_terms_cancel,
          forgives_rounding_where_two_terms_cancel,
          runs_an_op_without_kernels_once, runs_a_checkpoint_once,
          survives_lack_of_memory, is_off_unless_asked_for)
