/* Large arrays, which ops cut into pieces for several threads: the numbers are
 * the same for any number of threads, and those of a plain loop. */
#include "support.h"

#include <tinygrad/threads.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct operands {
    tg_tensor *x, *y, *row, *column, *positive, *indices;
} operands;

static operands make_operands(tg_dtype dtype, tg_shape shape)
{
    int64_t rows = shape.dim[0], columns = shape.dim[1];
    operands o = {.x = random_tensor(dtype, shape, 1),
                  .y = random_tensor(dtype, shape, 2),
                  .row = random_tensor(dtype, TG_SHAPE(columns), 3),
                  .column = random_tensor(dtype, TG_SHAPE(rows, 1), 4),
                  .indices = MADE(tg_tensor_full(TG_I64, shape, 0))};

    for (int64_t i = 0; i < rows * columns; i++)
        tg_data_i64(o.indices)[i] = i % 3 == 0;
    return o;
}

static void free_operands(operands o)
{
    tg_tensor_free(o.x);
    tg_tensor_free(o.y);
    tg_tensor_free(o.row);
    tg_tensor_free(o.column);
    tg_tensor_free(o.indices);
}

#define OPS(X)                                                                 \
    X(tg_exp(g, o.x))                                                          \
    X(tg_tanh(g, o.x))                                                         \
    X(tg_neg(g, o.x))                                                          \
    X(tg_pow_scalar(g, o.x, 3))                                                \
    X(tg_mul_scalar(g, o.x, 1.7))                                              \
    X(tg_add_scalar(g, o.x, 1.7))                                              \
    X(tg_clamp(g, o.x, -0.5, 0.5))                                             \
    X(tg_leaky_relu(g, o.x, 0.1))                                              \
    X(tg_add(g, o.x, o.y))                                                     \
    X(tg_mul(g, o.x, o.row))                                                   \
    X(tg_sub(g, o.column, o.x))                                                \
    X(tg_div(g, o.row, o.column))                                              \
    X(tg_maximum(g, o.x, o.column))                                            \
    X(tg_where(g, o.indices, o.x, o.row))                                      \
    X(tg_sum(g, o.x))                                                          \
    X(tg_sum_axes(g, o.x, TG_AXES(0), false))                                  \
    X(tg_sum_axes(g, o.x, TG_AXES(1), false))                                  \
    X(tg_max_axes(g, o.x, TG_AXES(0), false))                                  \
    X(tg_min_axes(g, o.x, TG_AXES(1), false))                                  \
    X(tg_argmax(g, o.x, 0))                                                    \
    X(tg_argmax(g, o.x, 1))                                                    \
    X(tg_softmax(g, o.x, 0))                                                   \
    X(tg_softmax(g, o.x, 1))                                                   \
    X(tg_log_softmax(g, o.x, 0))                                               \
    X(tg_log_softmax(g, o.x, 1))                                               \
    X(tg_logsumexp(g, o.x, 0, false))                                          \
    X(tg_logsumexp(g, o.x, 1, false))                                          \
    X(tg_layer_norm(g, o.x, o.row, o.row, 1e-5))                               \
    X(tg_batch_norm(g, o.x, o.row, o.row, TG_NONE, TG_NONE, 0.1, 1e-5))        \
    X(tg_transpose(g, o.x))                                                    \
    X(tg_flip(g, o.x, TG_AXES(0, 1)))                                          \
    X(tg_slice(g, o.x, 1, 1, -1, 2))                                           \
    X(tg_pad(g, o.x, 1, 3, 4, 0.5))                                            \
    X(tg_dropout(g, o.x, 0.3))

#define DEFINE(expression)                                                     \
    case __COUNTER__ - FIRST:                                                  \
        return expression;
enum { FIRST = __COUNTER__ + 1 };
static tg_tensor *apply(tg_graph *g, operands o, int op)
{
    switch (op) {
        OPS(DEFINE)
    default:
        return NULL;
    }
}
enum { N_OPS = __COUNTER__ - FIRST };

#define NAME(expression) #expression,
static const char *const names[] = {OPS(NAME)};

static bool same_bits(tg_tensor *a, tg_tensor *b)
{
    size_t bytes =
        (size_t)tg_tensor_size(a) * (tg_tensor_dtype(a) == TG_F32 ? 4 : 8);

    return memcmp(tg_data(a), tg_data(b), bytes) == 0;
}

/* The result with as many threads, and its gradient to x. */
static void run(int threads, operands o, int op, tg_tensor *result[2])
{
    tg_graph *g = MADE(tg_graph_new());

    tg_set_threads(threads);
    tg_graph_set_training(g, true);
    tg_tensor *y = MADE(apply(g, o, op));
    result[0] = MADE(tg_tensor_clone(y));
    result[1] = NULL;
    if (tg_requires_grad(y)) {
        EXPECT_OK(tg_backward(g, tg_sum(g, tg_square(g, y))));
        result[1] = MADE(tg_tensor_clone(tg_grad(o.x)));
        tg_zero_grad(o.x);
    }
    tg_graph_free(g);
    tg_set_threads(0);
}

static void check_threads(tg_dtype dtype, tg_shape shape)
{
    operands o = make_operands(dtype, shape);

    EXPECT_OK(tg_set_requires_grad(o.x, true));
    for (int op = 0; op < N_OPS; op++) {
        tg_tensor *one[2], *many[2];
        run(1, o, op, one);
        run(3, o, op, many);
        for (int i = 0; i < 2 && one[i] != NULL; i++)
            ck_assert_msg(same_bits(one[i], many[i]),
                          "%s: other numbers with more threads", names[op]);
        for (int i = 0; i < 2; i++) {
            tg_tensor_free(one[i]);
            tg_tensor_free(many[i]);
        }
    }
    free_operands(o);
}

TEST(no_bit_depends_on_the_number_of_threads)
{
    check_threads(TG_F32, TG_SHAPE(401, 443));
    check_threads(TG_F32, TG_SHAPE(30003, 7));
    check_threads(TG_F64, TG_SHAPE(3, 60001));
}
END_TEST

/* Sums of so many terms that they are made of slices. */
static void check_sum(tg_dtype dtype, tg_shape shape, tg_axes axes,
                      bool last_vanishes)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_tensor(dtype, shape, 1);
    tg_tensor *y = MADE(tg_sum_axes(g, x, axes, false));
    int64_t kept = tg_tensor_size(y), n = tg_tensor_size(x);
    double *sums = calloc((size_t)kept, sizeof *sums);

    for (int64_t i = 0; i < n; i++)
        sums[last_vanishes ? i / (n / kept) : i % kept] += element(x, i);
    for (int64_t i = 0; i < kept; i++)
        ck_assert(fabs(element(y, i) - sums[i]) <=
                  (dtype == TG_F32 ? 1e-7 : 1e-14) * (double)(n / kept));
    free(sums);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(long_sums_lose_nothing)
{
    const tg_dtype dtypes[] = {TG_F32, TG_F64};

    for (int i = 0; i < 2; i++) {
        check_sum(dtypes[i], TG_SHAPE(1100003), TG_ALL_AXES, true);
        check_sum(dtypes[i], TG_SHAPE(3, 400001), TG_AXES(1), true);
        check_sum(dtypes[i], TG_SHAPE(270001, 5), TG_AXES(0), false);
        check_sum(dtypes[i], TG_SHAPE(5003, 7, 31), TG_AXES(0), false);
        check_sum(dtypes[i], TG_SHAPE(2, 1100003), TG_AXES(0), false);
        check_sum(dtypes[i], TG_SHAPE(17, 70001, 1), TG_ALL_AXES, true);
    }
}
END_TEST

TEST_MAIN("splits", no_bit_depends_on_the_number_of_threads,
          long_sums_lose_nothing)
