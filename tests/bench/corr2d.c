/* corr2d of a size x size image with a k x k kernel. Modes: forward; gradients
 * (forward, and the gradients to both). */
#include "tensors.h"

typedef struct correlation {
    tg_graph *g;
    tg_tensor *x, *k, *y, *dy, *dxk[2];
} correlation;

static void forward(void *env)
{
    correlation *c = env;

    bench_ok(tg_graph_reset(c->g));
    c->y = tg_corr2d(c->g, c->x, c->k);
}

static void gradients(void *env)
{
    correlation *c = env;
    tg_tensor *leaves[] = {c->x, c->k};

    forward(c);
    bench_ok(tg_gradients(c->g, c->y, c->dy, 2, leaves, c->dxk,
                          (tg_gradients_options){0}));
}

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv, 2);
    long size = b.n[0], k = b.n[1], m = size - k + 1;
    bool backward = bench_mode(&b, "gradients");
    correlation c = {
        .g = tg_graph_new(),
        .x = bench_tensor(TG_SHAPE(size, size), 1, 1, backward),
        .k = bench_tensor(TG_SHAPE(k, k), 2, 1, backward),
        .dy = bench_tensor(TG_SHAPE(m, m), 3, 1, false),
    };
    double seconds = bench_seconds(&b, backward ? gradients : forward, &c);
    double check = bench_tensor_sum(c.y);
    for (int i = 0; i < 2 && backward; i++)
        check += bench_tensor_sum(c.dxk[i]);
    return bench_report(&b, 1e3 * seconds, "ms", check);
}
