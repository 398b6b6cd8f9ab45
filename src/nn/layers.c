/* Layers: an op and its parameters. */
#include <tinygrad/nn.h>

#include <math.h>
#include <string.h>

static const tg_init zeros = {.kind = TG_INIT_ZEROS};
static const tg_init ones = {.kind = TG_INIT_CONSTANT, .a = 1};

/* Uniform in +-1 / sqrt(n). */
static tg_init within_fan(double n)
{
    double bound = n > 0 ? 1 / sqrt(n) : 0;

    return (tg_init){TG_INIT_UNIFORM, -bound, bound};
}

/* A layer that finds its tensors. After a failure it asks for no more, so
 * that the first one stands. */
typedef struct layer {
    tg_params *p;
    const char *name;
    bool failed;
} layer;

typedef tg_tensor *maker(tg_params *p, const char *name, tg_shape shape,
                         tg_init init);

/* The tensor name.part. */
static tg_tensor *find(layer *l, maker *make, const char *part, tg_shape shape,
                       tg_init init)
{
    char name[256];
    bool nameless = l->name == NULL || *l->name == '\0';

    if (l->failed)
        return NULL;
    l->failed = true;
    if (nameless || strlen(l->name) + strlen(part) + 2 > sizeof name) {
        tg_fail(NULL, TG_ERR_ARG, "param: %s name for a layer with a %s",
                nameless ? "no" : "too long a", part);
        return NULL;
    }
    strcat(strcat(strcpy(name, l->name), "."), part);
    tg_tensor *t = make(l->p, name, shape, init);
    l->failed = t == NULL;
    return t;
}

static tg_tensor *weight(layer *l, tg_shape shape, tg_init init)
{
    return find(l, tg_param, "weight", shape, init);
}

static tg_tensor *bias(layer *l, int64_t n, tg_init init)
{
    return find(l, tg_param, "bias", TG_SHAPE(n), init);
}

/* Is x of the parameters' dtype, with axes enough? A NULL goes into an op,
 * which knows what to make of it. */
static bool fits(tg_graph *g, const layer *l, const char *what,
                 const tg_tensor *x, int least, int most)
{
    const char *name = l->name != NULL ? l->name : "";
    tg_dtype dtype = tg_params_dtype(l->p);
    int ndim = tg_tensor_shape(x).ndim;

    if (x == NULL)
        return tg_detach(g, NULL) != NULL;
    if (ndim < least || ndim > most)
        tg_fail(g, TG_ERR_SHAPE, "%s '%s': input %s has not %d%s axes", what,
                name, tg_describe(x).text, least,
                most > least ? " or more" : "");
    else if (l->p != NULL && tg_tensor_dtype(x) != dtype)
        tg_fail(g, TG_ERR_DTYPE, "%s '%s': input %s of %s, parameters of %s",
                what, name, tg_describe(x).text,
                tg_dtype_name(tg_tensor_dtype(x)), tg_dtype_name(dtype));
    else
        return true;
    return false;
}

tg_tensor *tg_nn_linear(tg_graph *g, tg_params *p, const char *name,
                        tg_tensor *x, int64_t out_features)
{
    layer l = {.p = p, .name = name};
    tg_shape shape = tg_tensor_shape(x);

    if (!fits(g, &l, "linear", x, 1, TG_MAX_DIMS))
        return NULL;
    int64_t in = shape.dim[shape.ndim - 1];
    tg_init init = within_fan((double)in);
    tg_tensor *w = weight(&l, TG_SHAPE(out_features, in), init);
    tg_tensor *b = bias(&l, out_features, init);
    return tg_linear(g, x, w, b);
}

tg_tensor *tg_nn_conv2d(tg_graph *g, tg_params *p, const char *name,
                        tg_tensor *x, int64_t out_channels, int kernel_height,
                        int kernel_width, tg_nn_conv2d_options options)
{
    layer l = {.p = p, .name = name};
    int64_t groups = options.conv.groups > 1 ? options.conv.groups : 1;

    if (!fits(g, &l, "conv2d", x, 4, 4))
        return NULL;
    tg_shape shape = TG_SHAPE(out_channels, tg_tensor_shape(x).dim[1] / groups,
                              kernel_height, kernel_width);
    tg_init init =
        within_fan((double)shape.dim[1] * kernel_height * kernel_width);
    tg_tensor *w = weight(&l, shape, init);
    tg_tensor *b = options.no_bias ? TG_NONE : bias(&l, out_channels, init);
    return tg_conv2d(g, x, w, b, options.conv);
}

tg_tensor *tg_nn_batch_norm(tg_graph *g, tg_params *p, const char *name,
                            tg_tensor *x)
{
    layer l = {.p = p, .name = name};
    int64_t n = tg_tensor_shape(x).dim[1];

    if (!fits(g, &l, "batch_norm", x, 2, TG_MAX_DIMS))
        return NULL;
    tg_tensor *w = weight(&l, TG_SHAPE(n), ones);
    tg_tensor *b = bias(&l, n, zeros);
    tg_tensor *mean = find(&l, tg_buffer, "running_mean", TG_SHAPE(n), zeros);
    tg_tensor *var = find(&l, tg_buffer, "running_var", TG_SHAPE(n), ones);
    return tg_batch_norm(g, x, w, b, mean, var, 0.1, 1e-5);
}

tg_tensor *tg_nn_layer_norm(tg_graph *g, tg_params *p, const char *name,
                            tg_tensor *x)
{
    layer l = {.p = p, .name = name};
    tg_shape shape = tg_tensor_shape(x);

    if (!fits(g, &l, "layer_norm", x, 1, TG_MAX_DIMS))
        return NULL;
    int64_t n = shape.dim[shape.ndim - 1];
    tg_tensor *w = weight(&l, TG_SHAPE(n), ones);
    tg_tensor *b = bias(&l, n, zeros);
    return tg_layer_norm(g, x, w, b, 1e-5);
}

tg_tensor *tg_nn_embedding(tg_graph *g, tg_params *p, const char *name,
                           tg_tensor *indices, int64_t rows, int64_t width)
{
    layer l = {.p = p, .name = name};
    tg_tensor *table =
        weight(&l, TG_SHAPE(rows, width), (tg_init){TG_INIT_NORMAL, 0, 1});

    return tg_take(g, table, indices);
}
