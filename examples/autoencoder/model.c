#include "model.h"

#include <math.h>

/* Each layer of windows makes images half as high and wide, or twice. Windows
 * of 4 in steps of 2 overlap evenly: every pixel lies in as many. */
enum { WINDOW = 4, STEP = 2, EDGE = 1 };
enum { FEW = 8, MANY = 16, QUARTER = 7 };

static tg_tensor *halve(tg_graph *g, tg_params *p, const char *name,
                        tg_tensor *x, int64_t channels)
{
    tg_nn_conv2d_options options = {.conv.stride = {STEP, STEP},
                                    .conv.padding = {EDGE, EDGE}};

    return tg_nn_conv2d(g, p, name, x, channels, WINDOW, WINDOW, options);
}

typedef struct layer_names {
    const char *weight, *bias;
} layer_names;

/* The layers of the library have no transposed convolution, so this is how one
 * is made: the op and its parameters. A pixel of the result depends on
 * (WINDOW / STEP)^2 pixels of each channel. */
static tg_tensor *twice(tg_graph *g, tg_params *p, layer_names names,
                        tg_tensor *x, int64_t from, int64_t to)
{
    double reach = 1 / sqrt((double)from * WINDOW / STEP * WINDOW / STEP);
    tg_init init = {TG_INIT_UNIFORM, -reach, reach};
    tg_tensor *w =
        tg_param(p, names.weight, TG_SHAPE(from, to, WINDOW, WINDOW), init);
    tg_tensor *b = tg_param(p, names.bias, TG_SHAPE(to), init);

    return tg_conv_transpose2d(
        g, x, w, b,
        (tg_conv2d_options){.stride = {STEP, STEP}, .padding = {EDGE, EDGE}});
}

/* silu has no flat side, where relus of a channel can stay for good. */
tg_tensor *encode(tg_graph *g, tg_params *p, tg_tensor *x, int64_t code)
{
    x = tg_silu(g, halve(g, p, "halve1", x, FEW));  /* (N, FEW, 14, 14) */
    x = tg_silu(g, halve(g, p, "halve2", x, MANY)); /* (N, MANY, 7, 7) */
    x = tg_reshape(g, x, TG_SHAPE(-1, MANY * QUARTER * QUARTER));
    return tg_nn_linear(g, p, "code", x, code);
}

tg_tensor *decode(tg_graph *g, tg_params *p, tg_tensor *z)
{
    layer_names first = {"twice1.weight", "twice1.bias"};
    layer_names second = {"twice2.weight", "twice2.bias"};
    tg_tensor *x = tg_nn_linear(g, p, "decode", z, MANY * QUARTER * QUARTER);

    x = tg_reshape(g, tg_silu(g, x), TG_SHAPE(-1, MANY, QUARTER, QUARTER));
    x = tg_silu(g, twice(g, p, first, x, MANY, FEW));
    return twice(g, p, second, x, FEW, 1);
}
