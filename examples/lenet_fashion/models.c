#include "models.h"

#include "program/program.h"

#include <string.h>

const char first_kernels[] = "conv1.weight";

static const tg_pool2d_options half = {.kernel = {2, 2}};

/* LeNet-5 (LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to
 * document recognition", 1998), with relu for its sigmoids and the largest of
 * a window for its mean. */
static tg_tensor *lenet(tg_graph *g, tg_params *p, tg_tensor *x)
{
    tg_nn_conv2d_options padded = {.conv.padding = {2, 2}}, plain = {0};

    x = tg_relu(g, tg_nn_conv2d(g, p, "conv1", x, 6, 5, 5, padded));
    x = tg_max_pool2d(g, x, half); /* (N, 6, 14, 14) */
    x = tg_relu(g, tg_nn_conv2d(g, p, "conv2", x, 16, 5, 5, plain));
    x = tg_max_pool2d(g, x, half); /* (N, 16, 5, 5) */
    x = tg_reshape(g, x, TG_SHAPE(-1, 16 * 5 * 5));
    x = tg_relu(g, tg_nn_linear(g, p, "fc1", x, 120));
    x = tg_relu(g, tg_nn_linear(g, p, "fc2", x, 84));
    return tg_nn_linear(g, p, "fc3", x, CLASSES);
}

typedef struct block_names {
    const char *conv, *norm;
} block_names;

/* Half as high and wide, rounded down. Norm and relu see the largest of each
 * window alone, which is a quarter of the work. The norm has a bias, so the
 * convolution needs none. */
static tg_tensor *block(tg_graph *g, tg_params *p, block_names names,
                        tg_tensor *x, int64_t channels)
{
    tg_nn_conv2d_options same = {.conv.padding = {1, 1}, .no_bias = true};

    x = tg_nn_conv2d(g, p, names.conv, x, channels, 3, 3, same);
    x = tg_max_pool2d(g, x, half);
    return tg_relu(g, tg_nn_batch_norm(g, p, names.norm, x));
}

static tg_tensor *cnn(tg_graph *g, tg_params *p, tg_tensor *x)
{
    enum { WIDEST = 64 };

    x = block(g, p, (block_names){"conv1", "norm1"}, x, 24);
    x = block(g, p, (block_names){"conv2", "norm2"}, x, 48);
    x = block(g, p, (block_names){"conv3", "norm3"}, x, WIDEST);
    x = tg_reshape(g, x, TG_SHAPE(-1, WIDEST * 3 * 3));
    x = tg_dropout(g, x, 0.25);
    x = tg_relu(g, tg_nn_linear(g, p, "fc1", x, 128));
    return tg_nn_linear(g, p, "fc2", x, CLASSES);
}

const image_model image_models[] = {{"lenet", lenet}, {"cnn", cnn}};
const int n_image_models = sizeof image_models / sizeof *image_models;

const image_model *image_model_find(const char *name)
{
    for (int i = 0; i < n_image_models; i++)
        if (strcmp(name, image_models[i].name) == 0)
            return &image_models[i];
    refuse("--model %s: it is lenet or cnn", name);
    return NULL;
}
