/* A graph a thread; leaves that nobody writes belong to all. */
#include "samples.h"

#include <pthread.h>
#include <stdio.h>

enum { THREADS = 8, STEPS = 200 };

typedef struct shared {
    tg_tensor *x, *k, *target;
} shared;

typedef struct job {
    const shared *s;
    uint64_t seed;
    tg_tensor *result; /* made by the thread, for the caller to free */
} job;

/* The gradient of a loss that depends on the seed, by tg_gradients: the shared
 * k requires one, and has no .grad that threads could fight for. */
static tg_tensor *gradient(tg_graph *g, const shared *s, uint64_t seed)
{
    tg_tensor *dk = NULL, *k = s->k;
    tg_gradients_options create = {.create_graph = seed % 2};
    double c = 1.0 / (double)(1 + seed);
    tg_tensor *scaled = tg_mul_scalar(g, s->x, c);
    tg_tensor *error = tg_sub(g, tg_corr2d(g, scaled, k), s->target);

    EXPECT_OK(tg_gradients(g, tg_sum(g, tg_square(g, error)), NULL, 1, &k, &dk,
                           create));
    return dk;
}

static void *work(void *arg)
{
    job *j = arg;
    tg_graph *g = MADE(tg_graph_new());

    for (int step = 0; step < STEPS; step++) {
        tg_tensor *dk = gradient(g, j->s, j->seed);
        if (j->result)
            EXPECT_SAME_BITS(dk, j->result);
        else
            j->result = MADE(tg_tensor_clone(dk));
        EXPECT_OK(tg_graph_reset(g));
    }
    tg_graph_free(g);
    return NULL;
}

static void run_all(void *(*work_of)(void *), job *jobs)
{
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, work_of, &jobs[i]),
                         0);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
}

TEST(give_the_serial_bits)
{
    shared s = {random_leaf(TG_F32, TG_SHAPE(20, 30), 1),
                random_leaf(TG_F32, TG_SHAPE(3, 4), 2),
                random_tensor(TG_F32, TG_SHAPE(18, 27), 3)};
    job jobs[THREADS];
    tg_graph *g = MADE(tg_graph_new());

    for (int i = 0; i < THREADS; i++)
        jobs[i] = (job){&s, (uint64_t)i, NULL};
    run_all(work, jobs);
    for (int i = 0; i < THREADS; i++) {
        EXPECT_SAME_BITS(jobs[i].result, gradient(g, &s, (uint64_t)i));
        tg_tensor_free(jobs[i].result);
    }
    ck_assert_ptr_null(tg_grad(s.k));
    tg_tensor_free(s.x);
    tg_tensor_free(s.k);
    tg_tensor_free(s.target);
    tg_graph_free(g);
}

/* Leaves of its own, many of them, made and freed while others work: handles
 * and slots of one thread are not those of another. */
static void *use_many_leaves(void *arg)
{
    job *j = arg;
    tg_graph *g = MADE(tg_graph_new());

    for (int step = 0; step < STEPS / 4; step++) {
        tg_tensor *leaf[20], *sum = NULL;
        for (int i = 0; i < 20; i++) {
            leaf[i] = random_leaf(TG_F64, TG_SHAPE(3), (uint64_t)i);
            tg_tensor *y =
                tg_mul(g, leaf[i], tg_neg(g, leaf[(i * 7) % (i + 1)]));
            y = tg_add(g, y, tg_sum(g, tg_mul(g, j->s->x, j->s->k)));
            sum = sum ? tg_add(g, sum, y) : y;
        }
        tg_tensor *xs[] = {leaf[3], j->s->k}, *grads[2];
        EXPECT_OK(tg_gradients(g, tg_sum(g, sum), NULL, 2, xs, grads,
                               (tg_gradients_options){0}));
        tg_tensor_free(j->result);
        j->result = MADE(tg_tensor_clone(grads[step % 2]));
        for (int i = 0; i < 20; i++)
            tg_tensor_free(leaf[i]);
        EXPECT_OK(tg_graph_reset(g));
    }
    tg_graph_free(g);
    return NULL;
}

TEST(hold_shared_leaves_apart)
{
    shared s = {random_leaf(TG_F64, TG_SHAPE(5), 1),
                random_leaf(TG_F64, TG_SHAPE(5), 2), NULL};
    job jobs[THREADS], alone = {&s, 0, NULL};

    for (int i = 0; i < THREADS; i++)
        jobs[i] = (job){&s, (uint64_t)i, NULL};
    run_all(use_many_leaves, jobs);
    use_many_leaves(&alone);
    for (int i = 0; i < THREADS; i++) {
        EXPECT_SAME_BITS(jobs[i].result, alone.result);
        tg_tensor_free(jobs[i].result);
    }
    tg_tensor_free(alone.result);
    tg_tensor_free(s.x);
    tg_tensor_free(s.k);
}

/* One thread's failures are not another's. */
static void *fail_alone(void *arg)
{
    job *j = arg;
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_tensor(TG_F32, TG_SHAPE(2, (int64_t)j->seed + 1), 1);
    tg_tensor *y = random_tensor(TG_F32, TG_SHAPE(7, 9), 1);
    char shape[40];

    snprintf(shape, sizeof shape, "(2, %d)", (int)j->seed + 1);
    for (int step = 0; step < STEPS * 10; step++) {
        if (j->seed % 2) {
            ck_assert_ptr_null(tg_add(g, x, y));
            EXPECT_MESSAGE(shape);
            EXPECT_STATUS(tg_graph_reset(g), TG_ERR_SHAPE);
        } else {
            MADE(tg_add(g, x, x));
            EXPECT_OK(tg_graph_reset(g));
            ck_assert_str_eq(tg_error_message(), "");
        }
    }
    tg_tensor_free(x);
    tg_tensor_free(y);
    tg_graph_free(g);
    return NULL;
}

TEST(fail_alone_too)
{
    job jobs[THREADS];

    for (int i = 0; i < THREADS; i++)
        jobs[i] = (job){NULL, (uint64_t)i, NULL};
    run_all(fail_alone, jobs);
}

static tg_status refuse_to_run(const tg_call *call)
{
    (void)call;
    return TG_ERR_IO;
}

/* What is said of a closure that says nothing itself, while others fail. */
static void *fail_silently(void *arg)
{
    static const tg_op silent = {.name = "silent", .forward = refuse_to_run};
    job *j = arg;
    tg_graph *g = MADE(tg_graph_new());

    for (int step = 0; step < STEPS * 10; step++) {
        if (j->seed % 2) {
            tg_fail(NULL, TG_ERR_ARG, "another's");
            continue;
        }
        ck_assert_ptr_null(
            tg_apply(g, &silent, TG_F32, TG_SCALAR, 0, NULL, NULL, 0));
        EXPECT_MESSAGE("silent");
        EXPECT_STATUS(tg_graph_reset(g), TG_ERR_IO);
        tg_fail(NULL, TG_ERR_ARG, "something old");
    }
    tg_graph_free(g);
    return NULL;
}

TEST(explain_their_own_failures)
{
    job jobs[THREADS];

    for (int i = 0; i < THREADS; i++)
        jobs[i] = (job){NULL, (uint64_t)i, NULL};
    run_all(fail_silently, jobs);
}

TEST_MAIN("threads", give_the_serial_bits, hold_shared_leaves_apart,
          fail_alone_too, explain_their_own_failures)
