/* conv2d, by N, C, O, size, kernel, stride and padding, with bias. Modes:
 * forward; gradients (forward, and the gradients to input, weight and bias). */
#include "tensors.h"

typedef struct convolution {
    tg_graph *g;
    tg_tensor *leaf[3], *y, *dy, *slope[3];
    tg_conv2d_options options;
} convolution;

static void forward(void *env)
{
    convolution *c = env;

    bench_ok(tg_graph_reset(c->g));
    c->y = tg_conv2d(c->g, c->leaf[0], c->leaf[1], c->leaf[2], c->options);
}

static void gradients(void *env)
{
    convolution *c = env;

    forward(c);
    bench_ok(tg_gradients(c->g, c->y, c->dy, 3, c->leaf, c->slope,
                          (tg_gradients_options){0}));
}

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv, 7);
    long n = b.n[0], channels = b.n[1], outputs = b.n[2], size = b.n[3],
         k = b.n[4], m = (size + 2 * b.n[6] - k) / b.n[5] + 1;
    int stride = (int)b.n[5], padding = (int)b.n[6];
    bool backward = bench_mode(&b, "gradients");
    convolution c = {
        .g = tg_graph_new(),
        .leaf = {bench_tensor(TG_SHAPE(n, channels, size, size), 1, 1,
                              backward),
                 bench_tensor(TG_SHAPE(outputs, channels, k, k), 2, 1,
                              backward),
                 bench_tensor(TG_SHAPE(outputs), 3, 1, backward)},
        .dy = bench_tensor(TG_SHAPE(n, outputs, m, m), 4, 1, false),
        .options = {.stride = {stride, stride}, .padding = {padding, padding}},
    };
    double seconds = bench_seconds(&b, backward ? gradients : forward, &c);
    double check = bench_tensor_sum(c.y);
    for (int i = 0; i < 3 && backward; i++)
        check += bench_tensor_sum(c.slope[i]);
    return bench_report(&b, 1e3 * seconds, "ms", check);
}
