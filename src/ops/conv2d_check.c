/* What conv2d and conv_transpose2d ask of their inputs alike. */
#include "conv2d.h"

static tg_status check_tensors(tg_graph *g, const tg_conv2d_call *c)
{
    tg_tensor *in[] = {c->x, c->w, c->b};
    tg_status s = tg_check_floats(g, c->op, c->b == TG_NONE ? 2 : 3, in);

    if (s != TG_OK)
        return s;
    if (c->x->shape.ndim != 4 || c->w->shape.ndim != 4)
        return tg_fail(g, TG_ERR_SHAPE,
                       "%s: input %s and weight %s are not both 4-D", c->op,
                       tg_describe(c->x).text, tg_describe(c->w).text);
    for (int d = 0; d < 4; d++)
        if ((d > 0 && c->x->shape.dim[d] == 0) || c->w->shape.dim[d] == 0)
            return tg_fail(g, TG_ERR_SHAPE,
                           "%s: input %s or weight %s is empty", c->op,
                           tg_describe(c->x).text, tg_describe(c->w).text);
    return TG_OK;
}

static tg_status refuse_option(tg_graph *g, const tg_conv2d_call *c,
                               const char *name, const int value[2],
                               const char *why)
{
    return tg_fail(g, TG_ERR_ARG,
                   "%s: %s (%d, %d) %s, for input %s and weight %s", c->op,
                   name, value[0], value[1], why, tg_describe(c->x).text,
                   tg_describe(c->w).text);
}

static tg_status check_options(tg_graph *g, const tg_conv2d_call *c)
{
    const tg_conv2d_options *o = &c->options;
    const struct {
        const char *name;
        const int *value;
    } pairs[] = {{"stride", o->stride},
                 {"padding", o->padding},
                 {"dilation", o->dilation},
                 {"output_padding", o->output_padding}};

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i].value[0] < 0 || pairs[i].value[1] < 0)
            return refuse_option(g, c, pairs[i].name, pairs[i].value,
                                 "is negative");
    if (o->groups < 0)
        return tg_fail(g, TG_ERR_ARG,
                       "%s: groups %d is negative, for input %s and weight %s",
                       c->op, o->groups, tg_describe(c->x).text,
                       tg_describe(c->w).text);
    return TG_OK;
}

static int one_for_zero(int option)
{
    return option == 0 ? 1 : option;
}

/* All but the extents of input and result. */
static void set_windows(tg_conv2d_call *c)
{
    tg_windows2d *at = &c->sizes.at;
    tg_conv2d_options *o = &c->options;

    for (int d = 0; d < 2; d++) {
        at->kernel[d] = (size_t)c->w->shape.dim[2 + d];
        at->stride[d] = (size_t)one_for_zero(o->stride[d]);
        at->padding[d] = (size_t)o->padding[d];
        at->dilation[d] = (size_t)one_for_zero(o->dilation[d]);
    }
    c->sizes.groups = (size_t)one_for_zero(o->groups);
    c->sizes.N = (size_t)c->x->shape.dim[0];
}

tg_status tg_conv2d_check(tg_graph *g, tg_conv2d_call *c)
{
    tg_status s = check_tensors(g, c);

    if (s == TG_OK)
        s = check_options(g, c);
    if (s == TG_OK)
        set_windows(c);
    return s;
}

tg_status tg_conv2d_set_channels(tg_graph *g, tg_conv2d_call *c, int64_t O,
                                 int64_t C, int64_t results)
{
    int64_t groups = (int64_t)c->sizes.groups;

    if (O % groups != 0 || C % groups != 0)
        return tg_fail(g, TG_ERR_SHAPE,
                       "%s: %lld groups do not divide the channels of input %s "
                       "and weight %s",
                       c->op, (long long)groups, tg_describe(c->x).text,
                       tg_describe(c->w).text);
    c->sizes.O = (size_t)(O / groups);
    c->sizes.C = (size_t)(C / groups);
    if (c->b == TG_NONE)
        return TG_OK;
    if (c->b->shape.ndim != 1 || c->b->shape.dim[0] != results)
        return tg_fail(g, TG_ERR_SHAPE,
                       "%s: bias %s does not fit %lld channels, of input %s "
                       "and weight %s",
                       c->op, tg_describe(c->b).text, (long long)results,
                       tg_describe(c->x).text, tg_describe(c->w).text);
    return TG_OK;
}
