#include "pool2d.h"

static tg_status check_input(tg_graph *g, const char *op, tg_tensor *x)
{
    tg_status s = tg_check_floats(g, op, 1, &x);

    if (s != TG_OK)
        return s;
    if (x->shape.ndim != 4)
        return tg_fail(g, TG_ERR_SHAPE, "%s: input %s is not 4-D", op,
                       tg_describe(x).text);
    for (int d = 1; d < 4; d++)
        if (x->shape.dim[d] == 0)
            return tg_fail(g, TG_ERR_SHAPE,
                           "%s: the images of input %s are empty", op,
                           tg_describe(x).text);
    return TG_OK;
}

/* Padding of at most half of the kernel: each window meets the image. */
static tg_status check_options(tg_graph *g, const char *op, const tg_tensor *x,
                               const tg_pool2d_options *o)
{
    for (int d = 0; d < 2; d++)
        if (o->kernel[d] < 1 || o->stride[d] < 0 || o->padding[d] < 0 ||
            o->padding[d] > o->kernel[d] / 2)
            return tg_fail(g, TG_ERR_ARG,
                           "%s: kernel (%d, %d), stride (%d, %d) or padding "
                           "(%d, %d), at most half of the kernel, is outside "
                           "of its domain, for input %s",
                           op, o->kernel[0], o->kernel[1], o->stride[0],
                           o->stride[1], o->padding[0], o->padding[1],
                           tg_describe(x).text);
    return TG_OK;
}

tg_status tg_pool2d_windows(tg_graph *g, const char *op, tg_tensor *x,
                            const tg_pool2d_options *o, tg_windows2d *at)
{
    tg_status s = check_input(g, op, x);

    if (s == TG_OK)
        s = check_options(g, op, x, o);
    for (int d = 0; s == TG_OK && d < 2; d++) {
        int stride = o->stride[d] == 0 ? o->kernel[d] : o->stride[d];
        size_t in = (size_t)x->shape.dim[2 + d];
        size_t padded = in + 2 * (size_t)o->padding[d];
        size_t kernel = (size_t)o->kernel[d];
        if (kernel > padded)
            return tg_fail(g, TG_ERR_SHAPE,
                           "%s: kernel (%d, %d) does not fit into input %s "
                           "with padding (%d, %d)",
                           op, o->kernel[0], o->kernel[1], tg_describe(x).text,
                           o->padding[0], o->padding[1]);
        at->in[d] = in;
        at->kernel[d] = kernel;
        at->stride[d] = (size_t)stride;
        at->padding[d] = (size_t)o->padding[d];
        at->dilation[d] = 1;
        at->out[d] = (padded - kernel) / (size_t)stride + 1;
    }
    return s;
}
