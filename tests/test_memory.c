/* What a long run costs. */
#include "samples.h"

#include <stdio.h>

typedef struct learner {
    tg_graph *g;
    tg_tensor *x, *k, *target;
} learner;

static learner new_learner(int64_t H, int64_t W)
{
    return (learner){MADE(tg_graph_new()),
                     random_tensor(TG_F32, TG_SHAPE(H, W), 1),
                     random_leaf(TG_F32, TG_SHAPE(1, 2), 2),
                     random_tensor(TG_F32, TG_SHAPE(H, W - 1), 3)};
}

static void free_learner(learner l)
{
    tg_tensor_free(l.x);
    tg_tensor_free(l.k);
    tg_tensor_free(l.target);
    tg_graph_free(l.g);
}

/* A step of the chapter: loss, backward, descent, zero, reset. */
static void take_step(learner l)
{
    tg_tensor *error = tg_sub(l.g, tg_corr2d(l.g, l.x, l.k), l.target);

    EXPECT_OK(tg_backward(l.g, tg_sum(l.g, tg_square(l.g, error))));
    for (int i = 0; i < 2; i++)
        tg_data_f32(l.k)[i] -= 1e-4f * tg_data_f32(tg_grad(l.k))[i];
    tg_zero_grad(l.k);
    EXPECT_OK(tg_graph_reset(l.g));
}

static void check_steps(int64_t H, int64_t W, int steps)
{
    learner l = new_learner(H, W);

    take_step(l);
    take_step(l);
    size_t calls = allocator_calls(), live = live_bytes();
    for (int step = 2; step < steps; step++)
        take_step(l);
    ck_assert_uint_eq(allocator_calls(), calls);
    ck_assert_uint_eq(live_bytes(), live);
    free_learner(l);
}

TEST(allocates_nothing_from_the_third_step_on)
{
    check_steps(6, 8, 1000);
    check_steps(64, 80, 100); /* large storages take another way */
    check_steps(300, 400, 10);
}

/* Any op, with a recorded gradient and a second backward in each step. */
TEST(allocates_nothing_whatever_the_op)
{
    for (int i = 0; i < n_samples; i++) {
        const sample *s = &samples[i];
        tg_graph *g = MADE(tg_graph_new());
        tg_tensor *in[MAX_LEAVES], *grads[MAX_LEAVES];
        tg_gradients_options o = {.create_graph = true};
        size_t calls = 0;
        make_inputs(s, TG_F32, 1, in);
        for (int step = 0; step < 10; step++) {
            if (step == 2)
                calls = allocator_calls();
            tg_tensor *y = tg_sum(g, tg_square(g, s->fn(g, in, s->n, NULL)));
            EXPECT_OK(tg_gradients(g, y, NULL, s->n, in, grads, o));
            EXPECT_OK(tg_backward(g, tg_sum(g, tg_square(g, grads[0]))));
            EXPECT_OK(tg_graph_reset(g));
        }
        ck_assert_msg(allocator_calls() == calls, "%s allocates", s->name);
        free_inputs(s, in);
        tg_graph_free(g);
    }
}

/* Steps that come in several sizes, in no order: memory settles too. */
TEST(settles_when_sizes_vary)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *k = random_leaf(TG_F32, TG_SHAPE(3, 3), 1), *x[7];
    uint64_t state = 5;
    size_t half = 0;

    for (int i = 0; i < 7; i++)
        x[i] = random_tensor(TG_F32, TG_SHAPE(10 + 13 * i, 100 - 7 * i), 2);
    for (int step = 0; step < 600; step++) {
        for (int n = 0; n < 3; n++) {
            tg_tensor *y = tg_corr2d(g, x[random_bits(&state) % 7], k);
            EXPECT_OK(tg_backward(g, tg_sum(g, tg_square(g, y))));
        }
        EXPECT_OK(tg_graph_reset(g));
        if (step == 300)
            half = tg_graph_memory(g);
    }
    ck_assert_uint_eq(tg_graph_memory(g), half);
    for (int i = 0; i < 7; i++)
        tg_tensor_free(x[i]);
    tg_tensor_free(k);
    tg_graph_free(g);
}

/* Pages of this process in memory; 0 where the system does not tell. */
static long resident_pages(void)
{
    long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    if (!file)
        return 0;
    if (fscanf(file, "%ld %ld", &size, &resident) != 2)
        resident = 0;
    fclose(file);
    return resident;
}

TEST(stays_flat_over_ten_thousand_steps)
{
    learner l = new_learner(6, 8);

    for (int step = 0; step < 100; step++)
        take_step(l);
    size_t live = live_bytes(), held = tg_graph_memory(l.g);
    long resident = resident_pages();
    for (int step = 100; step < 10000; step++)
        take_step(l);
    ck_assert_uint_eq(live_bytes(), live);
    ck_assert_uint_eq(tg_graph_memory(l.g), held);
    ck_assert_int_le(resident_pages() - resident, 64);
    free_learner(l);
}

static tg_status copy_first(const tg_call *call)
{
    tg_data_f32(call->out)[0] = tg_data_f32(call->in[0])[0];
    return TG_OK;
}

/* Backward without a reset: gradients and temporaries are given back. */
TEST(stays_flat_over_backwards)
{
    learner l = new_learner(30, 40);
    tg_tensor *y = MADE(tg_sum(l.g, tg_square(l.g, tg_corr2d(l.g, l.x, l.k))));

    for (int i = 0; i < 3; i++)
        EXPECT_OK(tg_backward(l.g, y));
    size_t calls = allocator_calls();
    for (int i = 0; i < 1000; i++)
        EXPECT_OK(tg_backward(l.g, y));
    ck_assert_uint_eq(allocator_calls(), calls);
    free_learner(l);
}

static tg_status refuse_to_run(const tg_call *call)
{
    (void)call;
    return TG_ERR_IO;
}

/* A refused op holds nothing; nor does one that fails in its middle. */
TEST(stays_flat_over_refusals)
{
    static const tg_op stubborn = {.name = "stubborn",
                                   .forward = refuse_to_run};
    const tg_shape shape = TG_SHAPE(50, 50);
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *y = MADE(tg_square(g, x));
    size_t live = 0, held = 0;

    for (int i = 0; i < 1000; i++) {
        tg_tensor *passing = MADE(tg_tensor_new(TG_F32, shape));
        ck_assert_ptr_null(tg_matmul(g, x, y));
        ck_assert_ptr_null(
            tg_apply(g, &stubborn, TG_F32, shape, 1, &passing, NULL, 0));
        ck_assert_int_ne(tg_backward(g, y), TG_OK);
        tg_tensor_free(passing);
        if (i == 10)
            live = live_bytes(), held = tg_graph_memory(g);
    }
    ck_assert_uint_eq(live_bytes(), live);
    ck_assert_uint_eq(tg_graph_memory(g), held);
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* A backward that fails on its way gives back what it had made. */
TEST(stays_flat_over_failed_backwards)
{
    static const tg_op one_way = {.name = "one_way", .forward = copy_first};
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(50, 50), 1);
    tg_tensor *y =
        MADE(tg_apply(g, &one_way, TG_F32, TG_SCALAR, 1, &x, NULL, 0));
    tg_tensor *loss = MADE(tg_sum(g, tg_square(g, tg_mul(g, x, y))));
    tg_gradients_options create = {.create_graph = true};
    size_t held = 0, size = tg_graph_size(g);

    for (int i = 0; i < 100; i++) {
        tg_tensor *dx;
        EXPECT_STATUS(tg_backward(g, loss), TG_ERR_UNSUPPORTED);
        EXPECT_STATUS(tg_gradients(g, loss, NULL, 1, &x, &dx, create),
                      TG_ERR_UNSUPPORTED);
        ck_assert_uint_eq(tg_graph_size(g), size);
        if (i == 10)
            held = tg_graph_memory(g);
    }
    ck_assert_uint_eq(tg_graph_memory(g), held);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(goes_back_to_the_c_library)
{
    tg_set_allocator((tg_allocator){0});
    learner l = new_learner(64, 80);

    for (int step = 0; step < 3; step++)
        take_step(l);
    free_learner(l);
    ck_assert_uint_eq(allocator_calls(), 0);
}

/* The backward of a chain needs two gradients at a time, not one a node. */
TEST(releases_gradients_on_the_way)
{
    enum { BYTES = 400000, NODES = 40 };
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(BYTES / 4), 1), *y = x;

    for (int i = 0; i < NODES; i++)
        y = tg_square(g, y);
    y = MADE(tg_sum(g, y));
    size_t before = peak_bytes();
    EXPECT_OK(tg_backward(g, y));
    ck_assert_uint_lt(peak_bytes() - before, 8 * BYTES);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST_MAIN("memory", allocates_nothing_from_the_third_step_on,
          allocates_nothing_whatever_the_op, settles_when_sizes_vary,
          stays_flat_over_ten_thousand_steps, stays_flat_over_backwards,
          stays_flat_over_refusals, stays_flat_over_failed_backwards,
          goes_back_to_the_c_library, releases_gradients_on_the_way)
