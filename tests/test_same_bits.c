/* What may change no bit of a gradient, for every op: recording it, to be
 * differentiated again, and views in place of the tensors themselves. So no
 * closure takes another way when nothing is recorded; an op that gets one (a
 * fused kernel) states here how far it may be off. */
#include "op_table.h"

#include <stdlib.h>

enum { DRAWS_PER_OP = 40 };

typedef struct trial {
    const op_info *op;
    tg_graph *g;
    op_case c;
    tg_tensor *in[MAX_INPUTS], *leaf[MAX_INPUTS], *y, *dy;
    int n; /* leaves */
} trial;

static trial begin(const op_info *op, tg_dtype dtype, uint64_t *state)
{
    trial t = {.op = op, .g = MADE(tg_graph_new())};

    op->draw(state, &t.c);
    make_case_inputs(&t.c, dtype, random_bits(state), t.in);
    for (int i = 0; i < t.c.n; i++)
        if (tg_requires_grad(t.in[i]) && !(i == 1 && t.c.twice))
            t.leaf[t.n++] = t.in[i];
    t.y = expect_made(op->name, op->name, op->call(t.g, t.in, &t.c));
    t.dy = random_tensor(tg_tensor_dtype(t.y), tg_tensor_shape(t.y),
                         random_bits(state));
    return t;
}

static void end(trial *t)
{
    tg_graph_free(t->g);
    tg_tensor_free(t->dy);
    free_case_inputs(&t->c, t->in);
}

static void expect_equal(const char *name, const tg_tensor *a,
                         const tg_tensor *b)
{
    expect_shape(name, a, tg_tensor_shape(b));
    if (tg_tensor_size(b) > 0)
        expect_same_bits(name, a, b);
}

/* .grad was added to 0, and has no -0; where y does not depend on the leaf
 * there is none. */
static void expect_grad(const char *name, const tg_tensor *leaf,
                        const tg_tensor *plain)
{
    double *expected = elements(plain);

    if (tg_grad(leaf))
        expect_within(name, tg_grad(leaf), tg_tensor_shape(plain), expected, 0);
    free(expected);
}

static int compare_recorded(const trial *t)
{
    tg_tensor *plain[MAX_INPUTS], *recorded[MAX_INPUTS];
    tg_gradients_options o = {.allow_unused = true};
    const char *name = t->op->name;
    int compared = 0;

    EXPECT_OK(tg_gradients(t->g, t->y, t->dy, t->n, t->leaf, plain, o));
    o.create_graph = true;
    EXPECT_OK(tg_gradients(t->g, t->y, t->dy, t->n, t->leaf, recorded, o));
    EXPECT_OK(tg_backward_from(t->g, t->y, t->dy));
    for (int i = 0; i < t->n; i++) {
        expect_equal(name, recorded[i], plain[i]);
        expect_grad(name, t->leaf[i], plain[i]);
        compared += tg_tensor_size(plain[i]) > 0;
    }
    return compared;
}

static tg_tensor *view_of(tg_graph *g, tg_tensor *t)
{
    if (t == TG_NONE || !tg_requires_grad(t))
        return t;
    tg_tensor *flat = MADE(tg_reshape(g, t, TG_SHAPE(tg_tensor_size(t))));
    return MADE(tg_reshape(g, flat, tg_tensor_shape(t)));
}

static int compare_views(const trial *t)
{
    tg_tensor *view[MAX_INPUTS], *grads[MAX_INPUTS], *expected[MAX_INPUTS];
    tg_gradients_options o = {.allow_unused = true};
    int compared = 0;

    for (int i = 0; i < t->c.n; i++)
        view[i] = view_of(t->g, t->in[i]);
    tg_tensor *y = MADE(t->op->call(t->g, view, &t->c));
    expect_equal(t->op->name, y, t->y);
    EXPECT_OK(tg_gradients(t->g, t->y, t->dy, t->n, t->leaf, expected, o));
    EXPECT_OK(tg_gradients(t->g, y, t->dy, t->n, t->leaf, grads, o));
    for (int i = 0; i < t->n; i++) {
        expect_equal(t->op->name, grads[i], expected[i]);
        compared += tg_tensor_size(grads[i]) > 0;
    }
    return compared;
}

typedef int (*comparison)(const trial *t);

static void check_op_alone(const op_info *op, tg_dtype dtype,
                           comparison compare, uint64_t *state)
{
    int compared = 0;

    for (int k = 0; k < DRAWS_PER_OP; k++) {
        trial t = begin(op, dtype, state);
        if (tg_requires_grad(t.y))
            compared += compare(&t);
        end(&t);
    }
    ck_assert_int_gt(compared, DRAWS_PER_OP / 4);
}

static void check_table(const op_info *ops, comparison compare)
{
    uint64_t state = 5;

    for (const op_info *op = ops; op->name; op++)
        for (int dtype = TG_F32; !op->no_gradient && dtype <= TG_F64; dtype++)
            check_op_alone(op, (tg_dtype)dtype, compare, &state);
}

#define SAME_BITS(table)                                                       \
    TEST(recording_changes_no_bit_of_##table)                                  \
    {                                                                          \
        check_table(table, compare_recorded);                                  \
    }                                                                          \
    END_TEST                                                                   \
    TEST(views_change_no_bit_of_##table)                                       \
    {                                                                          \
        check_table(table, compare_views);                                     \
    }                                                                          \
    END_TEST
OP_TABLES(SAME_BITS)

#define NAMES(table)                                                           \
    recording_changes_no_bit_of_##table, views_change_no_bit_of_##table,
TEST_MAIN("same_bits", OP_TABLES(NAMES))
