/* c = a b of size x size matrices, and the gradients to both. */
#include "tensors.h"

typedef struct product {
    tg_graph *g;
    tg_tensor *leaf[2], *c, *dc, *slope[2];
} product;

static void gradients(void *env)
{
    product *p = env;

    bench_ok(tg_graph_reset(p->g));
    p->c = tg_matmul(p->g, p->leaf[0], p->leaf[1]);
    bench_ok(tg_gradients(p->g, p->c, p->dc, 2, p->leaf, p->slope,
                          (tg_gradients_options){0}));
}

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv, 1);
    tg_shape square = TG_SHAPE(b.n[0], b.n[0]);
    product p = {
        .g = tg_graph_new(),
        .leaf = {bench_tensor(square, 1, 1, true),
                 bench_tensor(square, 2, 1, true)},
        .dc = bench_tensor(square, 3, 1, false),
    };
    double seconds = bench_seconds(&b, gradients, &p);
    return bench_report(&b, 1e3 * seconds, "ms",
                        bench_tensor_sum(p.c) + bench_tensor_sum(p.slope[0]) +
                            2 * bench_tensor_sum(p.slope[1]));
}
