/* The gradient of conv2d to its input, as an op of its own: x is that
 * convolution's result, y its input (conv2d.h). */
#include "conv2d.h"

static const char name[] = "conv_transpose2d";

static tg_status check_channels(tg_graph *g, tg_conv2d_call *c)
{
    int64_t O = c->w->shape.dim[0], C = c->w->shape.dim[1];

    if (O != c->x->shape.dim[1])
        return tg_fail(g, TG_ERR_SHAPE,
                       "%s: weight %s does not fit the channels of input %s",
                       name, tg_describe(c->w).text, tg_describe(c->x).text);
    if (O % (int64_t)c->sizes.groups == 0)
        C *= (int64_t)c->sizes.groups;
    return tg_conv2d_set_channels(g, c, O, C, C);
}

/* Which windows a result meets would else not be settled. */
static tg_status check_output_padding(tg_graph *g, const tg_conv2d_call *c)
{
    const tg_windows2d *at = &c->sizes.at;
    const int *more = c->options.output_padding;

    for (int d = 0; d < 2; d++)
        if ((size_t)more[d] >= at->stride[d] &&
            (size_t)more[d] >= at->dilation[d])
            return tg_fail(g, TG_ERR_ARG,
                           "%s: output_padding (%d, %d) is not smaller than "
                           "stride (%zu, %zu) or dilation (%zu, %zu), for "
                           "input %s and weight %s",
                           name, more[0], more[1], at->stride[0], at->stride[1],
                           at->dilation[0], at->dilation[1],
                           tg_describe(c->x).text, tg_describe(c->w).text);
    return TG_OK;
}

/* (H - 1) stride - 2 padding + dilation (h - 1) + output_padding + 1; false if
 * it overflows. */
static bool result_extent(const tg_conv2d_call *c, int d, int64_t *extent)
{
    const tg_windows2d *at = &c->sizes.at;
    int64_t steps = c->x->shape.dim[2 + d] - 1;
    int64_t taps = c->w->shape.dim[2 + d] - 1;
    int64_t more =
        (int64_t)c->options.output_padding[d] + 1 - 2 * (int64_t)at->padding[d];

    return !__builtin_mul_overflow(steps, (int64_t)at->stride[d], &steps) &&
           !__builtin_mul_overflow(taps, (int64_t)at->dilation[d], &taps) &&
           !__builtin_add_overflow(steps, taps, &steps) &&
           !__builtin_add_overflow(steps, more, extent);
}

static tg_status set_extents(tg_graph *g, tg_conv2d_call *c)
{
    tg_windows2d *at = &c->sizes.at;

    for (int d = 0; d < 2; d++) {
        int64_t extent;
        if (!result_extent(c, d, &extent) || extent < 1)
            return tg_fail(g, TG_ERR_SHAPE,
                           "%s: the result for input %s and weight %s, with "
                           "padding (%zu, %zu), would be empty or too large",
                           name, tg_describe(c->x).text, tg_describe(c->w).text,
                           at->padding[0], at->padding[1]);
        at->in[d] = (size_t)extent;
        at->out[d] = (size_t)c->x->shape.dim[2 + d];
    }
    return TG_OK;
}

tg_tensor *tg_conv_transpose2d(tg_graph *g, tg_tensor *x, tg_tensor *w,
                               tg_tensor *b, tg_conv2d_options options)
{
    tg_conv2d_call c = {.op = name, .x = x, .w = w, .b = b, .options = options};

    if (tg_conv2d_check(g, &c) != TG_OK || check_channels(g, &c) != TG_OK ||
        check_output_padding(g, &c) != TG_OK || set_extents(g, &c) != TG_OK)
        return NULL;
    return tg_conv2d_dx_apply(g, x, w, b, &c.sizes);
}
