#include <tinygrad/ops.h>

#include "kernels.h"
#include "op.h"

typedef void (*kernel_2d)(bool is_f64, size_t H, size_t W, size_t h, size_t w,
                          const void *x, const void *k, void *y);

static tg_status run(const tg_call *call, kernel_2d kernel)
{
    const tg_tensor *x = call->in[0], *k = call->in[1];

    kernel(x->dtype == TG_F64, (size_t)x->shape.dim[0], (size_t)x->shape.dim[1],
           (size_t)k->shape.dim[0], (size_t)k->shape.dim[1], x->data, k->data,
           call->out->data);
    return TG_OK;
}

static tg_tensor *conv2d_full(tg_graph *g, tg_tensor *x, tg_tensor *k);

static tg_status corr2d_forward(const tg_call *call)
{
    return run(call, tg_kernel_corr2d);
}

/* y = x ⋆ k; dx = dy * k, in full, dk = x ⋆ dy. */
static tg_status corr2d_backward(tg_graph *g, const tg_call *call,
                                 tg_tensor *dy, tg_tensor **grad_in)
{
    tg_tensor *x = call->in[0], *k = call->in[1];

    if (call->wanted[0])
        grad_in[0] = conv2d_full(g, dy, k);
    if (call->wanted[1])
        grad_in[1] = tg_corr2d(g, x, dy);
    return TG_OK;
}

static const tg_op corr2d = {
    .name = "corr2d",
    .formula = "y = x corr k; dx = dy conv k (full), dk = x corr dy",
    .forward = corr2d_forward,
    .backward = corr2d_backward};

static tg_status conv2d_full_forward(const tg_call *call)
{
    return run(call, tg_kernel_conv2d_full);
}

/* y = x * k, in full; dx = dy ⋆ k, dk = dy ⋆ x. */
static tg_status conv2d_full_backward(tg_graph *g, const tg_call *call,
                                      tg_tensor *dy, tg_tensor **grad_in)
{
    tg_tensor *x = call->in[0], *k = call->in[1];

    if (call->wanted[0])
        grad_in[0] = tg_corr2d(g, dy, k);
    if (call->wanted[1])
        grad_in[1] = tg_corr2d(g, dy, x);
    return TG_OK;
}

static const tg_op full = {
    .name = "conv2d_full",
    .formula = "y = x conv k (full); dx = dy corr k, dk = dy corr x",
    .forward = conv2d_full_forward,
    .backward = conv2d_full_backward};

/* The strict, full convolution, which corr2d differentiates into: (H, W) x
 * (h, w) -> (H+h-1, W+w-1). */
static tg_tensor *conv2d_full(tg_graph *g, tg_tensor *x, tg_tensor *k)
{
    tg_tensor *in[] = {x, k};

    if (tg_check_floats(g, full.name, 2, in) != TG_OK)
        return NULL;
    tg_shape shape = TG_SHAPE(x->shape.dim[0] + k->shape.dim[0] - 1,
                              x->shape.dim[1] + k->shape.dim[1] - 1);
    return tg_apply_checked(g, &full, x->dtype, &shape, 2, in, NULL, 0);
}

static tg_status check_shapes(tg_graph *g, const tg_tensor *x,
                              const tg_tensor *k)
{
    if (x->shape.ndim != 2 || k->shape.ndim != 2)
        return tg_fail(g, TG_ERR_SHAPE,
                       "corr2d: input %s and kernel %s are not both 2-D",
                       tg_describe(x).text, tg_describe(k).text);
    if (k->size == 0)
        return tg_fail(g, TG_ERR_SHAPE,
                       "corr2d: kernel %s is empty, for input %s",
                       tg_describe(k).text, tg_describe(x).text);
    if (k->shape.dim[0] > x->shape.dim[0] || k->shape.dim[1] > x->shape.dim[1])
        return tg_fail(g, TG_ERR_SHAPE,
                       "corr2d: kernel %s does not fit into input %s",
                       tg_describe(k).text, tg_describe(x).text);
    return TG_OK;
}

tg_tensor *tg_corr2d(tg_graph *g, tg_tensor *x, tg_tensor *k)
{
    tg_tensor *in[] = {x, k};

    if (tg_check_floats(g, corr2d.name, 2, in) != TG_OK ||
        check_shapes(g, x, k) != TG_OK)
        return NULL;
    tg_shape shape = TG_SHAPE(x->shape.dim[0] - k->shape.dim[0] + 1,
                              x->shape.dim[1] - k->shape.dim[1] + 1);
    return tg_apply_checked(g, &corr2d, x->dtype, &shape, 2, in, NULL, 0);
}
