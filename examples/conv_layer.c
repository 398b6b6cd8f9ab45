/* A convolution layer: y = x (*) weight + bias, with one bias for the whole
 * image. Trained by gradient descent, it finds both in a layer it imitates. */
#include <tinygrad.h>

#include <math.h>
#include <stdio.h>

typedef struct conv_layer {
    tg_tensor *weight, *bias;
} conv_layer;

static tg_tensor *conv_forward(tg_graph *g, conv_layer layer, tg_tensor *x)
{
    return tg_add(g, tg_corr2d(g, x, layer.weight), layer.bias);
}

/* p <- p - rate dp; dp starts again from zero. */
static void descend(tg_graph *g, tg_tensor *p, double rate)
{
    tg_tensor_copy(p, tg_sub(g, p, tg_mul_scalar(g, tg_grad(p), rate)));
    tg_zero_grad(p);
}

int main(void)
{
    tg_graph *g = tg_graph_new();
    tg_rng rng = tg_rng_seed(7);
    tg_tensor *x = tg_tensor_normal(TG_F32, TG_SHAPE(12, 12), 0, 1, &rng);
    conv_layer model = {tg_tensor_f32(TG_SHAPE(2, 2), (float[]){1, -2, 4, 3}),
                        tg_tensor_full(TG_F32, TG_SCALAR, 0.5)};
    conv_layer layer = {tg_tensor_new(TG_F32, TG_SHAPE(2, 2)),
                        tg_tensor_new(TG_F32, TG_SCALAR)};
    tg_set_requires_grad(layer.weight, true);
    tg_set_requires_grad(layer.bias, true);

    tg_tensor *y = tg_tensor_clone(conv_forward(g, model, x));
    tg_status status = tg_graph_reset(g);
    double loss = NAN;
    for (int step = 1; step <= 40 && status == TG_OK; step++) {
        tg_tensor *error = tg_sub(g, conv_forward(g, layer, x), y);
        tg_tensor *l = tg_mean(g, tg_square(g, error));
        tg_backward(g, l);
        descend(g, layer.weight, 0.2);
        descend(g, layer.bias, 0.2);

        loss = tg_item(l);
        if (step == 1 || step % 10 == 0)
            printf("step %2d, loss %.2e\n", step, loss);
        status = tg_graph_reset(g);
    }
    tg_print(stdout, layer.weight); /* [[1. -2.] [4. 3.]], nearly */
    tg_print(stdout, layer.bias);   /* 0.5, nearly */

    if (status != TG_OK)
        fprintf(stderr, "%s\n", tg_error_message());
    else if (!(loss < 1e-6))
        fprintf(stderr, "the layer did not learn: loss %g\n", loss);
    tg_tensor *mine[] = {x,         y, model.weight, model.bias, layer.weight,
                         layer.bias};
    for (size_t i = 0; i < sizeof mine / sizeof *mine; i++)
        tg_tensor_free(mine[i]);
    tg_graph_free(g);
    return !(loss < 1e-6);
}
