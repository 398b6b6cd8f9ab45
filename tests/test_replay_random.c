/* Graphs of large tensors drawn at random, replayed by a plan: every result has
 * the bits of an eager run. */
#include "support.h"

enum { NODES = 24, LEAVES = 2, GRAPHS = 60, REPLAYS = 5 };

static tg_tensor *random_op(tg_graph *g, uint64_t *state, tg_tensor *const *x,
                            int n)
{
    tg_tensor *a = x[random_below(state, n)], *b = x[random_below(state, n)];

    switch (random_below(state, 9)) {
    case 0:
        return tg_add(g, a, b);
    case 1:
        return tg_mul(g, a, b);
    case 2:
        return tg_maximum(g, a, b);
    case 3:
        return tg_tanh(g, a);
    case 4:
        return tg_sub(g, a, tg_mean(g, b));
    case 5:
        return tg_mul_scalar(g, a, 0.5);
    case 6:
        return tg_relu(g, a);
    case 7: /* no elementwise op */
        return tg_flip(g, a, TG_AXES(0));
    default:
        return tg_div(g, a, tg_add_scalar(g, tg_square(g, b), 1));
    }
}

/* On the leaves that x begins with; behind it comes the sum of all results. */
static void record(tg_graph *g, uint64_t seed, tg_tensor **x)
{
    uint64_t state = seed;
    tg_tensor *sum = NULL;

    for (int i = LEAVES; i < NODES; i++)
        x[i] = MADE(random_op(g, &state, x, i));
    for (int i = LEAVES; i < NODES; i++) {
        tg_tensor *term = tg_sum(g, x[i]);
        sum = sum == NULL ? term : tg_add(g, sum, term);
    }
    x[NODES] = MADE(sum);
}

static void set_number(tg_tensor *t, int i)
{
    if (tg_tensor_dtype(t) == TG_F32)
        tg_data_f32(t)[i] = 2;
    else
        tg_data_f64(t)[i] = 2;
    tg_tensor_touch(t);
}

static void expect_eager_run(uint64_t seed, tg_tensor *const *x)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *y[NODES + 1] = {x[0], x[1]};

    record(g, seed, y);
    for (int i = NODES; i >= LEAVES; i--)
        EXPECT_SAME_BITS(x[i], y[i]);
    tg_graph_free(g);
}

static void check_graph(uint64_t seed)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x[NODES + 1];
    int64_t size = 16384 + 500 * (int64_t)(seed % 9);

    for (uint64_t i = 0; i < LEAVES; i++)
        x[i] =
            random_tensor(seed % 2 ? TG_F32 : TG_F64, TG_SHAPE(size), seed + i);
    record(g, seed, x);
    for (int i = 0; i < REPLAYS; i++) {
        set_number(x[0], i);
        EXPECT_OK(tg_replay(g));
    }
    expect_eager_run(seed, x);
    for (int i = 0; i < LEAVES; i++)
        tg_tensor_free(x[i]);
    tg_graph_free(g);
}

TEST(equals_the_eager_run_of_random_graphs)
{
    for (uint64_t seed = 1; seed <= GRAPHS; seed++)
        check_graph(seed);
}

TEST_MAIN("replay_random", equals_the_eager_run_of_random_graphs)
