/* Samples of convolutions by channels. */
#include "op_window.h"

static window conv_window(const op_case *c, int axis)
{
    const tg_conv2d_options *o = &c->conv;
    window w = {.extent = c->in[0].shape.dim[2 + axis],
                .taps = c->in[1].shape.dim[2 + axis],
                .stride = at_least_1(o->stride[axis]),
                .padding = o->padding[axis],
                .dilation = at_least_1(o->dilation[axis])};
    int64_t reach = w.dilation * (w.taps - 1) + 1;

    w.results = (w.extent + 2 * w.padding - reach) / w.stride + 1;
    return w;
}

/* The same window, seen from the transposed op: its results are what the
 * convolution reads. */
static window transposed_window(const op_case *c, int axis)
{
    window w = conv_window(c, axis);

    w.results = w.extent;
    w.extent = (w.results - 1) * w.stride - 2 * w.padding +
               w.dilation * (w.taps - 1) + c->conv.output_padding[axis] + 1;
    return w;
}

static void draw_options(uint64_t *state, tg_conv2d_options *o)
{
    for (int axis = 0; axis < 2; axis++) {
        o->stride[axis] = (int)draw_below(state, 4);
        o->padding[axis] = (int)draw_below(state, 2);
        o->dilation[axis] = (int)draw_below(state, 3);
    }
    o->groups = (int)draw_below(state, 3);
}

/* An extent that a window of so many taps fits into. */
static int64_t draw_extent(uint64_t *state, int dilation, int64_t taps)
{
    return at_least_1(dilation) * (taps - 1) + 1 + draw_below(state, 3);
}

static void draw_images(uint64_t *state, op_case *c, bool transposed)
{
    *c = (op_case){.n = 3};
    draw_options(state, &c->conv);
    int64_t groups = at_least_1(c->conv.groups);
    int64_t channels = groups * (1 + draw_below(state, 2));
    int64_t outputs = groups * (1 + draw_below(state, 2));
    int64_t h = 1 + draw_below(state, 3), w = 1 + draw_below(state, 3);

    c->in[0].shape = TG_SHAPE(draw_below(state, 3), channels,
                              draw_extent(state, c->conv.dilation[0], h),
                              draw_extent(state, c->conv.dilation[1], w));
    c->in[1].shape = transposed ? TG_SHAPE(channels, outputs / groups, h, w)
                                : TG_SHAPE(outputs, channels / groups, h, w);
    c->in[2].shape = TG_SHAPE(outputs);
    c->in[2].left_out = draw_below(state, 3) == 0;
}

static void draw_conv2d(uint64_t *state, op_case *c)
{
    draw_images(state, c, false);
}

/* Padding may not take away more than there is. */
static void draw_conv_transpose2d(uint64_t *state, op_case *c)
{
    draw_images(state, c, true);
    for (int axis = 0; axis < 2; axis++) {
        int room = at_least_1(c->conv.stride[axis]);
        c->conv.output_padding[axis] = (int)draw_below(state, room);
        if (transposed_window(c, axis).extent < 1)
            c->conv.padding[axis] = 0;
    }
}

static tg_tensor *call_conv2d(tg_graph *g, tg_tensor *const *in,
                              const op_case *c)
{
    return tg_conv2d(g, in[0], in[1], in[2], c->conv);
}

static tg_tensor *call_conv_transpose2d(tg_graph *g, tg_tensor *const *in,
                                        const op_case *c)
{
    return tg_conv_transpose2d(g, in[0], in[1], in[2], c->conv);
}

/* One channel of x seen through one window: y (+)= or, transposed, x spread. */
static void add_channel(const window *v, const window *h, bool transposed,
                        const double *x, const double *k, double *y)
{
    for (int64_t i = 0; i < v->results; i++)
        for (int64_t j = 0; j < h->results; j++)
            for (int64_t a = 0; a < v->taps; a++)
                for (int64_t b = 0; b < h->taps; b++) {
                    int64_t s = place(v, i, a), t = place(h, j, b);
                    if (!inside(v, s) || !inside(h, t))
                        continue;
                    int64_t near = i * h->results + j, far = s * h->extent + t;
                    y[transposed ? far : near] +=
                        x[transposed ? near : far] * k[a * h->taps + b];
                }
}

static tg_shape plain_images(const op_case *c, double *const *x, double *y,
                             bool transposed)
{
    const int64_t *in = c->in[0].shape.dim, *k = c->in[1].shape.dim;
    window v = transposed ? transposed_window(c, 0) : conv_window(c, 0);
    window h = transposed ? transposed_window(c, 1) : conv_window(c, 1);
    int64_t groups = at_least_1(c->conv.groups), channels = in[1] / groups;
    int64_t outputs = transposed ? k[1] : k[0] / groups;
    int64_t rows = transposed ? v.extent : v.results;
    int64_t columns = transposed ? h.extent : h.results;

    for (int64_t i = 0; i < in[0] * groups * outputs * rows * columns; i++)
        y[i] = x[2] != NULL ? x[2][i / rows / columns % (groups * outputs)] : 0;
    for (int64_t n = 0; n < in[0] * groups; n++)
        for (int64_t o = 0; o < outputs; o++)
            for (int64_t q = 0; q < channels; q++) {
                int64_t group = n % groups;
                int64_t tap = transposed ? (group * channels + q) * outputs + o
                                         : (group * outputs + o) * channels + q;
                add_channel(&v, &h, transposed,
                            x[0] + (n * channels + q) * in[2] * in[3],
                            x[1] + tap * k[2] * k[3],
                            y + (n * outputs + o) * rows * columns);
            }
    return TG_SHAPE(in[0], groups * outputs, rows, columns);
}

static tg_shape plain_conv2d_op(const op_case *c, double *const *x, double *y)
{
    return plain_images(c, x, y, false);
}

static tg_shape plain_conv_transpose2d_op(const op_case *c, double *const *x,
                                          double *y)
{
    return plain_images(c, x, y, true);
}

static void refuse_conv2d(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    tg_conv2d_options o = {0};

    EXPECT_REFUSED(g, tg_conv2d(g, x, x, TG_NONE, o), TG_ERR_SHAPE, "conv2d");
    EXPECT_REFUSED(g, tg_conv2d(g, x, i, TG_NONE, o), TG_ERR_DTYPE, "conv2d");
}

static void refuse_conv_transpose2d(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    tg_conv2d_options o = {0};

    EXPECT_REFUSED(g, tg_conv_transpose2d(g, x, x, TG_NONE, o), TG_ERR_SHAPE,
                   "conv_transpose2d");
    EXPECT_REFUSED(g, tg_conv_transpose2d(g, x, i, TG_NONE, o), TG_ERR_DTYPE,
                   "conv_transpose2d");
}

const op_info convolution_ops[] = {{.name = "conv2d",
                                    .draw = draw_conv2d,
                                    .call = call_conv2d,
                                    .plain = plain_conv2d_op,
                                    .refuse = refuse_conv2d},
                                   {.name = "conv_transpose2d",
                                    .draw = draw_conv_transpose2d,
                                    .call = call_conv_transpose2d,
                                    .plain = plain_conv_transpose2d_op,
                                    .refuse = refuse_conv_transpose2d},
                                   {0}};
