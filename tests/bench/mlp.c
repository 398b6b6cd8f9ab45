/* A training step of a 784-256-10 perceptron with relu and SGD on `batch`
 * images. */
#include "training.h"

static tg_tensor *logits(const model *m)
{
    return model_linear(m, tg_relu(m->g, model_linear(m, m->x, 0)), 2);
}

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv, 1);
    model m = {
        .g = tg_graph_new(),
        .x = bench_tensor(TG_SHAPE(b.n[0], 784), 1, 1, false),
        .labels = model_labels(b.n[0]),
        .logits = logits,
    };
    model_add(&m, TG_SHAPE(784, 256), 256, 784);
    model_add(&m, TG_SHAPE(256, 10), 10, 256);
    return model_report(&b, &m);
}
