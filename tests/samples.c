#include "samples.h"

#define SAMPLE_FUNCTION(name, call)                                            \
    static tg_tensor *sample_##name(tg_graph *g, tg_tensor *const *in, int n,  \
                                    void *env)                                 \
    {                                                                          \
        (void)n, (void)env;                                                    \
        return call;                                                           \
    }

/* name, calls and the last of them, number of inputs, their shapes */
#define SAMPLES(X)                                                             \
    X(add, 1, tg_add(g, in[0], in[1]), 2, {2, {2, 1}}, {1, {3}})               \
    X(sub, 1, tg_sub(g, in[0], in[1]), 2, {2, {2, 1}}, {1, {3}})               \
    X(mul, 1, tg_mul(g, in[0], in[1]), 2, {2, {2, 1}}, {1, {3}})               \
    X(div, 1, tg_div(g, in[0], in[1]), 2, {2, {2, 1}}, {1, {3}})               \
    X(add_scalar, 1, tg_add_scalar(g, in[0], 0.7), 1, {2, {2, 3}})             \
    X(mul_scalar, 1, tg_mul_scalar(g, in[0], 0.7), 1, {2, {2, 3}})             \
    X(neg, 1, tg_neg(g, in[0]), 1, {2, {2, 3}})                                \
    X(abs, 1, tg_abs(g, in[0]), 1, {2, {2, 3}})                                \
    X(square, 1, tg_square(g, in[0]), 1, {2, {2, 3}})                          \
    X(maximum, 1, tg_maximum(g, in[0], in[1]), 2, {2, {2, 1}}, {1, {3}})       \
    X(minimum, 1, tg_minimum(g, in[0], in[1]), 2, {2, {2, 1}}, {1, {3}})       \
    X(where, 2, tg_where(g, tg_argmax(g, in[0], 0), in[0], in[1]), 2,          \
      {2, {2, 3}}, {1, {3}})                                                   \
    X(pow_scalar, 1, tg_pow_scalar(g, in[0], 3), 1, {2, {2, 3}})               \
    X(sqrt, 2, tg_sqrt(g, tg_abs(g, in[0])), 1, {2, {2, 3}})                   \
    X(exp, 1, tg_exp(g, in[0]), 1, {2, {2, 3}})                                \
    X(log, 2, tg_log(g, tg_abs(g, in[0])), 1, {2, {2, 3}})                     \
    X(sin, 1, tg_sin(g, in[0]), 1, {2, {2, 3}})                                \
    X(cos, 1, tg_cos(g, in[0]), 1, {2, {2, 3}})                                \
    X(tanh, 1, tg_tanh(g, in[0]), 1, {2, {2, 3}})                              \
    X(sigmoid, 1, tg_sigmoid(g, in[0]), 1, {2, {2, 3}})                        \
    X(relu, 1, tg_relu(g, in[0]), 1, {2, {2, 3}})                              \
    X(leaky_relu, 1, tg_leaky_relu(g, in[0], 0.2), 1, {2, {2, 3}})             \
    X(gelu, 1, tg_gelu(g, in[0]), 1, {2, {2, 3}})                              \
    X(silu, 1, tg_silu(g, in[0]), 1, {2, {2, 3}})                              \
    X(softplus, 1, tg_softplus(g, in[0]), 1, {2, {2, 3}})                      \
    X(clamp, 1, tg_clamp(g, in[0], -1, 0.5), 1, {2, {2, 3}})                   \
    X(mean_axes, 1, tg_mean_axes(g, in[0], TG_AXES(1), false), 1, {2, {2, 3}}) \
    X(var_axes, 1, tg_var_axes(g, in[0], TG_AXES(1), true, true), 1,           \
      {2, {2, 3}})                                                             \
    X(max_axes, 1, tg_max_axes(g, in[0], TG_AXES(1), true), 1, {2, {2, 3}})    \
    X(min_axes, 1, tg_min_axes(g, in[0], TG_AXES(0), false), 1, {2, {2, 3}})   \
    X(logsumexp, 1, tg_logsumexp(g, in[0], 1, false), 1, {2, {2, 3}})          \
    X(softmax, 1, tg_softmax(g, in[0], 0), 1, {2, {2, 3}})                     \
    X(log_softmax, 1, tg_log_softmax(g, in[0], 1), 1, {2, {2, 3}})             \
    X(cross_entropy, 2, tg_cross_entropy(g, in[0], tg_argmax(g, in[0], 1)), 1, \
      {2, {2, 3}})                                                             \
    X(mse_loss, 1, tg_mse_loss(g, in[0], in[1]), 2, {2, {2, 3}}, {2, {2, 3}})  \
    X(bce_with_logits, 1, tg_bce_with_logits(g, in[0], in[1]), 2, {2, {2, 3}}, \
      {2, {2, 3}})                                                             \
    X(layer_norm, 1, tg_layer_norm(g, in[0], in[1], in[1], 1e-5), 2,           \
      {2, {2, 3}}, {1, {3}})                                                   \
    X(batch_norm, 1,                                                           \
      tg_batch_norm(g, in[0], in[1], in[1], TG_NONE, TG_NONE, 0.1, 1e-5), 2,   \
      {2, {4, 2}}, {1, {2}})                                                   \
    X(permute, 1, tg_permute(g, in[0], TG_AXES(2, 0, 1)), 1, {3, {2, 3, 2}})   \
    X(concat, 1, tg_concat(g, (tg_tensor *[]){in[0], in[1]}, 2, 1), 2,         \
      {2, {2, 3}}, {2, {2, 1}})                                                \
    X(take, 2, tg_take(g, in[0], tg_argmax(g, in[0], 0)), 1, {2, {2, 3}})      \
    X(matmul_batches, 1, tg_matmul(g, in[0], in[1]), 2, {3, {2, 1, 3}},        \
      {2, {3, 2}})                                                             \
    X(matmul_vector, 1, tg_matmul(g, in[0], in[1]), 2, {1, {3}},               \
      {3, {2, 3, 2}})                                                          \
    X(sum, 1, tg_sum(g, in[0]), 1, {2, {2, 3}})                                \
    X(mean, 1, tg_mean(g, in[0]), 1, {2, {2, 3}})                              \
    X(sum_axes, 1, tg_sum_axes(g, in[0], TG_AXES(0), true), 1, {2, {2, 3}})    \
    X(reshape, 1, tg_reshape(g, in[0], TG_SHAPE(3, 2)), 1, {2, {2, 3}})        \
    X(transpose, 1, tg_transpose(g, in[0]), 1, {2, {2, 3}})                    \
    X(broadcast_to, 1, tg_broadcast_to(g, in[0], TG_SHAPE(2, 2, 3)), 1,        \
      {2, {2, 3}})                                                             \
    X(slice, 1, tg_slice(g, in[0], 1, 0, INT64_MAX, 2), 1, {2, {2, 3}})        \
    X(pad, 1, tg_pad(g, in[0], 0, 1, 2, 5), 1, {2, {2, 3}})                    \
    X(flip, 1, tg_flip(g, in[0], TG_AXES(0, 1)), 1, {2, {2, 3}})               \
    X(matmul, 1, tg_matmul(g, in[0], in[1]), 2, {2, {2, 3}}, {2, {3, 4}})      \
    X(linear, 1, tg_linear(g, in[0], in[1], in[0]), 2, {1, {3}}, {2, {3, 3}})  \
    X(corr2d, 1, tg_corr2d(g, in[0], in[1]), 2, {2, {5, 6}}, {2, {2, 3}})      \
    X(detach, 2, tg_mul(g, in[0], tg_detach(g, in[0])), 1, {2, {2, 3}})        \
    X(conv2d, 1,                                                               \
      tg_conv2d(g, in[0], in[1], TG_NONE,                                      \
                (tg_conv2d_options){.padding = {1, 0}}),                       \
      2, {4, {1, 2, 3, 4}}, {4, {2, 2, 2, 3}})                                 \
    X(conv_transpose2d, 1,                                                     \
      tg_conv_transpose2d(g, in[0], in[1], TG_NONE,                            \
                          (tg_conv2d_options){.stride = {2, 1}}),              \
      2, {4, {1, 2, 2, 3}}, {4, {2, 1, 2, 2}})                                 \
    X(max_pool2d, 1,                                                           \
      tg_max_pool2d(g, in[0], (tg_pool2d_options){.kernel = {2, 2}}), 1,       \
      {4, {1, 2, 4, 3}})                                                       \
    X(avg_pool2d, 1,                                                           \
      tg_avg_pool2d(g, in[0], (tg_pool2d_options){.kernel = {2, 2}}), 1,       \
      {4, {1, 2, 4, 3}})

#define DEFINE_FUNCTION(name, calls, call, n, ...) SAMPLE_FUNCTION(name, call)
SAMPLES(DEFINE_FUNCTION)
#undef DEFINE_FUNCTION

#define LIST_SAMPLE(name, calls, call, n, ...)                                 \
    {#name, calls, sample_##name, n, {__VA_ARGS__}},
const sample samples[] = {SAMPLES(LIST_SAMPLE)};
const int n_samples = sizeof samples / sizeof *samples;

void make_inputs(const sample *s, tg_dtype dtype, uint64_t seed,
                 tg_tensor **inputs)
{
    for (int i = 0; i < s->n; i++) {
        inputs[i] = try_random(dtype, s->shapes[i], seed + (uint64_t)i);
        if (inputs[i])
            tg_set_requires_grad(inputs[i], true);
    }
}

void free_inputs(const sample *s, tg_tensor **inputs)
{
    for (int i = 0; i < s->n; i++)
        tg_tensor_free(inputs[i]);
}
