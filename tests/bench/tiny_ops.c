/* A chain of `count` ops on one element, add, mul, tanh and relu in turn,
 * forward and backward to its two leaves; per node. Modes: eager, replay. */
#include "tensors.h"

typedef struct chain {
    tg_graph *g;
    tg_tensor *leaf[2], *slope[2];
    long count;
} chain;

static tg_tensor *link_up(const chain *c)
{
    tg_graph *g = c->g;
    tg_tensor *y = c->leaf[0];

    for (long i = 0; i < c->count; i += 4) {
        y = tg_add(g, y, c->leaf[0]);
        y = tg_mul(g, y, c->leaf[1]);
        y = tg_tanh(g, y);
        y = tg_relu(g, y);
    }
    return y;
}

static void eager(void *env)
{
    chain *c = env;

    bench_ok(tg_graph_reset(c->g));
    for (int i = 0; i < 2; i++)
        tg_zero_grad(c->leaf[i]);
    bench_ok(tg_backward(c->g, link_up(c)));
    for (int i = 0; i < 2; i++)
        c->slope[i] = tg_grad(c->leaf[i]);
}

static void record(chain *c)
{
    bench_ok(tg_gradients(c->g, link_up(c), NULL, 2, c->leaf, c->slope,
                          (tg_gradients_options){.create_graph = true}));
}

static void replay(void *env)
{
    chain *c = env;

    bench_ok(tg_replay(c->g));
}

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv, 1);
    chain c = {
        .g = tg_graph_new(),
        .leaf = {tg_tensor_full(TG_F32, TG_SHAPE(1), 0.25),
                 tg_tensor_full(TG_F32, TG_SHAPE(1), 1.25)},
        .count = b.n[0],
    };
    tg_set_requires_grad(c.leaf[0], true);
    tg_set_requires_grad(c.leaf[1], true);
    bool replays = bench_mode(&b, "replay");
    if (replays)
        record(&c);
    double seconds = bench_seconds(&b, replays ? replay : eager, &c);
    return bench_report(&b, 1e9 * seconds / (double)c.count, "ns",
                        tg_item(c.slope[0]) + 2 * tg_item(c.slope[1]));
}
