/* What holds for the gradient of every op, whatever its formula, and for every
 * function of a batch. */
#include "op_table.h"

#include <math.h>
#include <stdlib.h>

enum { DRAWS_PER_OP = 5, DRAWS = 100 };

/* ---- every op of the table, on a call drawn at random */

typedef struct pullback {
    tg_graph *g;
    op_case c;
    tg_tensor *in[MAX_INPUTS], *y, *leaf[MAX_INPUTS];
    int n; /* leaves */
} pullback;

/* False where the op has no gradient. */
static bool begin(pullback *p, const op_info *op, uint64_t *state)
{
    *p = (pullback){.g = MADE(tg_graph_new())};
    op->draw(state, &p->c);
    make_case_inputs(&p->c, TG_F64, random_bits(state), p->in);
    p->y = MADE(op->call(p->g, p->in, &p->c));
    for (int i = 0; i < p->c.n; i++)
        if (tg_requires_grad(p->in[i]) && !(i == 1 && p->c.twice))
            p->leaf[p->n++] = p->in[i];
    return tg_requires_grad(p->y);
}

static void end(pullback *p)
{
    tg_graph_free(p->g);
    free_case_inputs(&p->c, p->in);
}

/* J' w for every leaf, in grads. */
static void pull(const pullback *p, const tg_tensor *w, tg_tensor **grads,
                 bool create_graph)
{
    tg_gradients_options o = {create_graph, .allow_unused = true};

    EXPECT_OK(tg_gradients(p->g, p->y, w, p->n, p->leaf, grads, o));
}

static tg_tensor *random_like(const tg_tensor *t, uint64_t *state)
{
    return random_tensor(TG_F64, tg_tensor_shape(t), random_bits(state));
}

static double inner(const tg_tensor *a, const tg_tensor *b, double *magnitude)
{
    double sum = 0;

    ck_assert_int_eq(tg_tensor_size(a), tg_tensor_size(b));
    for (int64_t i = 0; i < tg_tensor_size(a); i++) {
        sum += element(a, i) * element(b, i);
        *magnitude += fabs(element(a, i) * element(b, i));
    }
    return sum;
}

/* J' (2 u - 3 w) = 2 J' u - 3 J' w. */
static int check_linear(pullback *p, uint64_t *state)
{
    tg_tensor *u = random_like(p->y, state), *w = random_like(p->y, state);
    tg_tensor *of_u[MAX_INPUTS], *of_w[MAX_INPUTS], *of_both[MAX_INPUTS];
    tg_tensor *both = MADE(
        tg_sub(p->g, tg_mul_scalar(p->g, u, 2), tg_mul_scalar(p->g, w, 3)));
    int compared = 0;

    pull(p, u, of_u, false);
    pull(p, w, of_w, false);
    pull(p, both, of_both, false);
    for (int i = 0; i < p->n; i++)
        for (int64_t k = 0; k < tg_tensor_size(p->leaf[i]); k++) {
            double a = element(of_u[i], k), b = element(of_w[i], k);
            double got = element(of_both[i], k), scale = fabs(a) + fabs(b) + 1;
            if (!(fabs(got - (2 * a - 3 * b)) <= 1e-12 * scale))
                ck_abort_msg("%g is not 2 (%g) - 3 (%g)", got, a, b);
            compared++;
        }
    tg_tensor_free(u);
    tg_tensor_free(w);
    return compared;
}

/* J v as the derivative of <J' u, v> by u. */
static tg_tensor *push(const pullback *p, tg_tensor *u, tg_tensor *const *v)
{
    tg_tensor *grads[MAX_INPUTS], *sum = NULL;

    pull(p, u, grads, true);
    for (int i = 0; i < p->n; i++) {
        tg_tensor *part;
        tg_gradients_options o = {.allow_unused = true};
        if (!tg_requires_grad(grads[i]))
            continue;
        EXPECT_OK(tg_gradients(p->g, grads[i], v[i], 1, &u, &part, o));
        sum = sum ? MADE(tg_add(p->g, sum, part)) : part;
    }
    return sum;
}

/* <J v, w> = <v, J' w>. */
static int check_transposed(pullback *p, uint64_t *state)
{
    tg_tensor *u = random_like(p->y, state), *w = random_like(p->y, state);
    tg_tensor *v[MAX_INPUTS], *grads[MAX_INPUTS];
    double left = 0, right = 0, scale = 1;

    EXPECT_OK(tg_set_requires_grad(u, true));
    for (int i = 0; i < p->n; i++)
        v[i] = random_like(p->leaf[i], state);
    tg_tensor *pushed = push(p, u, v);
    pull(p, w, grads, false);
    if (pushed)
        left = inner(pushed, w, &scale);
    for (int i = 0; i < p->n; i++) {
        right += inner(v[i], grads[i], &scale);
        tg_tensor_free(v[i]);
    }
    if (!(fabs(left - right) <= 1e-12 * scale))
        ck_abort_msg("<J v, w> = %.17g, <v, J' w> = %.17g", left, right);
    tg_tensor_free(u);
    tg_tensor_free(w);
    return pushed ? 1 : 0;
}

static void check_every_op(int (*check)(pullback *p, uint64_t *state))
{
    uint64_t state = 9;
    int compared = 0;

    for (int t = 0; op_tables[t]; t++)
        for (const op_info *op = op_tables[t]; op->name; op++)
            for (int k = 0; k < DRAWS_PER_OP; k++) {
                pullback p;
                if (begin(&p, op, &state))
                    compared += check(&p, &state);
                end(&p);
            }
    ck_assert_int_ge(compared, DRAWS);
}

TEST(gradient_is_linear_in_the_cotangent)
{
    check_every_op(check_linear);
}
END_TEST

TEST(backward_is_the_transposed_jacobian)
{
    check_every_op(check_transposed);
}
END_TEST

/* ---- batches: f(x[order]) = f(x)[order] */

#define BATCHED(X)                                                             \
    X(gelu, tg_gelu(g, x))                                                     \
    X(softmax, tg_softmax(g, x, -1))                                           \
    X(layer_norm, tg_layer_norm(g, x, TG_NONE, TG_NONE, 1e-5))                 \
    X(matmul, tg_matmul(g, x, tg_transpose(g, x)))                             \
    X(sum, tg_sum_axes(g, x, TG_AXES(-1), false))                              \
    X(max, tg_max_axes(g, x, TG_AXES(1, 2), true))                             \
    X(pad, tg_pad(g, x, 1, 1, 2, 3))                                           \
    X(permute, tg_permute(g, x, TG_AXES(0, 2, 1)))                             \
    X(batch_norm,                                                              \
      tg_batch_norm(g, x, TG_NONE, TG_NONE, TG_NONE, TG_NONE, 0.1, 1e-5))

#define DEFINE(name, expression)                                               \
    static tg_tensor *batched_##name(tg_graph *g, tg_tensor *x)                \
    {                                                                          \
        return expression;                                                     \
    }
BATCHED(DEFINE)
#define NAME(name, expression) batched_##name,
static tg_tensor *(*const batched[])(tg_graph *g,
                                     tg_tensor *x) = {BATCHED(NAME)};

static tg_tensor *random_order(int64_t n, uint64_t *state)
{
    tg_tensor *order = MADE(tg_tensor_new(TG_I64, TG_SHAPE(n)));
    int64_t *at = tg_data_i64(order);

    for (int64_t i = 0; i < n; i++) {
        int64_t other = draw_below(state, i + 1);
        at[i] = at[other];
        at[other] = i;
    }
    return order;
}

TEST(permuting_a_batch_permutes_the_result)
{
    uint64_t state = 10;

    for (int k = 0; k < DRAWS; k++) {
        tg_graph *g = MADE(tg_graph_new());
        tg_shape shape =
            TG_SHAPE(2 + draw_below(&state, 5), 1 + draw_below(&state, 4),
                     1 + draw_below(&state, 6));
        tg_tensor *x = random_tensor(TG_F64, shape, random_bits(&state));
        tg_tensor *order = random_order(shape.dim[0], &state);
        for (size_t f = 0; f < sizeof batched / sizeof *batched; f++) {
            tg_tensor *after = MADE(tg_take(g, batched[f](g, x), order));
            tg_tensor *before = MADE(batched[f](g, tg_take(g, x, order)));
            double *expected = elements(after);
            EXPECT_ARRAY(before, tg_tensor_shape(after), expected, 1e-12);
            free(expected);
        }
        tg_tensor_free(x);
        tg_tensor_free(order);
        tg_graph_free(g);
    }
}
END_TEST

/* ---- concat, then slice */

static void check_parts(tg_graph *g, const op_case *c, tg_tensor **in)
{
    int axis = c->axes.axis[0];
    tg_tensor *joined = MADE(tg_concat(g, in, c->n, axis)), *part[MAX_INPUTS];
    int64_t start = 0;

    for (int i = 0; i < c->n; i++) {
        tg_shape shape = tg_tensor_shape(in[i]);
        int64_t stop = start + shape.dim[axis_from_start(axis, shape.ndim)];
        part[i] = MADE(tg_slice(g, joined, axis, start, stop, 1));
        EXPECT_SHAPE(part[i], shape);
        if (tg_tensor_size(part[i]) > 0)
            EXPECT_SAME_BITS(part[i], in[i]);
        start = stop;
    }
    tg_tensor *again = MADE(tg_concat(g, part, c->n, axis));
    if (tg_tensor_size(again) > 0)
        EXPECT_SAME_BITS(again, joined);
    tg_tensor *w = random_tensor(TG_F64, tg_tensor_shape(part[0]), 1);
    EXPECT_OK(tg_backward_from(g, part[0], w));
    EXPECT_SHAPE(tg_grad(in[0]), tg_tensor_shape(w));
    if (tg_tensor_size(w) > 0)
        EXPECT_SAME_BITS(tg_grad(in[0]), w);
    tg_tensor_free(w);
}

TEST(slices_undo_concat)
{
    const op_info *concat = find_op("concat");
    uint64_t state = 11;

    for (int k = 0; k < DRAWS; k++) {
        op_case c;
        tg_tensor *in[MAX_INPUTS];
        tg_graph *g = MADE(tg_graph_new());
        concat->draw(&state, &c);
        make_case_inputs(&c, TG_F64, (uint64_t)k, in);
        check_parts(g, &c, in);
        tg_graph_free(g);
        free_case_inputs(&c, in);
    }
}
END_TEST

TEST_MAIN("identities", gradient_is_linear_in_the_cotangent,
          backward_is_the_transposed_jacobian,
          permuting_a_batch_permutes_the_result, slices_undo_concat)
