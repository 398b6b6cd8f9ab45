/* sum(square(a - b)) over `size` elements and its gradients to both. Modes:
 * eager, replay. */
#include "tensors.h"

typedef struct distance {
    tg_graph *g;
    tg_tensor *leaf[2], *y, *slope[2];
} distance;

static void gradients(distance *d, bool create_graph)
{
    tg_tensor *difference = tg_sub(d->g, d->leaf[0], d->leaf[1]);

    d->y = tg_sum(d->g, tg_square(d->g, difference));
    bench_ok(
        tg_gradients(d->g, d->y, NULL, 2, d->leaf, d->slope,
                     (tg_gradients_options){.create_graph = create_graph}));
}

static void eager(void *env)
{
    distance *d = env;

    bench_ok(tg_graph_reset(d->g));
    gradients(d, false);
}

static void replay(void *env)
{
    distance *d = env;

    bench_ok(tg_replay(d->g));
}

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv, 1);
    distance d = {
        .g = tg_graph_new(),
        .leaf = {bench_tensor(TG_SHAPE(b.n[0]), 1, 1, true),
                 bench_tensor(TG_SHAPE(b.n[0]), 2, 1, true)},
    };
    bool replays = bench_mode(&b, "replay");
    if (replays)
        gradients(&d, true);
    double seconds = bench_seconds(&b, replays ? replay : eager, &d);
    return bench_report(&b, 1e3 * seconds, "ms",
                        tg_item(d.y) + bench_tensor_sum(d.slope[0]) +
                            2 * bench_tensor_sum(d.slope[1]));
}
