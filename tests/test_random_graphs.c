/* Random graphs of smooth ops, with values that are used several times and
 * several outputs: gradients agree with differences, add up over the outputs,
 * and the order of recording does not matter. */
#include "support.h"

#include <math.h>
#include <stdlib.h>

enum { GRAPHS = 300, LEAVES = 4, MOST_NODES = 60, OUTPUTS = 3 };

/* Every value broadcasts to this shape. */
#define WHOLE TG_SHAPE(2, 3)

/* ---- the kinds of nodes: smooth, and bounded where values could grow */

static tg_tensor *whole(tg_graph *g, tg_tensor *a)
{
    return tg_broadcast_to(g, a, WHOLE);
}

static tg_tensor *product(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    tg_tensor *square = tg_matmul(g, whole(g, a), tg_transpose(g, whole(g, b)));

    return tg_tanh(g, tg_mul_scalar(g, tg_matmul(g, square, whole(g, a)), 0.2));
}

static tg_tensor *swap_rows(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    tg_tensor *parts[] = {tg_slice(g, whole(g, a), 0, 1, 2, 1),
                          tg_slice(g, whole(g, b), 0, 0, 1, 1)};

    return tg_concat(g, parts, 2, 0);
}

static tg_tensor *pad_and_cut(tg_graph *g, tg_tensor *a)
{
    return tg_slice(g, tg_pad(g, whole(g, a), 1, 1, 2, 0.3), 1, 0, 6, 2);
}

static tg_tensor *turn(tg_graph *g, tg_tensor *a)
{
    return tg_transpose(g, tg_reshape(g, whole(g, a), TG_SHAPE(3, 2)));
}

#define NONE TG_NONE

#define KINDS(X)                                                               \
    X(add, tg_mul_scalar(g, tg_add(g, a, b), 0.6))                             \
    X(sub, tg_mul_scalar(g, tg_sub(g, a, b), 0.6))                             \
    X(mul, tg_sin(g, tg_mul(g, a, b)))                                         \
    X(div, tg_div(g, a, tg_add_scalar(g, tg_square(g, b), 2)))                 \
    X(cos, tg_cos(g, a))                                                       \
    X(neg, tg_neg(g, a))                                                       \
    X(tanh, tg_tanh(g, a))                                                     \
    X(sigmoid, tg_sigmoid(g, a))                                               \
    X(gelu, tg_tanh(g, tg_gelu(g, a)))                                         \
    X(silu, tg_tanh(g, tg_silu(g, a)))                                         \
    X(softplus, tg_tanh(g, tg_softplus(g, a)))                                 \
    X(exp, tg_tanh(g, tg_exp(g, a)))                                           \
    X(log, tg_log(g, tg_add_scalar(g, tg_square(g, a), 1)))                    \
    X(sqrt, tg_sqrt(g, tg_add_scalar(g, tg_square(g, a), 0.5)))                \
    X(power, tg_pow_scalar(g, tg_add_scalar(g, tg_square(g, a), 1), -1.5))     \
    X(rows, tg_mean_axes(g, whole(g, a), TG_AXES(0), true))                    \
    X(columns, tg_mean_axes(g, whole(g, a), TG_AXES(1), true))                 \
    X(all, tg_tanh(g, tg_sum(g, a)))                                           \
    X(variance, tg_var_axes(g, whole(g, a), TG_AXES(1), true, true))           \
    X(softmax, tg_softmax(g, whole(g, a), 1))                                  \
    X(log_softmax, tg_tanh(g, tg_log_softmax(g, whole(g, a), 0)))              \
    X(logsumexp, tg_tanh(g, tg_logsumexp(g, whole(g, a), 1, true)))            \
    X(layer_norm, tg_layer_norm(g, whole(g, a), NONE, NONE, 0.7))              \
    X(flip, tg_flip(g, whole(g, a), TG_AXES(0, 1)))                            \
    X(turn, turn(g, a))                                                        \
    X(pad_and_cut, pad_and_cut(g, a))                                          \
    X(swap_rows, swap_rows(g, a, b))                                           \
    X(product, product(g, a, b))

#define DEFINE(name, expression)                                               \
    static tg_tensor *kind_##name(tg_graph *g, tg_tensor *a, tg_tensor *b)     \
    {                                                                          \
        (void)b;                                                               \
        return expression;                                                     \
    }
KINDS(DEFINE)

#define NAME(name, expression) kind_##name,
static tg_tensor *(*const kinds[])(tg_graph *g, tg_tensor *a,
                                   tg_tensor *b) = {KINDS(NAME)};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

/* ---- a graph as a list: value i < LEAVES is a leaf, the others are nodes */

typedef struct program {
    int n; /* leaves and nodes */
    int kind[LEAVES + MOST_NODES], a[LEAVES + MOST_NODES],
        b[LEAVES + MOST_NODES];
    int output[OUTPUTS];
    int order[LEAVES + MOST_NODES];
} program;

static int below(uint64_t *state, int n)
{
    return (int)((random_bits(state) >> 33) % (uint64_t)n);
}

static program draw_program(uint64_t *state)
{
    program p = {.n = LEAVES + 10 + below(state, MOST_NODES - 9)};

    for (int i = 0; i < p.n; i++) {
        int reach = i < 12 ? i : 12;
        p.order[i] = i;
        p.kind[i] = below(state, N_KINDS);
        p.a[i] = i < LEAVES ? 0 : i - 1 - below(state, reach);
        p.b[i] = i < LEAVES ? 0 : i - 1 - below(state, i);
    }
    for (int k = 0; k < OUTPUTS; k++)
        p.output[k] = k == 0 ? p.n - 1 : LEAVES + below(state, p.n - LEAVES);
    return p;
}

/* Another order in which every node comes after its operands. */
static void reorder(program *p, uint64_t *state)
{
    bool done[LEAVES + MOST_NODES] = {false};

    for (int k = 0; k < p->n; k++) {
        int i = below(state, p->n);
        while (done[i] || (i >= LEAVES && !(done[p->a[i]] && done[p->b[i]])))
            i = (i + 1) % p->n;
        done[i] = true;
        p->order[k] = i;
    }
}

static void run(const program *p, tg_graph *g, tg_tensor *const *leaf,
                tg_tensor **outputs)
{
    tg_tensor *value[LEAVES + MOST_NODES] = {0};

    for (int k = 0; k < p->n; k++) {
        int i = p->order[k];
        value[i] = i < LEAVES
                       ? leaf[i]
                       : kinds[p->kind[i]](g, value[p->a[i]], value[p->b[i]]);
    }
    for (int k = 0; k < OUTPUTS; k++)
        outputs[k] = whole(g, value[p->output[k]]);
}

static tg_tensor *all_outputs(tg_graph *g, tg_tensor *const *leaf, int n,
                              void *env)
{
    tg_tensor *outputs[OUTPUTS];

    (void)n;
    run(env, g, leaf, outputs);
    return tg_concat(g, outputs, OUTPUTS, 0);
}

static void make_leaves(tg_tensor **leaf, uint64_t seed)
{
    const tg_shape shapes[LEAVES] = {WHOLE, TG_SHAPE(3), TG_SHAPE(2, 1),
                                     TG_SCALAR};

    for (int i = 0; i < LEAVES; i++)
        leaf[i] = random_leaf(TG_F64, shapes[i], seed * 10 + (uint64_t)i);
}

static void free_leaves(tg_tensor **leaf)
{
    for (int i = 0; i < LEAVES; i++)
        tg_tensor_free(leaf[i]);
}

/* ---- */

TEST(gradients_agree_with_differences)
{
    uint64_t state = 5;

    for (uint64_t k = 0; k < GRAPHS; k++) {
        program p = draw_program(&state);
        tg_tensor *leaf[LEAVES];
        make_leaves(leaf, k);
        tg_gradcheck_options o = {.rtol = 1e-7, .atol = 1e-9};
        tg_status status = tg_gradcheck(all_outputs, leaf, LEAVES, &p, o);
        ck_assert_msg(status == TG_OK, "graph %d: %s", (int)k,
                      tg_error_message());
        free_leaves(leaf);
    }
}
END_TEST

TEST(order_of_recording_does_not_matter)
{
    uint64_t state = 6;
    int moved = 0;

    for (uint64_t k = 0; k < GRAPHS; k++) {
        program p = draw_program(&state), q = p;
        tg_tensor *leaf[LEAVES], *first[OUTPUTS], *second[OUTPUTS];
        tg_graph *g = MADE(tg_graph_new()), *h = MADE(tg_graph_new());
        make_leaves(leaf, k);
        reorder(&q, &state);
        for (int i = 0; i < p.n; i++)
            moved += p.order[i] != q.order[i];
        run(&p, g, leaf, first);
        run(&q, h, leaf, second);
        for (int i = 0; i < OUTPUTS; i++)
            EXPECT_SAME_BITS(first[i], second[i]);
        tg_graph_free(g);
        tg_graph_free(h);
        free_leaves(leaf);
    }
    ck_assert_int_gt(moved, GRAPHS);
}
END_TEST

/* The leaves' gradients of all outputs at once. */
static void backward_at_once(const program *p, tg_tensor *const *leaf,
                             tg_tensor *weights)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *y = MADE(all_outputs(g, leaf, LEAVES, (void *)p));

    EXPECT_OK(tg_backward_from(g, y, weights));
    tg_graph_free(g);
}

/* The same, one output after the other, on another order of nodes. */
static void backward_one_by_one(const program *p, tg_tensor *const *leaf,
                                tg_tensor *weights)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *outputs[OUTPUTS];

    run(p, g, leaf, outputs);
    for (int i = 0; i < OUTPUTS; i++) {
        tg_tensor *part = MADE(tg_slice(g, weights, 0, 2 * i, 2 * i + 2, 1));
        if (tg_requires_grad(outputs[i]))
            EXPECT_OK(tg_backward_from(g, outputs[i], part));
    }
    tg_graph_free(g);
}

TEST(outputs_add_up)
{
    uint64_t state = 7;
    int compared = 0;

    for (uint64_t k = 0; k < GRAPHS; k++) {
        program p = draw_program(&state);
        tg_tensor *leaf[LEAVES], *again[LEAVES];
        tg_tensor *weights = random_tensor(TG_F64, TG_SHAPE(6, 3), k);
        make_leaves(leaf, k);
        make_leaves(again, k);
        backward_at_once(&p, leaf, weights);
        reorder(&p, &state);
        backward_one_by_one(&p, again, weights);
        for (int i = 0; i < LEAVES; i++) {
            tg_tensor *expected = tg_grad(leaf[i]), *got = tg_grad(again[i]);
            ck_assert_int_eq(expected == NULL, got == NULL);
            if (expected == NULL)
                continue;
            double *values = elements(expected);
            EXPECT_WITHIN(got, tg_tensor_shape(expected), values, 1e-12);
            free(values);
            compared++;
        }
        tg_tensor_free(weights);
        free_leaves(leaf);
        free_leaves(again);
    }
    ck_assert_int_gt(compared, GRAPHS);
}
END_TEST

TEST_MAIN("random_graphs", gradients_agree_with_differences,
          order_of_recording_does_not_matter, outputs_add_up)
