/* A training step of LeNet-5 with relu, average pooling and SGD on `batch`
 * images of 28x28. Modes: step; memory (the peak after ten steps). */
#include "training.h"

static tg_tensor *stage(const model *m, tg_tensor *x, int i, int padding)
{
    tg_conv2d_options conv = {.padding = {padding, padding}};
    tg_pool2d_options pool = {.kernel = {2, 2}};

    x = tg_conv2d(m->g, x, m->parameter[i], m->parameter[i + 1], conv);
    return tg_avg_pool2d(m->g, tg_relu(m->g, x), pool);
}

static tg_tensor *logits(const model *m)
{
    tg_tensor *x = stage(m, m->x, 0, 2);

    x = stage(m, x, 2, 0);
    x = tg_reshape(m->g, x, TG_SHAPE(-1, 400));
    x = tg_relu(m->g, model_linear(m, x, 4));
    x = tg_relu(m->g, model_linear(m, x, 6));
    return model_linear(m, x, 8);
}

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv, 1);
    model m = {
        .g = tg_graph_new(),
        .x = bench_tensor(TG_SHAPE(b.n[0], 1, 28, 28), 1, 1, false),
        .labels = model_labels(b.n[0]),
        .logits = logits,
    };
    model_add(&m, TG_SHAPE(6, 1, 5, 5), 6, 25);
    model_add(&m, TG_SHAPE(16, 6, 5, 5), 16, 150);
    model_add(&m, TG_SHAPE(400, 120), 120, 400);
    model_add(&m, TG_SHAPE(120, 84), 84, 120);
    model_add(&m, TG_SHAPE(84, 10), 10, 84);
    return model_report(&b, &m);
}
