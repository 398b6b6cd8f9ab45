#include "support.h"

/* The chapter's loss. */
static tg_tensor *loss_of(tg_graph *g, tg_tensor *x, tg_tensor *k,
                          tg_tensor *target)
{
    tg_tensor *error = tg_sub(g, tg_corr2d(g, x, k), target);

    return tg_sum(g, tg_square(g, error));
}

typedef struct problem {
    tg_tensor *x, *k, *target;
} problem;

static problem make_problem(uint64_t seed)
{
    return (problem){random_tensor(TG_F32, TG_SHAPE(6, 8), seed),
                     random_leaf(TG_F32, TG_SHAPE(1, 2), seed + 1),
                     random_tensor(TG_F32, TG_SHAPE(6, 7), seed + 2)};
}

static void free_problem(problem p)
{
    tg_tensor_free(p.x);
    tg_tensor_free(p.k);
    tg_tensor_free(p.target);
}

static void copy_problem(problem to, problem from)
{
    EXPECT_OK(tg_tensor_copy(to.x, from.x));
    EXPECT_OK(tg_tensor_copy(to.k, from.k));
    EXPECT_OK(tg_tensor_copy(to.target, from.target));
}

/* Recorded once, replayed on new data with its gradient: the eager bits, and
 * no allocation. */
TEST(equals_the_eager_run)
{
    tg_graph *g = MADE(tg_graph_new()), *eager = MADE(tg_graph_new());
    problem p = make_problem(1);
    tg_tensor *loss = MADE(loss_of(g, p.x, p.k, p.target)), *dk = NULL;
    tg_gradients_options create = {.create_graph = true};
    EXPECT_OK(tg_gradients(g, loss, NULL, 1, &p.k, &dk, create));
    void *loss_data = tg_data(loss), *dk_data = tg_data(dk);

    for (uint64_t seed = 10; seed < 60; seed += 10) {
        problem fresh = make_problem(seed);
        copy_problem(p, fresh);
        size_t calls = allocator_calls();
        EXPECT_OK(tg_replay(g));
        ck_assert_uint_eq(allocator_calls(), calls);
        tg_tensor *expected = loss_of(eager, fresh.x, fresh.k, fresh.target);
        tg_tensor *expected_dk = NULL;
        EXPECT_OK(tg_gradients(eager, expected, NULL, 1, &fresh.k, &expected_dk,
                               create));
        EXPECT_SAME_BITS(loss, expected);
        EXPECT_SAME_BITS(dk, expected_dk);
        EXPECT_OK(tg_graph_reset(eager));
        free_problem(fresh);
    }
    ck_assert_ptr_eq(tg_data(loss), loss_data);
    ck_assert_ptr_eq(tg_data(dk), dk_data);
    free_problem(p);
    tg_graph_free(g);
    tg_graph_free(eager);
}

/* Training by replay alone gives the bits of training step by step. */
TEST(learns_as_the_eager_loop_does)
{
    tg_graph *g = MADE(tg_graph_new()), *eager = MADE(tg_graph_new());
    problem p = make_problem(1), q = make_problem(1);
    tg_tensor *dk = NULL, *dq = NULL;
    tg_gradients_options create = {.create_graph = true};
    tg_tensor *loss = MADE(loss_of(g, p.x, p.k, p.target));
    EXPECT_OK(tg_gradients(g, loss, NULL, 1, &p.k, &dk, create));

    for (int step = 0; step < 20; step++) {
        EXPECT_OK(tg_replay(g));
        tg_tensor *other = loss_of(eager, q.x, q.k, q.target);
        EXPECT_OK(tg_gradients(eager, other, NULL, 1, &q.k, &dq,
                               (tg_gradients_options){0}));
        for (int i = 0; i < 2; i++) {
            tg_data_f32(p.k)[i] -= 1e-2f * tg_data_f32(dk)[i];
            tg_data_f32(q.k)[i] -= 1e-2f * tg_data_f32(dq)[i];
        }
        EXPECT_SAME_BITS(p.k, q.k);
        EXPECT_OK(tg_graph_reset(eager));
    }
    free_problem(p);
    free_problem(q);
    tg_graph_free(g);
    tg_graph_free(eager);
}

/* After it values are current, so a change is no longer in the way. */
TEST(allows_backward_again)
{
    tg_graph *g = MADE(tg_graph_new());
    problem p = make_problem(1), fresh = make_problem(7);
    tg_tensor *loss = MADE(loss_of(g, p.x, p.k, p.target));

    copy_problem(p, fresh);
    EXPECT_STATUS(tg_backward(g, loss), TG_ERR_STATE);
    EXPECT_OK(tg_replay(g));
    EXPECT_OK(tg_backward(g, loss));
    tg_tensor *again = loss_of(g, fresh.x, fresh.k, fresh.target);
    EXPECT_OK(tg_backward(g, again));
    EXPECT_SAME_BITS(tg_grad(p.k), tg_grad(fresh.k));
    free_problem(p);
    free_problem(fresh);
    tg_graph_free(g);
}

static tg_status fail_if_asked(const tg_call *call)
{
    if (tg_data_f64(call->in[0])[0] < 0)
        return TG_ERR_IO;
    tg_data_f64(call->out)[0] = 1;
    return TG_OK;
}

TEST(stops_at_the_first_failure)
{
    static const tg_op touchy = {.name = "touchy", .forward = fail_if_asked};
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SCALAR, 3);
    tg_tensor *before = MADE(tg_square(g, x));

    MADE(tg_apply(g, &touchy, TG_F64, TG_SCALAR, 1, &x, NULL, 0));
    tg_tensor *after = MADE(tg_square(g, x));
    tg_data_f64(x)[0] = -5;
    EXPECT_STATUS(tg_replay(g), TG_ERR_IO);
    EXPECT_MESSAGE("touchy");
    EXPECT_VALUES(before, 25);
    EXPECT_VALUES(after, 9);
    EXPECT_STATUS(tg_graph_status(g), TG_ERR_IO);
    tg_data_f64(x)[0] = 5;
    EXPECT_OK(tg_replay(g));
    EXPECT_VALUES(after, 25);
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* Views and constants are kept in step: reshape, detach, nodes that nobody
 * uses. */
TEST(recomputes_everything)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(4), 1, 2, 3, 4);
    tg_tensor *flat = MADE(tg_reshape(g, x, TG_SHAPE(2, 2)));
    tg_tensor *fixed = MADE(tg_detach(g, x));
    tg_tensor *square = MADE(tg_square(g, fixed));
    tg_tensor *sum = MADE(tg_sum_axes(g, flat, TG_AXES(0), false));

    for (int i = 0; i < 4; i++)
        tg_data_f64(x)[i] = 10 * (i + 1);
    EXPECT_OK(tg_replay(g));
    EXPECT_VALUES(flat, 10, 20, 30, 40);
    EXPECT_VALUES(square, 100, 400, 900, 1600);
    EXPECT_VALUES(sum, 40, 60);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(replays_nothing)
{
    tg_graph *g = MADE(tg_graph_new());

    EXPECT_OK(tg_replay(g));
    EXPECT_STATUS(tg_replay(NULL), TG_ERR_ARG);
    tg_graph_free(g);
}

TEST_MAIN("replay", equals_the_eager_run, learns_as_the_eager_loop_does,
          allows_backward_again, stops_at_the_first_failure,
          recomputes_everything, replays_nothing)
