/* Graphs that nobody thought of: nodes and their inputs drawn from a seed. */
#include "support.h"

enum { LEAVES = 3, MOST_NODES = 40, GRAPHS = 200 };

typedef struct plan {
    int n_nodes;
    struct {
        int op, a, b; /* inputs by number: leaves first, then nodes */
    } node[MOST_NODES];
} plan;

/* All tensors are (2, 2). Products are shrunk, so that values stay near 1. */
static tg_tensor *apply_op(tg_graph *g, int op, tg_tensor *a, tg_tensor *b)
{
    const tg_shape square = TG_SHAPE(2, 2);

    switch (op) {
    case 0:
        return tg_add(g, tg_mul_scalar(g, a, 0.7), tg_mul_scalar(g, b, 0.5));
    case 1:
        return tg_sub(g, a, tg_mul_scalar(g, b, 0.3));
    case 2:
        return tg_mul_scalar(g, tg_mul(g, a, b), 0.5);
    case 3:
        return tg_mul_scalar(g, tg_matmul(g, a, b), 0.4);
    case 4:
        return tg_div(g, a, tg_add_scalar(g, tg_square(g, b), 2));
    case 5:
        return tg_add(g, tg_transpose(g, a),
                      tg_sum_axes(g, b, TG_AXES(0), true));
    case 6:
        return tg_corr2d(g, tg_pad(g, a, -1, 1, 0, 0.5),
                         tg_slice(g, b, 0, 0, 1, 1));
    case 7:
        return tg_reshape(
            g, tg_flip(g, tg_reshape(g, a, TG_SHAPE(4)), TG_AXES(0)), square);
    default:
        return tg_broadcast_to(g, tg_mean(g, tg_mul(g, a, b)), square);
    }
}
enum { N_OPS = 9 };

static plan make_plan(uint64_t seed)
{
    uint64_t state = seed;
    plan p;

    p.n_nodes = 5 + (int)random_below(&state, MOST_NODES - 5);
    for (int i = 0; i < p.n_nodes; i++) {
        p.node[i].op = (int)random_below(&state, N_OPS);
        p.node[i].a = (int)random_below(&state, LEAVES + i);
        p.node[i].b = (int)random_below(&state, LEAVES + i);
    }
    return p;
}

/* The next node that is ready, drawn with the state; 0: the first there is. */
static int choose_ready(const plan *p, tg_tensor *const *made, uint64_t *state)
{
    int chosen = -1, ready = 0;

    for (int i = 0; i < p->n_nodes; i++) {
        if (made[LEAVES + i] || !made[p->node[i].a] || !made[p->node[i].b])
            continue;
        ready++;
        if (chosen < 0 || (*state && random_below(state, ready) == 0))
            chosen = i;
    }
    return chosen;
}

/* Runs the plan in the order that the state gives; made holds the results. */
static void run(const plan *p, tg_graph *g, uint64_t state, tg_tensor **made)
{
    for (int i = 0; i < p->n_nodes; i++)
        made[LEAVES + i] = NULL;
    for (int n = 0; n < p->n_nodes; n++) {
        int i = choose_ready(p, made, &state);
        made[LEAVES + i] = MADE(
            apply_op(g, p->node[i].op, made[p->node[i].a], made[p->node[i].b]));
    }
}

/* The sum of the last three results, so that several are outputs, and of the
 * leaves, so that each is used. */
static tg_tensor *function(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    const plan *p = env;
    tg_tensor *made[LEAVES + MOST_NODES];

    ck_assert_int_eq(n, LEAVES);
    for (int i = 0; i < LEAVES; i++)
        made[i] = in[i];
    run(p, g, 0, made);
    tg_tensor *sum = tg_add(g, in[0], tg_add(g, in[1], in[2]));
    for (int i = 1; i <= 3; i++)
        sum = tg_add(g, sum, made[LEAVES + p->n_nodes - i]);
    return sum;
}

TEST(are_differentiable)
{
    for (uint64_t seed = 1; seed <= GRAPHS; seed++) {
        plan p = make_plan(seed);
        const tg_shape shapes[LEAVES] = {TG_SHAPE(2, 2), TG_SHAPE(2, 2),
                                         TG_SHAPE(2, 2)};
        check_op(HERE, function, &p, LEAVES, shapes);
    }
}

/* Any order in which every input comes before its user. */
TEST(do_not_depend_on_the_order_of_calls)
{
    for (uint64_t seed = 1; seed <= GRAPHS; seed++) {
        plan p = make_plan(seed);
        tg_graph *g = MADE(tg_graph_new());
        tg_tensor *one[LEAVES + MOST_NODES], *other[LEAVES + MOST_NODES];
        for (uint64_t i = 0; i < LEAVES; i++)
            one[i] = other[i] = random_leaf(TG_F32, TG_SHAPE(2, 2), seed + i);
        run(&p, g, 0, one);
        run(&p, g, seed, other);
        for (int i = LEAVES; i < LEAVES + p.n_nodes; i++)
            EXPECT_SAME_BITS(one[i], other[i]);
        for (int i = 0; i < LEAVES; i++)
            tg_tensor_free(one[i]);
        tg_graph_free(g);
    }
}

TEST_MAIN("random_graphs", are_differentiable,
          do_not_depend_on_the_order_of_calls)
