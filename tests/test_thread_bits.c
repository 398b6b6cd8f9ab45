/* No result depends on the number of threads, to the last bit: large calls of
 * the ops, forward, backward and replayed, in f32 and on 1, 2 and 3 threads.
 * With TG_TEST_RUNS=20 in the environment: 20 times on 1, 2, 3, 4 and 8, in f64
 * too. */
#include "op_table.h"
#include "parallel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef tg_tensor *(*large_fn)(tg_graph *g, tg_tensor *const *in);

/* A function of tensors of these shapes. */
typedef struct large_case {
    const char *name;
    large_fn fn;
    int n;
    tg_shape shape[3];
    bool whole; /* no loop of it is cut, so far */
} large_case;

/* ---- the bits of a run */

static uint64_t bits_of(const tg_tensor *t, uint64_t hash)
{
    size_t bytes =
        (size_t)tg_tensor_size(t) * tg_dtype_size(tg_tensor_dtype(t));
    const char *data = tg_data((tg_tensor *)t);

    for (size_t i = 0; i + 4 <= bytes; i += 4) {
        uint32_t word;
        memcpy(&word, data + i, sizeof word);
        hash = (hash ^ word) * 0x100000001B3;
    }
    return hash;
}

/* Of the result and of all gradients, in eager mode and replayed. */
static uint64_t run(const large_case *c, tg_tensor *const *in)
{
    const tg_gradients_options options = {0};
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *grads[3];
    tg_tensor *y = expect_made(c->name, c->name, c->fn(g, in));
    tg_tensor *dy = random_tensor(tg_tensor_dtype(y), tg_tensor_shape(y), 9);
    uint64_t hash = bits_of(y, 0xCBF29CE484222325);

    EXPECT_OK(tg_gradients(g, y, dy, c->n, in, grads, options));
    for (int i = 0; i < c->n; i++)
        hash = bits_of(grads[i], hash);
    EXPECT_OK(tg_replay(g));
    hash = bits_of(y, hash);
    tg_tensor_free(dy);
    tg_graph_free(g);
    return hash;
}

/* Says whether a loop was cut. */
static bool compare_runs(const large_case *c, tg_tensor *const *in)
{
    const int counts[] = {2, 3, 4, 8, 1};
    const char *text = getenv("TG_TEST_RUNS");
    int runs = text != NULL ? atoi(text) : 1, all = text != NULL ? 5 : 2;

    tg_set_threads(1);
    uint64_t serial = run(c, in);
    size_t before = tg_parallel_cuts();
    for (int k = 0; k < all; k++) {
        tg_set_threads(counts[k]);
        for (int r = 0; r < runs; r++)
            ck_assert_msg(run(c, in) == serial, "%s on %d threads differs",
                          c->name, counts[k]);
    }
    return tg_parallel_cuts() > before;
}

static void check_case(const large_case *c, tg_dtype dtype)
{
    tg_tensor *in[3];

    for (int i = 0; i < c->n; i++)
        in[i] = random_leaf(dtype, c->shape[i], (uint64_t)i + 1);
    bool cut = compare_runs(c, in);
    for (int i = 0; i < c->n; i++)
        tg_tensor_free(in[i]);
    tg_set_threads(2);
    ck_assert_msg(cut || c->whole || tg_threads() == 1, "%s: no loop is cut",
                  c->name);
    if (!cut && getenv("TG_TEST_RUNS") != NULL)
        printf("%s, %s: no loop is cut\n", c->name, tg_dtype_name(dtype));
}

static void check_cases(const large_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check_case(&cases[i], TG_F32);
        if (getenv("TG_TEST_RUNS") != NULL)
            check_case(&cases[i], TG_F64);
    }
}

#define CHECK_CASES(...)                                                       \
    do {                                                                       \
        const large_case cases[] = {__VA_ARGS__};                              \
        check_cases(cases, sizeof cases / sizeof *cases);                      \
    } while (0)

/* ---- elementwise */

#define MILLION TG_SHAPE(1000, 1001)

#define FN(name, ...)                                                          \
    static tg_tensor *name(tg_graph *g, tg_tensor *const *in)                  \
    {                                                                          \
        return __VA_ARGS__;                                                    \
    }

#define UNARY(op) FN(call_##op, tg_##op(g, in[0]))
#define POSITIVE_UNARY(op) FN(call_##op, tg_##op(g, tg_square(g, in[0])))
#define BINARY(op) FN(call_##op, tg_##op(g, in[0], in[1]))
UNARY(neg)
UNARY(abs)
UNARY(square)
UNARY(exp)
UNARY(sin)
UNARY(cos)
UNARY(tanh)
UNARY(sigmoid)
UNARY(relu)
UNARY(gelu)
UNARY(silu)
UNARY(softplus)
POSITIVE_UNARY(sqrt)
POSITIVE_UNARY(log)
BINARY(add)
BINARY(sub)
BINARY(mul)
BINARY(div)
BINARY(maximum)
BINARY(minimum)
FN(call_scalars, tg_add_scalar(g, tg_mul_scalar(g, in[0], 0.3), 0.7))
FN(call_pow, tg_pow_scalar(g, tg_square(g, in[0]), 1.7))
FN(call_leaky, tg_leaky_relu(g, in[0], 0.1))
FN(call_clamp, tg_clamp(g, in[0], -1, 0.8))
FN(call_dropout, tg_dropout(g, in[0], 0.3))

#define ONE(op)                                                                \
    {                                                                          \
#op, call_##op, 1, {MILLION }, false                                   \
    }
#define TWO(op)                                                                \
    {                                                                          \
#op, call_##op, 2, {MILLION, MILLION }, false                          \
    }

TEST(functions_of_one_number)
{
    CHECK_CASES(ONE(neg), ONE(abs), ONE(square), ONE(exp), ONE(sin), ONE(cos),
                ONE(tanh), ONE(sigmoid), ONE(relu), ONE(gelu), ONE(silu),
                ONE(softplus), ONE(sqrt), ONE(log), ONE(scalars), ONE(pow),
                ONE(leaky), ONE(clamp),
                {"dropout", call_dropout, 1, {MILLION}, true});
}
END_TEST

TEST(functions_of_two_numbers)
{
    CHECK_CASES(TWO(add), TWO(sub), TWO(mul), TWO(div), TWO(maximum),
                TWO(minimum));
}
END_TEST

TEST(broadcasting)
{
    CHECK_CASES(
        {"add a row", call_add, 2, {MILLION, TG_SHAPE(1001)}, false},
        {"mul by a column", call_mul, 2, {MILLION, TG_SHAPE(1000, 1)}, false},
        {"div by a scalar", call_div, 2, {MILLION, TG_SHAPE(1)}, false},
        {"outer sub",
         call_sub,
         2,
         {TG_SHAPE(1, 1001), TG_SHAPE(1000, 1)},
         false});
}
END_TEST

/* ---- reductions */

FN(sum, tg_sum(g, in[0]))
FN(mean_first, tg_mean_axes(g, in[0], TG_AXES(0), false))
FN(sum_middle, tg_sum_axes(g, in[0], TG_AXES(1), true))
FN(sum_last, tg_sum_axes(g, in[0], TG_AXES(-1), false))
FN(var_last, tg_var_axes(g, in[0], TG_AXES(-1), true, false))
FN(max_first, tg_max_axes(g, in[0], TG_AXES(0), false))
FN(min_last, tg_min_axes(g, in[0], TG_AXES(-1), false))
FN(logsumexp_last, tg_logsumexp(g, in[0], -1, false))
FN(softmax_last, tg_softmax(g, in[0], -1))
FN(softmax_first, tg_softmax(g, in[0], 0))
FN(log_softmax_last, tg_log_softmax(g, in[0], -1))
FN(mse, tg_mse_loss(g, in[0], in[1]))
FN(bce, tg_bce_with_logits(g, in[0], tg_sigmoid(g, in[1])))
FN(layer_norm, tg_layer_norm(g, in[0], in[1], in[2], 1e-5))
FN(batch_norm,
   tg_batch_norm(g, in[0], in[1], in[2], TG_NONE, TG_NONE, 0.1, 1e-5))

#define CUBE TG_SHAPE(100, 101, 102)

TEST(reductions)
{
    CHECK_CASES(
        {"sum", sum, 1, {MILLION}, true},
        {"mean_axes 0", mean_first, 1, {MILLION}, false},
        {"sum_axes 1 of 3", sum_middle, 1, {CUBE}, false},
        {"sum_axes -1", sum_last, 1, {CUBE}, false},
        {"sum_axes -1, long", sum_last, 1, {TG_SHAPE(3, 500000)}, false},
        {"mean_axes 0, long", mean_first, 1, {TG_SHAPE(500000, 3)}, false},
        {"var_axes", var_last, 1, {MILLION}, false},
        {"max_axes", max_first, 1, {MILLION}, false},
        {"min_axes", min_last, 1, {MILLION}, false},
        {"mse_loss", mse, 2, {MILLION, MILLION}, false},
        {"bce_with_logits", bce, 2, {MILLION, MILLION}, false});
}
END_TEST

TEST(norms)
{
    CHECK_CASES({"logsumexp", logsumexp_last, 1, {MILLION}, false},
                {"softmax", softmax_last, 1, {MILLION}, false},
                {"softmax 0", softmax_first, 1, {MILLION}, false},
                {"log_softmax", log_softmax_last, 1, {MILLION}, false},
                {"layer_norm",
                 layer_norm,
                 3,
                 {MILLION, TG_SHAPE(1001), TG_SHAPE(1001)},
                 false},
                {"batch_norm",
                 batch_norm,
                 3,
                 {TG_SHAPE(16, 20, 50, 50), TG_SHAPE(20), TG_SHAPE(20)},
                 false});
}
END_TEST

/* ---- products */

FN(matmul, tg_matmul(g, in[0], in[1]))
FN(corr2d, tg_corr2d(g, in[0], in[1]))
FN(conv2d,
   tg_conv2d(g, in[0], in[1], in[2], (tg_conv2d_options){.padding = {1, 1}}))
FN(strided, tg_conv2d(g, in[0], in[1], in[2],
                      (tg_conv2d_options){.stride = {2, 2}, .padding = {1, 1}}))
FN(grouped, tg_conv2d(g, in[0], in[1], in[2],
                      (tg_conv2d_options){.groups = 16, .padding = {1, 1}}))
FN(transposed, tg_conv_transpose2d(g, in[0], in[1], in[2],
                                   (tg_conv2d_options){.stride = {2, 2}}))
FN(max_pool, tg_max_pool2d(g, in[0], (tg_pool2d_options){.kernel = {2, 2}}))
FN(avg_pool,
   tg_avg_pool2d(g, in[0],
                 (tg_pool2d_options){.kernel = {3, 3}, .stride = {2, 2}}))

TEST(products)
{
    CHECK_CASES(
        {"matmul", matmul, 2, {TG_SHAPE(300, 300), TG_SHAPE(300, 300)}, false},
        {"matmul, odd",
         matmul,
         2,
         {TG_SHAPE(257, 129), TG_SHAPE(129, 511)},
         false},
        {"matmul, flat",
         matmul,
         2,
         {TG_SHAPE(2, 3000), TG_SHAPE(3000, 500)},
         false},
        {"matmul, batches",
         matmul,
         2,
         {TG_SHAPE(40, 64, 64), TG_SHAPE(40, 64, 64)},
         false},
        {"corr2d", corr2d, 2, {TG_SHAPE(500, 500), TG_SHAPE(5, 5)}, false},
        {"corr2d, wide",
         corr2d,
         2,
         {TG_SHAPE(40, 5000), TG_SHAPE(3, 7)},
         false});
}
END_TEST

#define CONV(x, w, b)                                                          \
    3,                                                                         \
    {                                                                          \
        x, w, b                                                                \
    }

TEST(convolutions)
{
    CHECK_CASES(
        {"conv2d", conv2d,
         CONV(TG_SHAPE(8, 16, 32, 32), TG_SHAPE(16, 16, 3, 3), TG_SHAPE(16)),
         false},
        {"conv2d, one image", conv2d,
         CONV(TG_SHAPE(1, 16, 64, 64), TG_SHAPE(24, 16, 3, 3), TG_SHAPE(24)),
         false},
        {"conv2d, one channel", conv2d,
         CONV(TG_SHAPE(32, 1, 28, 28), TG_SHAPE(6, 1, 5, 5), TG_SHAPE(6)),
         false},
        {"conv2d, stride 2", strided,
         CONV(TG_SHAPE(8, 16, 33, 33), TG_SHAPE(32, 16, 3, 3), TG_SHAPE(32)),
         false},
        {"conv2d, many channels", strided,
         CONV(TG_SHAPE(4, 8, 21, 21), TG_SHAPE(200, 8, 3, 3), TG_SHAPE(200)),
         false},
        {"conv2d, depthwise", grouped,
         CONV(TG_SHAPE(16, 16, 40, 40), TG_SHAPE(16, 1, 3, 3), TG_SHAPE(16)),
         true},
        {"conv_transpose2d", transposed,
         CONV(TG_SHAPE(8, 16, 16, 16), TG_SHAPE(16, 16, 3, 3), TG_SHAPE(16)),
         false},
        {"max_pool2d", max_pool, 1, {TG_SHAPE(16, 16, 64, 64)}, true},
        {"avg_pool2d", avg_pool, 1, {TG_SHAPE(16, 16, 64, 64)}, true});
}
END_TEST

TEST_MAIN("thread_bits", functions_of_one_number, functions_of_two_numbers,
          broadcasting, reductions, norms, products, convolutions)
