/* Samples of pooling. */
#include "op_window.h"

#include <math.h>

static window pool_window(const op_case *c, int axis)
{
    const tg_pool2d_options *o = &c->pool;
    int stride = o->stride[axis] > 0 ? o->stride[axis] : o->kernel[axis];
    window w = {.extent = c->in[0].shape.dim[2 + axis],
                .taps = o->kernel[axis],
                .stride = stride,
                .padding = o->padding[axis],
                .dilation = 1};

    w.results = (w.extent + 2 * w.padding - w.taps) / w.stride + 1;
    return w;
}

static void draw_pool(uint64_t *state, op_case *c)
{
    *c = (op_case){.n = 1};
    c->in[0].values = DISTINCT;
    c->in[0].shape =
        TG_SHAPE(draw_below(state, 3), 1 + draw_below(state, 2), 0, 0);
    for (int axis = 0; axis < 2; axis++) {
        int kernel = 1 + (int)draw_below(state, 3);
        c->pool.kernel[axis] = kernel;
        c->pool.stride[axis] = (int)draw_below(state, 3);
        c->pool.padding[axis] = (int)draw_below(state, kernel / 2 + 1);
        c->in[0].shape.dim[2 + axis] = kernel + draw_below(state, 3);
    }
}

static tg_tensor *call_max_pool2d(tg_graph *g, tg_tensor *const *in,
                                  const op_case *c)
{
    return tg_max_pool2d(g, in[0], c->pool);
}

static tg_tensor *call_avg_pool2d(tg_graph *g, tg_tensor *const *in,
                                  const op_case *c)
{
    return tg_avg_pool2d(g, in[0], c->pool);
}

/* The largest and the sum of what window (i, j) of one image sees. */
static void look(const window *v, const window *h, const double *x, int64_t i,
                 int64_t j, double *largest, double *sum)
{
    *largest = -INFINITY;
    *sum = 0;
    for (int64_t a = 0; a < v->taps; a++)
        for (int64_t b = 0; b < h->taps; b++) {
            int64_t s = place(v, i, a), t = place(h, j, b);
            if (!inside(v, s) || !inside(h, t))
                continue;
            *largest = fmax(*largest, x[s * h->extent + t]);
            *sum += x[s * h->extent + t];
        }
}

static tg_shape plain_pool_op(const op_case *c, const double *x, double *y,
                              bool largest)
{
    const int64_t *in = c->in[0].shape.dim;
    window v = pool_window(c, 0), h = pool_window(c, 1);

    for (int64_t n = 0; n < in[0] * in[1]; n++)
        for (int64_t i = 0; i < v.results; i++)
            for (int64_t j = 0; j < h.results; j++) {
                double most, sum;
                look(&v, &h, x + n * in[2] * in[3], i, j, &most, &sum);
                *y++ = largest ? most : sum / (double)(v.taps * h.taps);
            }
    return TG_SHAPE(in[0], in[1], v.results, h.results);
}

static tg_shape plain_max_pool2d(const op_case *c, double *const *x, double *y)
{
    return plain_pool_op(c, x[0], y, true);
}

static tg_shape plain_avg_pool2d(const op_case *c, double *const *x, double *y)
{
    return plain_pool_op(c, x[0], y, false);
}

static void refuse_max_pool2d(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    tg_pool2d_options o = {.kernel = {2, 2}};

    (void)i;
    EXPECT_REFUSED(g, tg_max_pool2d(g, x, o), TG_ERR_SHAPE, "max_pool2d");
}

static void refuse_avg_pool2d(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    tg_pool2d_options o = {.kernel = {2, 2}};

    (void)i;
    EXPECT_REFUSED(g, tg_avg_pool2d(g, x, o), TG_ERR_SHAPE, "avg_pool2d");
}

const op_info pooling_ops[] = {{.name = "max_pool2d",
                                .draw = draw_pool,
                                .call = call_max_pool2d,
                                .plain = plain_max_pool2d,
                                .refuse = refuse_max_pool2d},
                               {.name = "avg_pool2d",
                                .draw = draw_pool,
                                .call = call_avg_pool2d,
                                .plain = plain_avg_pool2d,
                                .refuse = refuse_avg_pool2d},
                               {0}};
