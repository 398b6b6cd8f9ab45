/* A million nodes: forward, backward and free in a stack of 256 KiB, in linear
 * time, under 512 bytes a node beyond its data. */
#include "support.h"

#include <pthread.h>
#include <time.h>

enum { MILLION = 1000000, SMALL_STACK = 256 << 10 };
/* A result of one element takes a cache line. */
enum { LINE = 64, MOST_A_NODE = 512 };

typedef tg_tensor *(*builder)(tg_graph *g, tg_tensor *x, int n);

static tg_tensor *chain(tg_graph *g, tg_tensor *x, int n)
{
    tg_tensor *y = x;

    for (int i = 0; i < n; i++)
        y = tg_add_scalar(g, y, 1);
    return y;
}

/* n / 2 squares of one leaf, and their sum. */
static tg_tensor *fan(tg_graph *g, tg_tensor *x, int n)
{
    tg_tensor *sum = tg_square(g, x);

    for (int i = 1; i < n / 2; i++)
        sum = tg_add(g, sum, tg_square(g, x));
    return sum;
}

/* Each node uses the two before it, which become one in the end: 2^n paths. */
static tg_tensor *ladder(tg_graph *g, tg_tensor *x, int n)
{
    tg_tensor *a = x, *b = x;

    for (int i = 0; i < n; i++) {
        tg_tensor *c = tg_sub(g, a, b);
        a = b;
        b = c;
    }
    return tg_add(g, a, b);
}

/* Coefficient of x in the ladder's result, by the same recurrence. */
static double ladder_slope(int n)
{
    double a = 1, b = 1;

    for (int i = 0; i < n; i++) {
        double c = a - b;
        a = b;
        b = c;
    }
    return a + b;
}

typedef struct job {
    builder build;
    int n;
    double slope; /* expected */
    double seconds;
    size_t bytes; /* that the graph holds in the end */
} job;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *work(void *arg)
{
    job *j = arg;
    tg_tensor *x = TENSOR(TG_F64, TG_SCALAR, 0.5);
    EXPECT_OK(tg_set_requires_grad(x, true));
    double start = now();
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *y = MADE(j->build(g, x, j->n));

    EXPECT_OK(tg_backward(g, y));
    j->bytes = tg_graph_memory(g);
    ck_assert_uint_le(j->bytes, live_bytes());
    tg_graph_free(g);
    j->seconds = now() - start;
    EXPECT_VALUES(tg_grad(x), j->slope);
    tg_tensor_free(x);
    return NULL;
}

/* A failed expectation ends the process, which Check notices. */
static void run_in_a_small_stack(job *j)
{
    pthread_attr_t attributes;
    pthread_t thread;

    ck_assert_int_eq(pthread_attr_init(&attributes), 0);
    ck_assert_int_eq(pthread_attr_setstacksize(&attributes, SMALL_STACK), 0);
    ck_assert_int_eq(pthread_create(&thread, &attributes, work, j), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    pthread_attr_destroy(&attributes);
}

static void check(builder build, double slope)
{
    job j = {.build = build, .n = MILLION, .slope = slope};

    run_in_a_small_stack(&j);
    ck_assert_msg(j.bytes <= (size_t)MILLION * (MOST_A_NODE + LINE),
                  "%.1f bytes a node", (double)j.bytes / MILLION - LINE);
}

TEST(holds_a_chain)
{
    check(chain, 1);
}

TEST(holds_a_fan)
{
    check(fan, MILLION / 2);
}

TEST(holds_a_ladder)
{
    check(ladder, ladder_slope(MILLION));
}

static double best_time(builder build, int n, double slope)
{
    job j = {.build = build, .n = n, .slope = slope};
    double best = 1e9;

    for (int i = 0; i < 3; i++) {
        run_in_a_small_stack(&j);
        best = j.seconds < best ? j.seconds : best;
    }
    return best;
}

/* The machine may be busy: the best of three, and three tries. */
TEST(takes_linear_time)
{
    double factor = 0;

    for (int attempt = 0; attempt < 3; attempt++) {
        double tenth = best_time(chain, MILLION / 10, 1);
        factor = best_time(chain, MILLION, 1) / tenth;
        if (factor <= 12)
            return;
    }
    ck_abort_msg("ten times the nodes take %.1f times as long", factor);
}

TEST_MAIN("scale", holds_a_chain, holds_a_fan, holds_a_ladder,
          takes_linear_time)
