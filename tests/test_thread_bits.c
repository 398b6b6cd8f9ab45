/* Functions of numbers, and reductions; test_thread_bits_products.c has the
 * others. */
#include "thread_bits.h"

/* ---- elementwise */

#define MILLION TG_SHAPE(1000, 1001)

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

TEST_MAIN("thread_bits", functions_of_one_number, functions_of_two_numbers,
          broadcasting, reductions, norms)
