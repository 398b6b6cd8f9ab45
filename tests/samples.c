#include "samples.h"

#define SAMPLE_FUNCTION(name, call)                                            \
    static tg_tensor *sample_##name(tg_graph *g, tg_tensor *const *in, int n,  \
                                    void *env)                                 \
    {                                                                          \
        (void)n, (void)env;                                                    \
        return call;                                                           \
    }

/* name, call, number of inputs, their shapes */
#define SAMPLES(X)                                                             \
    X(add, tg_add(g, in[0], in[1]), 2, {2, {2, 1}}, {1, {3}})                  \
    X(sub, tg_sub(g, in[0], in[1]), 2, {2, {2, 1}}, {1, {3}})                  \
    X(mul, tg_mul(g, in[0], in[1]), 2, {2, {2, 1}}, {1, {3}})                  \
    X(div, tg_div(g, in[0], in[1]), 2, {2, {2, 1}}, {1, {3}})                  \
    X(add_scalar, tg_add_scalar(g, in[0], 0.7), 1, {2, {2, 3}})                \
    X(mul_scalar, tg_mul_scalar(g, in[0], 0.7), 1, {2, {2, 3}})                \
    X(neg, tg_neg(g, in[0]), 1, {2, {2, 3}})                                   \
    X(abs, tg_abs(g, in[0]), 1, {2, {2, 3}})                                   \
    X(square, tg_square(g, in[0]), 1, {2, {2, 3}})                             \
    X(maximum, tg_maximum(g, in[0], in[1]), 2, {2, {2, 1}}, {1, {3}})          \
    X(minimum, tg_minimum(g, in[0], in[1]), 2, {2, {2, 1}}, {1, {3}})          \
    X(where, tg_where(g, tg_argmax(g, in[0], 0), in[0], in[1]), 2,             \
      {2, {2, 3}}, {1, {3}})                                                   \
    X(pow_scalar, tg_pow_scalar(g, in[0], 3), 1, {2, {2, 3}})                  \
    X(sqrt, tg_sqrt(g, tg_abs(g, in[0])), 1, {2, {2, 3}})                      \
    X(exp, tg_exp(g, in[0]), 1, {2, {2, 3}})                                   \
    X(log, tg_log(g, tg_abs(g, in[0])), 1, {2, {2, 3}})                        \
    X(sin, tg_sin(g, in[0]), 1, {2, {2, 3}})                                   \
    X(cos, tg_cos(g, in[0]), 1, {2, {2, 3}})                                   \
    X(tanh, tg_tanh(g, in[0]), 1, {2, {2, 3}})                                 \
    X(sigmoid, tg_sigmoid(g, in[0]), 1, {2, {2, 3}})                           \
    X(relu, tg_relu(g, in[0]), 1, {2, {2, 3}})                                 \
    X(leaky_relu, tg_leaky_relu(g, in[0], 0.2), 1, {2, {2, 3}})                \
    X(gelu, tg_gelu(g, in[0]), 1, {2, {2, 3}})                                 \
    X(silu, tg_silu(g, in[0]), 1, {2, {2, 3}})                                 \
    X(softplus, tg_softplus(g, in[0]), 1, {2, {2, 3}})                         \
    X(clamp, tg_clamp(g, in[0], -1, 0.5), 1, {2, {2, 3}})                      \
    X(mean_axes, tg_mean_axes(g, in[0], TG_AXES(1), false), 1, {2, {2, 3}})    \
    X(var_axes, tg_var_axes(g, in[0], TG_AXES(1), true, true), 1, {2, {2, 3}}) \
    X(max_axes, tg_max_axes(g, in[0], TG_AXES(1), true), 1, {2, {2, 3}})       \
    X(min_axes, tg_min_axes(g, in[0], TG_AXES(0), false), 1, {2, {2, 3}})      \
    X(logsumexp, tg_logsumexp(g, in[0], 1, false), 1, {2, {2, 3}})             \
    X(softmax, tg_softmax(g, in[0], 0), 1, {2, {2, 3}})                        \
    X(log_softmax, tg_log_softmax(g, in[0], 1), 1, {2, {2, 3}})                \
    X(cross_entropy, tg_cross_entropy(g, in[0], tg_argmax(g, in[0], 1)), 1,    \
      {2, {2, 3}})                                                             \
    X(mse_loss, tg_mse_loss(g, in[0], in[1]), 2, {2, {2, 3}}, {2, {2, 3}})     \
    X(bce_with_logits, tg_bce_with_logits(g, in[0], in[1]), 2, {2, {2, 3}},    \
      {2, {2, 3}})                                                             \
    X(layer_norm, tg_layer_norm(g, in[0], in[1], in[1], 1e-5), 2, {2, {2, 3}}, \
      {1, {3}})                                                                \
    X(batch_norm,                                                              \
      tg_batch_norm(g, in[0], in[1], in[1], TG_NONE, TG_NONE, 0.1, 1e-5), 2,   \
      {2, {4, 2}}, {1, {2}})                                                   \
    X(permute, tg_permute(g, in[0], TG_AXES(2, 0, 1)), 1, {3, {2, 3, 2}})      \
    X(concat, tg_concat(g, (tg_tensor *[]){in[0], in[1]}, 2, 1), 2,            \
      {2, {2, 3}}, {2, {2, 1}})                                                \
    X(take, tg_take(g, in[0], tg_argmax(g, in[0], 0)), 1, {2, {2, 3}})         \
    X(matmul_batches, tg_matmul(g, in[0], in[1]), 2, {3, {2, 1, 3}},           \
      {2, {3, 2}})                                                             \
    X(matmul_vector, tg_matmul(g, in[0], in[1]), 2, {1, {3}}, {3, {2, 3, 2}})  \
    X(sum, tg_sum(g, in[0]), 1, {2, {2, 3}})                                   \
    X(mean, tg_mean(g, in[0]), 1, {2, {2, 3}})                                 \
    X(sum_axes, tg_sum_axes(g, in[0], TG_AXES(0), true), 1, {2, {2, 3}})       \
    X(reshape, tg_reshape(g, in[0], TG_SHAPE(3, 2)), 1, {2, {2, 3}})           \
    X(transpose, tg_transpose(g, in[0]), 1, {2, {2, 3}})                       \
    X(broadcast_to, tg_broadcast_to(g, in[0], TG_SHAPE(2, 2, 3)), 1,           \
      {2, {2, 3}})                                                             \
    X(slice, tg_slice(g, in[0], 1, 0, INT64_MAX, 2), 1, {2, {2, 3}})           \
    X(pad, tg_pad(g, in[0], 0, 1, 2, 5), 1, {2, {2, 3}})                       \
    X(flip, tg_flip(g, in[0], TG_AXES(0, 1)), 1, {2, {2, 3}})                  \
    X(matmul, tg_matmul(g, in[0], in[1]), 2, {2, {2, 3}}, {2, {3, 4}})         \
    X(corr2d, tg_corr2d(g, in[0], in[1]), 2, {2, {5, 6}}, {2, {2, 3}})         \
    X(detach, tg_mul(g, in[0], tg_detach(g, in[0])), 1, {2, {2, 3}})

#define DEFINE_FUNCTION(name, call, n, ...) SAMPLE_FUNCTION(name, call)
SAMPLES(DEFINE_FUNCTION)
#undef DEFINE_FUNCTION

#define LIST_SAMPLE(name, call, n, ...)                                        \
    {#name, sample_##name, n, {__VA_ARGS__}},
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
