/* A training loop, whole: LeNet-5 (LeCun et al., 1998; here with relu, and
 * with the largest of each window) goes once through Fashion-MNIST, or through
 * other images of 28x28 in ten classes. Nothing is checked until the end of a
 * step: what fails passes NULL on, and the first reason stands. */
#include <tinygrad.h>

#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: lenet IMAGES LABELS CHECKPOINT\n");
        return 2;
    }
    /* README begins */
    tg_graph *g = tg_graph_new();
    tg_params *p = tg_params_new(TG_F32, 1);
    tg_optim *adam = tg_adam(p, (tg_adam_options){.lr = 2e-3});
    tg_tensor *images = tg_load_idx(argv[1], TG_F32); /* (60000, 28, 28) */
    tg_tensor *labels = tg_load_idx(argv[2], TG_I64); /* (60000), 0 to 9 */
    tg_tensor *batch[2] = {images, labels};
    tg_batches *set = tg_batches_new(batch, 2, 64, true, 1);
    tg_progress *bar = tg_progress_new(stderr, "lenet", tg_batches_count(set));
    tg_nn_conv2d_options padded = {.conv.padding = {2, 2}}, plain = {0};
    tg_pool2d_options half = {.kernel = {2, 2}};
    bool ok = adam && set;

    while (ok && tg_batches_next(set, batch)) {
        tg_tensor *x = tg_mul_scalar(g, batch[0], 1 / 255.0);
        x = tg_reshape(g, x, TG_SHAPE(-1, 1, 28, 28));
        x = tg_relu(g, tg_nn_conv2d(g, p, "conv1", x, 6, 5, 5, padded));
        x = tg_max_pool2d(g, x, half);
        x = tg_relu(g, tg_nn_conv2d(g, p, "conv2", x, 16, 5, 5, plain));
        x = tg_reshape(g, tg_max_pool2d(g, x, half), TG_SHAPE(-1, 400));
        x = tg_relu(g, tg_nn_linear(g, p, "fc1", x, 120));
        x = tg_relu(g, tg_nn_linear(g, p, "fc2", x, 84));
        x = tg_cross_entropy(g, tg_nn_linear(g, p, "fc3", x, 10), batch[1]);
        tg_params_zero_grad(p);
        ok = tg_backward(g, x) == TG_OK && tg_optim_step(adam) == TG_OK;
        tg_progress_update(bar, tg_batches_index(set), "loss %.3f", tg_item(x));
        tg_graph_reset(g);
    }
    tg_progress_free(bar);
    ok = ok && tg_save(p, adam, argv[3]) == TG_OK;
    fprintf(stderr, "%s\n", ok ? "saved" : tg_error_message());
    /* README ends */

    tg_batches_free(set);
    tg_tensor_free(labels);
    tg_tensor_free(images);
    tg_optim_free(adam);
    tg_params_free(p);
    tg_graph_free(g);
    return ok ? 0 : 2;
}
