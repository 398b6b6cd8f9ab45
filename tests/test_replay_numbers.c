/* Replays of many nodes of one number: what only steps read lies apart from its
 * tensor, and is made up when somebody looks at it. */
#include "support.h"

enum { REPLAYS = 5, LEAVES = 4, MANY = 1500 };

/* ---- random graphs */

/* A number, a vector, a condition and a number of another dtype to begin with;
 * numbers and vectors made of the first three, and a sum of the last. */
typedef struct scene {
    tg_graph *g;
    tg_tensor *leaf[LEAVES], *x[MANY], *other;
} scene;

static tg_tensor *random_op(scene *s, uint64_t *state, int n)
{
    tg_graph *g = s->g;
    tg_tensor *a = s->x[random_below(state, n)];
    tg_tensor *b = s->x[n - 1 - random_below(state, n < 9 ? n : 9)];

    switch (random_below(state, 12)) {
    case 0:
        return tg_add(g, tg_tanh(g, a), b);
    case 1:
        return tg_sub(g, b, tg_sigmoid(g, a));
    case 2:
        return tg_maximum(g, a, tg_neg(g, b));
    case 3:
        return tg_mul_scalar(g, b, 0.5);
    case 4:
        return tg_where(g, s->leaf[2], tg_sin(g, a), b);
    case 5: /* a vector, or no elementwise op */
        return tg_sum(g, tg_mul(g, tg_tanh(g, b), s->leaf[1]));
    case 6:
        return tg_reshape(g, tg_cos(g, a), TG_SCALAR);
    case 7: /* of another dtype: there is no way from one to the other */
        s->other = tg_add(g, s->other, tg_sin(g, s->leaf[3]));
        return tg_mul(g, tg_cos(g, b), tg_cos(g, b));
    default:
        return tg_mul(g, tg_tanh(g, a), tg_tanh(g, b));
    }
}

static void record(scene *s, uint64_t seed)
{
    uint64_t state = seed;

    s->x[0] = s->leaf[0];
    s->other = s->leaf[3];
    for (int i = 1; i < MANY; i++)
        s->x[i] = MADE(random_op(s, &state, i));
}

static scene begin(tg_dtype dtype, uint64_t seed)
{
    scene s = {.g = MADE(tg_graph_new())};

    s.leaf[0] = random_leaf(dtype, TG_SCALAR, seed);
    s.leaf[1] = random_leaf(dtype, TG_SHAPE(3), seed + 1);
    s.leaf[2] = MADE(tg_tensor_full(TG_I64, TG_SCALAR, 1));
    s.leaf[3] = random_leaf(dtype == TG_F32 ? TG_F64 : TG_F32, TG_SCALAR, 3);
    return s;
}

static void replay(const scene *s)
{
    for (int i = 0; i < REPLAYS; i++) {
        tg_tensor *other = random_tensor(tg_tensor_dtype(s->leaf[0]), TG_SCALAR,
                                         100 + (uint64_t)i);
        EXPECT_OK(tg_tensor_copy(s->leaf[0], other));
        tg_tensor_free(other);
        EXPECT_OK(tg_replay(s->g));
    }
}

static void end(const scene *s)
{
    tg_graph_free(s->g);
    for (int i = 0; i < LEAVES; i++)
        tg_tensor_free(s->leaf[i]);
}

/* The last first, which is made of others, and what was looked at before. */
static void expect_eager_run(scene *s, uint64_t seed)
{
    scene eager = *s;

    eager.g = MADE(tg_graph_new());
    record(&eager, seed);
    for (int i = MANY - 1; i > 0; i--)
        EXPECT_SAME_BITS(s->x[i], eager.x[i]);
    EXPECT_SAME_BITS(s->other, eager.other);
    tg_graph_free(eager.g);
}

TEST(equals_the_eager_run_of_random_graphs)
{
    for (uint64_t seed = 1; seed <= 12; seed++) {
        scene s = begin(seed % 2 ? TG_F32 : TG_F64, seed);
        record(&s, seed);
        replay(&s);
        expect_eager_run(&s, seed);
        replay(&s);
        expect_eager_run(&s, seed);
        end(&s);
    }
}

/* ---- a chain, of whose numbers the last is read */

typedef struct chain {
    tg_graph *g;
    tg_tensor *leaf, *x[MANY];
    tg_mark before_last;
} chain;

static void record_chain(chain *c, tg_tensor *(*op)(tg_graph *g, tg_tensor *a,
                                                    tg_tensor *b))
{
    c->x[0] = MADE(tg_neg(c->g, c->leaf));
    for (int i = 1; i < MANY; i++) {
        c->before_last = tg_graph_mark(c->g);
        c->x[i] = MADE(op(c->g, c->x[i - 1], c->leaf));
    }
}

/* x[i] = (i - 1) leaf. */
static chain begin_chain(void)
{
    chain c = {.g = MADE(tg_graph_new()), .leaf = TENSOR(TG_F32, TG_SCALAR, 0)};

    record_chain(&c, tg_add);
    return c;
}

static void replay_chain(const chain *c)
{
    for (int i = 0; i < REPLAYS; i++) {
        tg_data_f32(c->leaf)[0] = (float)i;
        EXPECT_OK(tg_replay(c->g));
    }
}

static void end_chain(const chain *c)
{
    tg_graph_free(c->g);
    tg_tensor_free(c->leaf);
}

static void expect_number(const chain *c, int i)
{
    ck_assert_double_eq(tg_item(c->x[i]), (REPLAYS - 1) * (i - 1));
}

TEST(makes_up_what_is_looked_at)
{
    chain c = begin_chain();

    replay_chain(&c);
    expect_number(&c, MANY - 1);
    expect_number(&c, 700);
    EXPECT_OK(tg_replay(c.g));
    expect_number(&c, 3);
    EXPECT_OK(tg_replay(c.g));
    const float *looked_at = tg_data_f32(c.x[700]);
    tg_data_f32(c.leaf)[0] = 1;
    EXPECT_OK(tg_replay(c.g));
    ck_assert_float_eq(*looked_at, 699);
    end_chain(&c);
}

TEST(lets_ops_read_them)
{
    chain c = begin_chain();

    replay_chain(&c);
    tg_tensor *y = MADE(tg_neg(c.g, c.x[700]));
    ck_assert_double_eq(tg_item(y), -(REPLAYS - 1) * 699.0);
    replay_chain(&c);
    tg_tensor *z = MADE(tg_add(c.g, c.x[600], c.x[MANY - 1]));
    ck_assert_double_eq(tg_item(z), (REPLAYS - 1) * (599.0 + MANY - 2));
    end_chain(&c);
}

TEST(keeps_what_has_a_name)
{
    chain c = begin_chain();

    EXPECT_OK(tg_set_name(c.x[700], "named"));
    replay_chain(&c);
    tg_tensor_touch(c.leaf);
    expect_number(&c, 700);
    expect_number(&c, MANY - 1);
    ck_assert_ptr_null(tg_data(c.x[699]));
    EXPECT_MESSAGE("neg: the replay left () out");
    end_chain(&c);
}

/* What is left after a rewind has lost its plan, but no number. */
TEST(survives_a_rewind)
{
    chain c = begin_chain();

    replay_chain(&c);
    EXPECT_OK(tg_graph_rewind(c.g, c.before_last));
    expect_number(&c, MANY - 2);
    expect_number(&c, 5);
    replay_chain(&c);
    expect_number(&c, MANY - 2);
    end_chain(&c);
}

/* One that drops no node leaves the plan in force. */
TEST(survives_a_rewind_to_the_end)
{
    chain c = begin_chain();

    for (int i = 0; i < 3; i++) {
        replay_chain(&c);
        EXPECT_OK(tg_graph_rewind(c.g, tg_graph_mark(c.g)));
    }
    tg_data_f32(c.leaf)[0] = 7;
    EXPECT_OK(tg_replay(c.g));
    ck_assert_double_eq(tg_item(c.x[700]), 7 * 699);
    end_chain(&c);
}

/* A record of as many nodes, but others; a plan that leaves nothing out. */
TEST(ends_with_a_reset)
{
    chain c = begin_chain();

    replay_chain(&c);
    for (int i = 0; i < MANY; i++)
        expect_number(&c, i);
    replay_chain(&c);
    EXPECT_OK(tg_graph_reset(c.g));
    record_chain(&c, tg_sub);
    tg_data_f32(c.leaf)[0] = 3;
    EXPECT_OK(tg_replay(c.g));
    ck_assert_double_eq(tg_item(c.x[700]), -3 * 701);
    ck_assert_double_eq(tg_item(c.x[MANY - 1]), -3 * MANY);
    end_chain(&c);
}

/* Some could be made up before one could not. */
TEST(survives_a_failed_look)
{
    chain c = begin_chain();
    tg_tensor *other = TENSOR(TG_F32, TG_SCALAR, 2);
    tg_tensor *last = MADE(tg_mul(c.g, c.x[MANY - 1], other));

    MADE(tg_neg(c.g, last));
    replay_chain(&c);
    tg_tensor_touch(other);
    ck_assert_ptr_null(tg_data(last));
    EXPECT_STATUS(tg_graph_status(c.g), TG_ERR_STATE);
    replay_chain(&c);
    tg_tensor_touch(other); /* looked at before, last is in memory now */
    ck_assert_double_eq(tg_item(last), 2.0 * (REPLAYS - 1) * (MANY - 2));
    expect_number(&c, 700);
    tg_tensor_free(other);
    end_chain(&c);
}

TEST_MAIN("replay_numbers", equals_the_eager_run_of_random_graphs,
          makes_up_what_is_looked_at, lets_ops_read_them, keeps_what_has_a_name,
          survives_a_rewind, survives_a_rewind_to_the_end, ends_with_a_reset,
          survives_a_failed_look)
