#include "conv2d.h"

static const void *bias(const tg_call *call)
{
    return call->n_in > 2 ? call->in[2]->data : NULL;
}

static tg_tensor *apply(tg_graph *g, const tg_op *op, const tg_shape *shape,
                        tg_tensor *const in[3], const tg_conv2d_sizes *sizes)
{
    return tg_apply_checked(g, op, in[0]->dtype, shape,
                            in[2] == TG_NONE ? 2 : 3, in, sizes, sizeof *sizes);
}

/* (N, channels, extent). */
static tg_shape shape_of(const tg_conv2d_sizes *s, size_t channels,
                         const size_t extent[2])
{
    return TG_SHAPE((int64_t)s->N, (int64_t)(s->groups * channels),
                    (int64_t)extent[0], (int64_t)extent[1]);
}

static tg_tensor *conv2d_dw(tg_graph *g, tg_tensor *x, tg_tensor *dy,
                            const tg_conv2d_sizes *sizes);

static tg_tensor *bias_share(tg_graph *g, tg_tensor *dy)
{
    return tg_sum_axes(g, dy, TG_AXES(0, 2, 3), false);
}

/* Room for so many numbers; false if there is none. */
static bool take_room(const tg_call *call, size_t numbers, void **room)
{
    size_t bytes = numbers * tg_element_size(call->out->dtype);

    *room = tg_graph_room(call->out->graph, bytes);
    return *room != NULL || bytes == 0;
}

static tg_status conv2d_forward(const tg_call *call)
{
    void *room;

    if (!take_room(call, tg_conv2d_room(call->env), &room))
        return TG_ERR_NOMEM;
    tg_kernel_conv2d(call->out->dtype == TG_F64, call->env, call->in[0]->data,
                     call->in[1]->data, bias(call), room, call->out->data);
    return TG_OK;
}

/* y = x ⋆ w + b; dx = conv2d_dx(dy, w), dw = conv2d_dw(x, dy), db = sum dy. */
static tg_status conv2d_backward(tg_graph *g, const tg_call *call,
                                 tg_tensor *dy, tg_tensor **grad_in)
{
    tg_tensor *x = call->in[0], *w = call->in[1];

    if (call->wanted[0])
        grad_in[0] = tg_conv2d_dx_apply(g, dy, w, TG_NONE, call->env);
    if (call->wanted[1])
        grad_in[1] = conv2d_dw(g, x, dy, call->env);
    if (call->n_in > 2 && call->wanted[2])
        grad_in[2] = bias_share(g, dy);
    return TG_OK;
}

static const tg_op conv2d = {
    .name = "conv2d",
    .formula = "y = x corr w + b; dx = dy conv w, dw = x corr dy, db = sum dy",
    .forward = conv2d_forward,
    .backward = conv2d_backward};

tg_tensor *tg_conv2d_apply(tg_graph *g, tg_tensor *x, tg_tensor *w,
                           tg_tensor *b, const tg_conv2d_sizes *sizes)
{
    tg_shape shape = shape_of(sizes, sizes->O, sizes->at.out);

    return apply(g, &conv2d, &shape, (tg_tensor *[]){x, w, b}, sizes);
}

static tg_status conv2d_dx_forward(const tg_call *call)
{
    void *room;

    if (!take_room(call, tg_conv2d_dx_room(call->env), &room))
        return TG_ERR_NOMEM;
    tg_kernel_conv2d_dx(call->out->dtype == TG_F64, call->env,
                        call->in[0]->data, call->in[1]->data, bias(call), room,
                        call->out->data);
    return TG_OK;
}

/* z = conv2d_dx(dy, w) + b; dy gets dz ⋆ w, w gets conv2d_dw(dz, dy), b gets
 * sum dz. */
static tg_status conv2d_dx_backward(tg_graph *g, const tg_call *call,
                                    tg_tensor *dz, tg_tensor **grad_in)
{
    tg_tensor *dy = call->in[0], *w = call->in[1];

    if (call->wanted[0])
        grad_in[0] = tg_conv2d_apply(g, dz, w, TG_NONE, call->env);
    if (call->wanted[1])
        grad_in[1] = conv2d_dw(g, dz, dy, call->env);
    if (call->n_in > 2 && call->wanted[2])
        grad_in[2] = bias_share(g, dz);
    return TG_OK;
}

static const tg_op conv2d_dx = {
    .name = "conv_transpose2d",
    .formula = "y = x conv w + b; dx = dy corr w, dw = dy corr x, db = sum dy",
    .forward = conv2d_dx_forward,
    .backward = conv2d_dx_backward};

tg_tensor *tg_conv2d_dx_apply(tg_graph *g, tg_tensor *dy, tg_tensor *w,
                              tg_tensor *b, const tg_conv2d_sizes *sizes)
{
    tg_shape shape = shape_of(sizes, sizes->C, sizes->at.in);

    return apply(g, &conv2d_dx, &shape, (tg_tensor *[]){dy, w, b}, sizes);
}

static tg_status conv2d_dw_forward(const tg_call *call)
{
    void *room;

    if (!take_room(call, tg_conv2d_dw_room(call->env), &room))
        return TG_ERR_NOMEM;
    tg_kernel_conv2d_dw(call->out->dtype == TG_F64, call->env,
                        call->in[0]->data, call->in[1]->data, room,
                        call->out->data);
    return TG_OK;
}

/* z = conv2d_dw(x, dy); x gets conv2d_dx(dy, dz), dy gets x ⋆ dz. */
static tg_status conv2d_dw_backward(tg_graph *g, const tg_call *call,
                                    tg_tensor *dz, tg_tensor **grad_in)
{
    tg_tensor *x = call->in[0], *dy = call->in[1];

    if (call->wanted[0])
        grad_in[0] = tg_conv2d_dx_apply(g, dy, dz, TG_NONE, call->env);
    if (call->wanted[1])
        grad_in[1] = tg_conv2d_apply(g, x, dz, TG_NONE, call->env);
    return TG_OK;
}

static const tg_op weight_gradient = {
    .name = "conv2d_dw",
    .formula = "z = x corr dy; x gets dy conv dz, dy gets x corr dz",
    .forward = conv2d_dw_forward,
    .backward = conv2d_dw_backward};

static tg_tensor *conv2d_dw(tg_graph *g, tg_tensor *x, tg_tensor *dy,
                            const tg_conv2d_sizes *s)
{
    tg_shape shape =
        TG_SHAPE((int64_t)(s->groups * s->O), (int64_t)s->C,
                 (int64_t)s->at.kernel[0], (int64_t)s->at.kernel[1]);

    return apply(g, &weight_gradient, &shape, (tg_tensor *[]){x, dy, TG_NONE},
                 s);
}

/* ---- tg_conv2d */

static tg_status check_channels(tg_graph *g, tg_conv2d_call *c)
{
    int64_t O = c->w->shape.dim[0], C = c->x->shape.dim[1];
    tg_status s = tg_conv2d_set_channels(g, c, O, C, O);

    if (s == TG_OK && (int64_t)c->sizes.C != c->w->shape.dim[1])
        s = tg_fail(g, TG_ERR_SHAPE,
                    "conv2d: weight %s does not fit the channels of input %s, "
                    "in groups of %zu",
                    tg_describe(c->w).text, tg_describe(c->x).text, c->sizes.C);
    return s;
}

/* out = (H + 2 padding - dilation (h - 1) - 1) / stride + 1. */
static tg_status set_extents(tg_graph *g, tg_conv2d_call *c)
{
    tg_windows2d *at = &c->sizes.at;

    for (int d = 0; d < 2; d++) {
        at->in[d] = (size_t)c->x->shape.dim[2 + d];
        size_t padded = at->in[d] + 2 * at->padding[d];
        size_t reach = at->kernel[d] - 1;
        if (reach > (padded - 1) / at->dilation[d])
            return tg_fail(g, TG_ERR_SHAPE,
                           "conv2d: weight %s does not fit into input %s with "
                           "padding (%zu, %zu), dilation (%zu, %zu)",
                           tg_describe(c->w).text, tg_describe(c->x).text,
                           at->padding[0], at->padding[1], at->dilation[0],
                           at->dilation[1]);
        at->out[d] = (padded - 1 - reach * at->dilation[d]) / at->stride[d] + 1;
    }
    return TG_OK;
}

tg_tensor *tg_conv2d(tg_graph *g, tg_tensor *x, tg_tensor *w, tg_tensor *b,
                     tg_conv2d_options options)
{
    tg_conv2d_call c = {
        .op = conv2d.name, .x = x, .w = w, .b = b, .options = options};

    if (tg_conv2d_check(g, &c) != TG_OK)
        return NULL;
    if (options.output_padding[0] != 0 || options.output_padding[1] != 0) {
        tg_fail(g, TG_ERR_ARG,
                "conv2d: output_padding (%d, %d), for input %s and weight %s, "
                "has a meaning for conv_transpose2d alone",
                options.output_padding[0], options.output_padding[1],
                tg_describe(x).text, tg_describe(w).text);
        return NULL;
    }
    if (check_channels(g, &c) != TG_OK || set_extents(g, &c) != TG_OK)
        return NULL;
    return tg_conv2d_apply(g, x, w, b, &c.sizes);
}
