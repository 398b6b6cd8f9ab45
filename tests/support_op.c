#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A function and the leaves it is tried on. */
typedef struct subject {
    const char *at;
    tg_function fn;
    void *env;
    int n;
    tg_shape shapes[MAX_LEAVES];
    tg_tensor *leaf[MAX_LEAVES];
} subject;

enum { FIRST_SEED = 1, OTHER_SEED = 101, WEIGHT_SEED = 201 };

/* The same function on leaves of its own. */
static subject with_leaves(subject s, tg_dtype dtype, uint64_t seed)
{
    for (int i = 0; i < s.n; i++)
        s.leaf[i] = random_leaf(dtype, s.shapes[i], seed + (uint64_t)i);
    return s;
}

static void free_leaves(subject *s)
{
    for (int i = 0; i < s->n; i++)
        tg_tensor_free(s->leaf[i]);
}

static tg_tensor *apply(subject *s, tg_graph *g)
{
    return expect_made(s->at, "fn", s->fn(g, s->leaf, s->n, s->env));
}

/* Backward from y with fixed weights for a gradient. */
static void backward(subject *s, tg_graph *g, tg_tensor *y)
{
    tg_tensor *weights =
        random_tensor(tg_tensor_dtype(y), tg_tensor_shape(y), WEIGHT_SEED);

    expect_status(s->at, "backward", tg_backward_from(g, y, weights), TG_OK);
    tg_tensor_free(weights);
}

static void run(subject *s)
{
    tg_graph *g = MADE(tg_graph_new());

    backward(s, g, apply(s, g));
    tg_graph_free(g);
}

/* Within tol of each other, on the scale of the largest and of the inputs,
 * which are near 1: a gradient may be the small rest of terms that cancel. */
static void expect_near(const char *at, const tg_tensor *got,
                        const tg_tensor *expected, double tol)
{
    double *values = elements(expected), scale = 1;

    for (int64_t i = 0; i < tg_tensor_size(expected); i++)
        scale = fmax(scale, fabs(values[i]));
    expect_within(at, got, tg_tensor_shape(expected), values, tol * scale);
    free(values);
}

static void expect_equal(const char *at, const tg_tensor *got,
                         const tg_tensor *expected)
{
    expect_shape(at, got, tg_tensor_shape(expected));
    if (tg_tensor_size(expected) > 0)
        expect_same_bits(at, got, expected);
}

/* The gradients of all leaves are those of another subject's, bit for bit. */
static void expect_equal_grads(subject *got, subject *expected)
{
    for (int i = 0; i < got->n; i++)
        expect_equal(got->at, tg_grad(got->leaf[i]),
                     tg_grad(expected->leaf[i]));
}

static void check_differences(subject s)
{
    subject a = with_leaves(s, TG_F64, FIRST_SEED);
    int64_t size = 0;

    for (int i = 0; i < a.n; i++)
        size += tg_tensor_size(a.leaf[i]);
    for (int order = 1; order <= 2; order++) {
        tg_gradcheck_options o = {
            .order = order, .rtol = order == 1 ? 1e-7 : 1e-6, .atol = 1e-9};
        tg_status status = tg_gradcheck(a.fn, a.leaf, a.n, a.env, o);
        expect_status(a.at, order == 1 ? "first order" : "second order", status,
                      size > 0 ? TG_OK : TG_ERR_ARG);
    }
    free_leaves(&a);
}

static void check_f32(subject s, subject *reference)
{
    subject a = with_leaves(s, TG_F32, FIRST_SEED);
    subject b = with_leaves(s, TG_F64, FIRST_SEED);
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *y = apply(&a, g);

    expect_near(a.at, y, apply(&b, g), tolerance(TG_F32));
    backward(&a, g, y);
    for (int i = 0; i < a.n; i++)
        expect_near(a.at, tg_grad(a.leaf[i]), tg_grad(reference->leaf[i]),
                    tolerance(TG_F32));
    tg_graph_free(g);
    free_leaves(&a);
    free_leaves(&b);
}

static void check_dangling_consumer(subject s, subject *reference)
{
    subject a = with_leaves(s, TG_F64, FIRST_SEED);
    tg_graph *g = MADE(tg_graph_new());

    for (int i = 0; i < a.n; i++)
        MADE(tg_square(g, a.leaf[i]));
    tg_tensor *y = apply(&a, g);
    MADE(tg_square(g, y));
    for (int i = 0; i < a.n; i++)
        MADE(tg_square(g, a.leaf[i]));
    backward(&a, g, y);
    expect_equal_grads(&a, reference);
    tg_graph_free(g);
    free_leaves(&a);
}

/* sum(weights y) + sum over leaves of sum(reshape(x)): every gradient is one
 * more than before. */
static void check_sibling(subject s, subject *reference)
{
    subject a = with_leaves(s, TG_F64, FIRST_SEED);
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *loss = MADE(tg_tensor_new(TG_F64, TG_SCALAR)), *sum = loss;

    for (int i = 0; i < a.n; i++)
        sum =
            tg_add(g, sum,
                   tg_sum(g, tg_reshape(g, a.leaf[i],
                                        TG_SHAPE(tg_tensor_size(a.leaf[i])))));
    tg_tensor *y = apply(&a, g);
    tg_tensor *weights = random_tensor(TG_F64, tg_tensor_shape(y), WEIGHT_SEED);
    sum = tg_add(g, sum, tg_sum(g, tg_mul(g, weights, y)));
    expect_status(a.at, "backward", tg_backward(g, sum), TG_OK);
    for (int i = 0; i < a.n; i++) {
        tg_tensor *plus_one =
            MADE(tg_add_scalar(g, tg_grad(reference->leaf[i]), 1));
        expect_near(a.at, tg_grad(a.leaf[i]), plus_one, tolerance(TG_F64));
    }
    tg_graph_free(g);
    tg_tensor_free(weights);
    tg_tensor_free(loss);
    free_leaves(&a);
}

static void check_one_alone(subject s, subject *reference, int alone)
{
    subject a = with_leaves(s, TG_F64, FIRST_SEED);

    for (int i = 0; i < a.n; i++)
        EXPECT_OK(tg_set_requires_grad(a.leaf[i], i == alone));
    run(&a);
    for (int i = 0; i < a.n; i++)
        if (i == alone)
            expect_equal(a.at, tg_grad(a.leaf[i]), tg_grad(reference->leaf[i]));
        else
            ck_assert_ptr_null(tg_grad(a.leaf[i]));
    free_leaves(&a);
}

static void check_recorded(subject s, subject *reference, bool create_graph)
{
    subject a = with_leaves(s, TG_F64, FIRST_SEED);
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *y = apply(&a, g), *grads[MAX_LEAVES] = {0};
    tg_tensor *weights = random_tensor(TG_F64, tg_tensor_shape(y), WEIGHT_SEED);
    tg_gradients_options o = {.create_graph = create_graph};

    expect_status(a.at, "gradients",
                  tg_gradients(g, y, weights, a.n, a.leaf, grads, o), TG_OK);
    for (int i = 0; i < a.n; i++) {
        expect_near(a.at, grads[i], tg_grad(reference->leaf[i]),
                    tolerance(TG_F64));
        ck_assert_ptr_null(tg_grad(a.leaf[i]));
    }
    tg_graph_free(g);
    tg_tensor_free(weights);
    free_leaves(&a);
}

static void check_twice(subject s, subject *reference)
{
    subject a = with_leaves(s, TG_F64, FIRST_SEED);
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *y = apply(&a, g);

    backward(&a, g, y);
    expect_equal_grads(&a, reference);
    backward(&a, g, y);
    for (int i = 0; i < a.n; i++)
        expect_equal(a.at, tg_grad(a.leaf[i]),
                     MADE(tg_mul_scalar(g, tg_grad(reference->leaf[i]), 2)));
    tg_graph_free(g);
    free_leaves(&a);
}

static void check_replayed(subject s, subject *reference)
{
    subject a = with_leaves(s, TG_F64, OTHER_SEED);
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *y = apply(&a, g);
    void *y_data = tg_data(y);

    for (int i = 0; i < a.n; i++)
        EXPECT_OK(tg_tensor_copy(a.leaf[i], reference->leaf[i]));
    expect_status(a.at, "replay", tg_replay(g), TG_OK);
    ck_assert_ptr_eq(tg_data(y), y_data);
    expect_equal(a.at, y, apply(reference, g));
    backward(&a, g, y);
    expect_equal_grads(&a, reference);
    tg_graph_free(g);
    free_leaves(&a);
}

void check_op(const char *at, tg_function fn, void *env, int n,
              const tg_shape *shapes)
{
    subject s = {.at = at, .fn = fn, .env = env, .n = n};

    ck_assert_int_le(n, MAX_LEAVES);
    memcpy(s.shapes, shapes, (size_t)n * sizeof *shapes);
    subject reference = with_leaves(s, TG_F64, FIRST_SEED);
    run(&reference);
    check_differences(s);
    check_f32(s, &reference);
    check_dangling_consumer(s, &reference);
    check_sibling(s, &reference);
    for (int i = 0; i < n; i++)
        check_one_alone(s, &reference, i);
    check_recorded(s, &reference, false);
    check_recorded(s, &reference, true);
    check_twice(s, &reference);
    check_replayed(s, &reference);
    free_leaves(&reference);
}

void expect_other_operands_refused(const char *name, binary_fn *op)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 2), 1);
    tg_tensor *z = random_leaf(TG_F64, TG_SHAPE(2, 2), 2);
    tg_tensor *n = random_tensor(TG_I64, TG_SHAPE(2, 2), 3);
    tg_tensor *foreign = MADE(tg_neg(other, x));

    EXPECT_REFUSED(g, op(g, x, z), TG_ERR_DTYPE, name);
    EXPECT_REFUSED(g, op(g, n, n), TG_ERR_DTYPE, name);
    EXPECT_REFUSED(g, op(g, foreign, x), TG_ERR_ARG, name);
    EXPECT_REFUSED(g, op(g, x, foreign), TG_ERR_ARG, name);
    EXPECT_REFUSED(g, op(g, x, TG_NONE), TG_ERR_ARG, name);
    ck_assert_ptr_null(op(g, NULL, x));
    ck_assert_ptr_null(op(g, x, NULL));
    ck_assert_ptr_null(op(NULL, x, x));
    tg_tensor_free(x);
    tg_tensor_free(z);
    tg_tensor_free(n);
    tg_graph_free(g);
    tg_graph_free(other);
}
