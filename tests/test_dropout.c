#include "support.h"
#include "unary.h"

#include <math.h>
#include <stdlib.h>

static tg_tensor *halve(tg_graph *g, tg_tensor *x)
{
    return tg_dropout(g, x, 0.5);
}

static tg_tensor *ones(tg_dtype dtype, int64_t n)
{
    tg_tensor *x = MADE(tg_tensor_full(dtype, TG_SHAPE(n), 1));

    EXPECT_OK(tg_set_requires_grad(x, true));
    return x;
}

static int64_t count_dropped(const tg_tensor *y, double kept)
{
    int64_t dropped = 0;

    for (int64_t i = 0; i < tg_tensor_size(y); i++) {
        double value = element(y, i);
        if (value == 0)
            dropped++;
        else if (!(fabs(value - kept) <= 1e-6 * kept))
            ck_abort_msg("element is %g, not 0 or %g", value, kept);
    }
    return dropped;
}

static void check_share(tg_dtype dtype, double p)
{
    enum { N = 100000 };
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = ones(dtype, N), *y = MADE(tg_dropout(g, x, p));
    double dropped = (double)count_dropped(y, 1 / (1 - p)) / N;
    double deviation = sqrt(p * (1 - p) / N);

    ck_assert_double_le(fabs(dropped - p), 5 * deviation);
    double mean = tg_item(MADE(tg_mean(g, y)));
    ck_assert_double_le(fabs(mean - 1), 5 * deviation / (1 - p));
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(keeps_the_mean)
{
    const double ps[] = {0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99};

    for (int i = 0; i < 7; i++) {
        check_share(TG_F32, ps[i]);
        check_share(TG_F64, ps[i]);
    }
}

/* No place is favoured, and neighbours know nothing of each other. */
TEST(drops_evenly)
{
    enum { N = 64, TURNS = 4000 };
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = ones(TG_F32, N);
    int dropped[N] = {0}, both = 0;

    for (int turn = 0; turn < TURNS; turn++) {
        const float *y = tg_data_f32(MADE(tg_dropout(g, x, 0.5)));
        for (int i = 0; i < N; i++) {
            dropped[i] += y[i] == 0;
            both += y[i] == 0 && y[(i + 1) % N] == 0;
        }
        EXPECT_OK(tg_graph_reset(g));
    }
    for (int i = 0; i < N; i++)
        ck_assert_double_le(fabs((double)dropped[i] / TURNS - 0.5),
                            6 * 0.5 / sqrt(TURNS));
    ck_assert_double_le(fabs((double)both / TURNS / N - 0.25), 0.01);
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* y = x m, so dx is m too: with x = 1, y itself. */
TEST(has_the_same_mask_in_backward)
{
    for (int dtype = TG_F32; dtype <= TG_F64; dtype++) {
        tg_graph *g = MADE(tg_graph_new());
        tg_tensor *x = ones((tg_dtype)dtype, 1003);
        tg_tensor *y = MADE(tg_dropout(g, x, 0.3));
        EXPECT_OK(tg_backward_from(g, y, NULL));
        EXPECT_SAME_BITS(tg_grad(x), y);
        tg_tensor_free(x);
        tg_graph_free(g);
    }
}

static tg_tensor *apply(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    ck_assert_int_eq(n, 1);
    tg_graph_seed(g, 1);
    return tg_dropout(g, in[0], *(const double *)env);
}

/* Seeded anew at each call: differences need one mask. */
TEST(is_differentiable)
{
    const double ps[] = {0, 0.25, 0.5, 0.9, 1};
    const tg_shape shapes[] = {TG_SCALAR, TG_SHAPE(7), TG_SHAPE(2, 3, 2),
                               TG_SHAPE(0, 3), TG_SHAPE(1, 2, 3, 1, 2)};

    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 5; k++)
            check_op(HERE, apply, (void *)&ps[i], 1, &shapes[k]);
}

TEST(draws_another_mask_in_each_call)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = ones(TG_F32, 64), *made[8];

    for (int i = 0; i < 8; i++) {
        made[i] = MADE(halve(g, x));
        for (int k = 0; k < i; k++) {
            int same = 0;
            for (int at = 0; at < 64; at++)
                same += element(made[i], at) == element(made[k], at);
            ck_assert_int_lt(same, 60);
        }
    }
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* After a reset too: the next step of a training loop is another one. */
TEST(draws_on_after_a_reset)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = ones(TG_F32, 64);
    tg_tensor *first = MADE(tg_tensor_clone(MADE(halve(g, x))));
    int same = 0;

    EXPECT_OK(tg_graph_reset(g));
    tg_tensor *second = MADE(halve(g, x));
    for (int at = 0; at < 64; at++)
        same += element(first, at) == element(second, at);
    ck_assert_int_lt(same, 60);
    tg_tensor_free(first);
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* A mask of one seed is the same in f32 and f64, and of two seeds is not. */
TEST(follows_the_seed)
{
    tg_graph *g = MADE(tg_graph_new()), *h = MADE(tg_graph_new());
    tg_tensor *x = ones(TG_F32, 256), *z = ones(TG_F64, 256);

    tg_graph_seed(g, 42);
    tg_tensor *first = MADE(halve(g, x));
    tg_graph_seed(h, 42);
    tg_tensor *wide = MADE(halve(h, z));
    double *values = elements(wide);
    EXPECT_WITHIN(first, TG_SHAPE(256), values, 0);
    tg_graph_seed(g, 42);
    EXPECT_SAME_BITS(halve(g, x), first);
    tg_graph_seed(g, 43);
    tg_tensor *other = MADE(halve(g, x));
    int same = 0;
    for (int i = 0; i < 256; i++)
        same += element(other, i) == element(first, i);
    ck_assert_int_lt(same, 200);
    free(values);
    tg_tensor_free(x);
    tg_tensor_free(z);
    tg_graph_free(g);
    tg_graph_free(h);
}

/* New values, the same mask. */
TEST(has_the_same_mask_in_a_replay)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = ones(TG_F64, 100), *dx;
    tg_tensor *y = MADE(halve(g, x));
    double *mask = elements(y);
    tg_gradients_options create = {.create_graph = true};

    EXPECT_OK(
        tg_gradients(g, tg_sum(g, tg_square(g, y)), NULL, 1, &x, &dx, create));
    for (int turn = 1; turn < 4; turn++) {
        for (int i = 0; i < 100; i++)
            tg_data_f64(x)[i] = turn * (i + 1);
        EXPECT_OK(tg_replay(g));
        for (int i = 0; i < 100; i++) {
            ck_assert_double_eq(element(y, i), mask[i] * element(x, i));
            ck_assert_double_eq(element(dx, i),
                                2 * mask[i] * mask[i] * element(x, i));
        }
    }
    free(mask);
    tg_tensor_free(x);
    tg_graph_free(g);
}

static tg_tensor *two_masks(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_mul(g, halve(g, in[0]), halve(g, tg_square(g, in[0])));
}

/* gradcheck sees to it that every run of a function draws the same. */
TEST(is_differentiable_without_a_seed)
{
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(40), 1);

    for (int order = 1; order <= 2; order++)
        EXPECT_OK(tg_gradcheck(two_masks, &x, 1, NULL,
                               (tg_gradcheck_options){.order = order}));
    tg_tensor_free(x);
}

/* Recomputed with the masks of the first run; what comes after it draws on. */
TEST(has_the_same_mask_in_a_checkpoint)
{
    tg_graph *g = MADE(tg_graph_new()), *h = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(100), 1);
    tg_tensor *z = random_leaf(TG_F64, TG_SHAPE(100), 1);
    tg_tensor *y = tg_checkpoint(g, two_masks, &x, 1, NULL);
    tg_tensor *plain = two_masks(h, &z, 1, NULL);

    EXPECT_SAME_BITS(y, plain);
    tg_tensor *after = MADE(halve(g, x));
    EXPECT_SAME_BITS(after, halve(h, z));
    for (int turn = 0; turn < 2; turn++) {
        EXPECT_OK(tg_backward_from(g, y, NULL));
        EXPECT_OK(tg_backward_from(h, plain, NULL));
        EXPECT_SAME_BITS(tg_grad(x), tg_grad(z));
        EXPECT_OK(tg_replay(g));
        EXPECT_SAME_BITS(y, plain);
    }
    EXPECT_SAME_BITS(halve(g, x), halve(h, z));
    tg_tensor_free(x);
    tg_tensor_free(z);
    tg_graph_free(g);
    tg_graph_free(h);
}

TEST(keeps_all_or_nothing_at_the_ends)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(5), 1, -2, 3, 0, INFINITY);

    EXPECT_OK(tg_set_requires_grad(x, true));
    EXPECT_SAME_BITS(tg_dropout(g, x, 0), x);
    tg_tensor *y = MADE(tg_dropout(g, x, 1));
    EXPECT_VALUES(y, 0, 0, 0, 0, 0);
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(x), 0, 0, 0, 0, 0);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(passes_x_when_not_training)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(64), 1);

    ck_assert(tg_graph_set_training(g, false));
    EXPECT_SAME_BITS(tg_dropout(g, x, 0.5), x);
    EXPECT_SAME_BITS(tg_dropout(g, x, 1), x);
    EXPECT_OK(tg_backward(g, tg_sum(g, tg_dropout(g, x, 0.9))));
    for (int i = 0; i < 64; i++)
        ck_assert_double_eq(element(tg_grad(x), i), 1);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(refuses)
{
    const double wrong[] = {-0.1, 1.1, NAN, INFINITY, -INFINITY, -1e-300};
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);

    for (int training = 0; training < 2; training++) {
        tg_graph_set_training(g, training);
        for (int i = 0; i < 6; i++)
            EXPECT_REFUSED(g, tg_dropout(g, x, wrong[i]), TG_ERR_ARG,
                           "dropout");
    }
    tg_tensor_free(x);
    tg_graph_free(g);
    check_refusals_of_one("dropout", halve, TG_SHAPE(2, 3), false);
}

TEST_MAIN("dropout", keeps_the_mean, drops_evenly,
          has_the_same_mask_in_backward, is_differentiable,
          is_differentiable_without_a_seed, draws_another_mask_in_each_call,
          draws_on_after_a_reset, follows_the_seed,
          has_the_same_mask_in_a_replay, has_the_same_mask_in_a_checkpoint,
          keeps_all_or_nothing_at_the_ends, passes_x_when_not_training, refuses)
