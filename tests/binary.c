#include "binary.h"
#include "plain.h"
#include "support.h"

#include <stdlib.h>

typedef struct broadcast_pair {
    tg_shape a, b;
    bool fit;
    tg_shape y;
} broadcast_pair;

#include "reference/broadcast.h"

enum { N_PAIRS = sizeof broadcast_pairs / sizeof *broadcast_pairs };

/* One pair of leaves, and the plain loops over them. */
static void check_pair(const binary *b, tg_graph *g, tg_dtype dtype,
                       const broadcast_pair *pair)
{
    tg_tensor *x = random_leaf(dtype, pair->a, 1);
    tg_tensor *z = random_leaf(dtype, pair->b, 2);
    tg_tensor *dy = random_tensor(dtype, pair->y, 3);
    int64_t size = extent_product(pair->y);
    double *y = plain_zeros(size);
    double *dx = plain_zeros(tg_tensor_size(x));
    double *dz = plain_zeros(tg_tensor_size(z));
    /* a share is below 9, and so many are added */
    double margin = tolerance(dtype) * 9 * (double)(size + 1);

    for (int64_t i = 0; i < size; i++) {
        int64_t ix = plain_source(pair->a, pair->y, i);
        int64_t iz = plain_source(pair->b, pair->y, i);
        double xi = element(x, ix), zi = element(z, iz);
        y[i] = b->f(xi, zi);
        dx[ix] += element(dy, i) * b->da(xi, zi);
        dz[iz] += element(dy, i) * b->db(xi, zi);
    }
    tg_tensor *result = b->op(g, x, z);
    expect_within(b->name, result, pair->y, y, tolerance(dtype) * 3);
    EXPECT_OK(tg_backward_from(g, result, dy));
    expect_within(b->name, tg_grad(x), pair->a, dx, margin);
    expect_within(b->name, tg_grad(z), pair->b, dz, margin);
    tg_tensor_free(x);
    tg_tensor_free(z);
    tg_tensor_free(dy);
    free(y);
    free(dx);
    free(dz);
}

static void check_misfit(const binary *b, tg_graph *g,
                         const broadcast_pair *pair)
{
    tg_tensor *x = random_leaf(TG_F32, pair->a, 1);
    tg_tensor *z = random_leaf(TG_F32, pair->b, 2);

    EXPECT_REFUSED(g, b->op(g, x, z), TG_ERR_SHAPE, b->name);
    tg_tensor_free(x);
    tg_tensor_free(z);
}

/* Too large to be computed in one piece: operands are written out piece by
 * piece, from other numbers or from the same. */
static void check_large_pairs(const binary *b, tg_graph *g)
{
    const tg_shape y = TG_SHAPE(3, 50, 7), z = TG_SHAPE(2, 31, 23, 3);
    const broadcast_pair pairs[] = {
        {y, TG_SHAPE(3, 1, 7), true, y},
        {TG_SHAPE(1, 50, 7), TG_SHAPE(3, 1, 7), true, y},
        {y, TG_SHAPE(50, 1), true, y},
        {TG_SHAPE(2, 1, 1, 3), TG_SHAPE(31, 23, 1), true, z},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        check_pair(b, g, TG_F32, &pairs[i]);
        check_pair(b, g, TG_F64, &pairs[i]);
    }
}

void check_binary_pairs(const binary *b)
{
    tg_graph *g = MADE(tg_graph_new());
    int misfits = 0;

    check_large_pairs(b, g);
    for (int i = 0; i < N_PAIRS; i++) {
        const broadcast_pair *pair = &broadcast_pairs[i];
        if (pair->fit) {
            check_pair(b, g, TG_F32, pair);
            check_pair(b, g, TG_F64, pair);
        } else {
            check_misfit(b, g, pair);
            misfits++;
        }
        EXPECT_OK(tg_graph_reset(g));
    }
    ck_assert_int_gt(misfits, 0);
    tg_graph_free(g);
}

static tg_tensor *apply_pair(tg_graph *g, tg_tensor *const *in, int n,
                             void *env)
{
    const binary *b = env;

    ck_assert_int_eq(n, 2);
    return b->op(g, in[0], in[1]);
}

void check_binary_op(const binary *b)
{
    const tg_shape pairs[][2] = {
        {TG_SCALAR, TG_SCALAR},
        {TG_SHAPE(3), TG_SCALAR},
        {TG_SCALAR, TG_SHAPE(2, 2)},
        {TG_SHAPE(2, 3), TG_SHAPE(3)},
        {TG_SHAPE(2, 1, 2), TG_SHAPE(1, 3, 1)},
        {TG_SHAPE(2, 1, 2, 1), TG_SHAPE(1, 1, 2)},
        {TG_SHAPE(1, 2, 1, 2, 1), TG_SHAPE(2, 1, 1, 1, 2)},
        {TG_SHAPE(2, 1, 2, 1, 1, 2, 1, 1), TG_SHAPE(2, 1, 1, 2, 1)},
        {TG_SHAPE(1, 3), TG_SHAPE(0, 3)},
        {TG_SHAPE(0), TG_SHAPE(0)},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        check_op(b->name, apply_pair, (void *)b, 2, pairs[i]);

    uint64_t state = 7;
    for (int i = 0; i < 200; i++) {
        tg_shape y = random_shape(&state, 5, 24);
        tg_shape pair[2];
        pair[0] = random_operand(&state, y);
        pair[1] = random_bits(&state) % 2 ? y : random_operand(&state, pair[0]);
        check_op(b->name, apply_pair, (void *)b, 2, pair);
    }
}

static tg_tensor *apply_twice(tg_graph *g, tg_tensor *const *in, int n,
                              void *env)
{
    const binary *b = env;

    ck_assert_int_eq(n, 1);
    return b->op(g, in[0], in[0]);
}

void check_binary_twice(const binary *b)
{
    tg_shape shape = TG_SHAPE(2, 3);

    check_op(b->name, apply_twice, (void *)b, 1, &shape);
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SCALAR, 3);
    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(b->op(g, x, x));
    EXPECT_OK(tg_backward(g, y));
    EXPECT_VALUES(y, b->f(3, 3));
    EXPECT_VALUES(tg_grad(x), b->da(3, 3) + b->db(3, 3));
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* NULL in, NULL out, and the message of the first failure stands. */
static void check_null_travels(const binary *b, tg_graph *g, tg_tensor *x)
{
    EXPECT_STATUS(tg_fail(g, TG_ERR_IO, "the first failure"), TG_ERR_IO);
    EXPECT_REFUSED(g, b->op(g, NULL, x), TG_ERR_IO, "the first failure");
    EXPECT_STATUS(tg_fail(g, TG_ERR_IO, "the first failure"), TG_ERR_IO);
    EXPECT_REFUSED(g, b->op(g, x, NULL), TG_ERR_IO, "the first failure");
}

void check_binary_refusals(const binary *b)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *z = random_leaf(TG_F64, TG_SHAPE(2, 3), 2);
    tg_tensor *n = random_tensor(TG_I64, TG_SHAPE(2, 3), 3);
    tg_tensor *foreign = MADE(tg_neg(other, x));

    check_null_travels(b, g, x);
    EXPECT_REFUSED(g, b->op(g, x, z), TG_ERR_DTYPE, b->name);
    EXPECT_REFUSED(g, b->op(g, z, x), TG_ERR_DTYPE, b->name);
    EXPECT_REFUSED(g, b->op(g, n, n), TG_ERR_DTYPE, b->name);
    EXPECT_REFUSED(g, b->op(g, x, n), TG_ERR_DTYPE, b->name);
    EXPECT_REFUSED(g, b->op(g, foreign, x), TG_ERR_ARG, b->name);
    EXPECT_REFUSED(g, b->op(g, x, foreign), TG_ERR_ARG, b->name);
    EXPECT_REFUSED(g, b->op(g, x, TG_NONE), TG_ERR_ARG, b->name);
    ck_assert_ptr_null(b->op(NULL, x, x));
    tg_tensor_free(x);
    tg_tensor_free(z);
    tg_tensor_free(n);
    tg_graph_free(g);
    tg_graph_free(other);
}
