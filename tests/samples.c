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
