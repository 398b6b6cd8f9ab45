/* Exercise 2: what if a convolution's author wrote no gradient? An op without a
 * backward closure computes, but no gradient passes it. With one it is as good
 * as the library's own: the check of first and second order says so.
 *
 * (For a function of one number, tg_map(g, x, f, df, NULL) is all it takes.) */
#include <tinygrad.h>

#include <stdio.h>

/* y[i,j] = sum_ab x[i+a, j+b] k[a,b], by loops over plain arrays. */
static tg_status corr_forward(const tg_call *call)
{
    int64_t width = tg_tensor_shape(call->in[0]).dim[1];
    int64_t w = tg_tensor_shape(call->in[1]).dim[1];
    int64_t columns = tg_tensor_shape(call->out).dim[1];
    const double *x = tg_data_f64(call->in[0]), *k = tg_data_f64(call->in[1]);
    double *y = tg_data_f64(call->out);

    for (int64_t i = 0; i < tg_tensor_size(call->out); i++) {
        const double *window = x + i / columns * width + i % columns;
        y[i] = 0;
        for (int64_t j = 0; j < tg_tensor_size(call->in[1]); j++)
            y[i] += window[j / w * width + j % w] * k[j];
    }
    return TG_OK;
}

/* dx = corr2d(dy with zeros around it, k flipped), dk = corr2d(x, dy). */
static tg_status corr_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                               tg_tensor **dx)
{
    tg_tensor *x = call->in[0], *k = call->in[1];
    int64_t h = tg_tensor_shape(k).dim[0], w = tg_tensor_shape(k).dim[1];
    tg_tensor *tall = tg_pad(g, dy, 0, h - 1, h - 1, 0);
    tg_tensor *wide = tg_pad(g, tall, 1, w - 1, w - 1, 0);

    dx[0] = tg_corr2d(g, wide, tg_flip(g, k, TG_AXES(0, 1)));
    dx[1] = tg_corr2d(g, x, dy);
    return TG_OK;
}

/* The op as a function; env is its descriptor. */
static tg_tensor *corr(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    tg_shape y = tg_tensor_shape(in[0]), k = tg_tensor_shape(in[1]);

    y.dim[0] -= k.dim[0] - 1;
    y.dim[1] -= k.dim[1] - 1;
    return tg_apply(g, env, TG_F64, y, n, in, NULL, 0);
}

int main(void)
{
    tg_graph *g = tg_graph_new();
    tg_rng rng = tg_rng_seed(5);
    tg_tensor *in[] = {tg_tensor_normal(TG_F64, TG_SHAPE(4, 5), 0, 1, &rng),
                       tg_tensor_normal(TG_F64, TG_SHAPE(2, 3), 0, 1, &rng)};
    tg_set_requires_grad(in[0], true);
    tg_set_requires_grad(in[1], true);

    tg_op op = {.name = "corr", .forward = corr_forward};
    tg_status refused = tg_backward(g, tg_sum(g, corr(g, in, 2, &op)));
    printf("%s: %s\n", tg_status_name(refused), tg_error_message());
    tg_graph_reset(g);

    op.backward = corr_backward;
    tg_gradcheck_options once = {.order = 1}, twice = {.order = 2};
    tg_status first = tg_gradcheck(corr, in, 2, &op, once);
    tg_status second = tg_gradcheck(corr, in, 2, &op, twice);
    printf("with its closure: first order %s, second order %s\n",
           tg_status_name(first), tg_status_name(second));

    bool holds = refused == TG_ERR_UNSUPPORTED && !first && !second;
    if (!holds)
        fprintf(stderr, "%s\n", tg_error_message());
    tg_tensor_free(in[0]);
    tg_tensor_free(in[1]);
    tg_graph_free(g);
    return !holds;
}
