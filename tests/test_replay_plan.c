/* Replays that are planned. Chains of large tensors run in groups and leave out
 * results that only their group reads; many small nodes run as steps. The
 * numbers are those of an eager run, and so are results that are looked at
 * afterwards. */
#include "support.h"

#include <tinygrad/threads.h>

#include <stdlib.h>
#include <string.h>

enum { REPLAYS = 5, RESULTS = 4 };

/* A chain of ops on two leaves, with a loss last, and its gradients. */
typedef tg_tensor *chain(tg_graph *g, tg_tensor *a, tg_tensor *b);

typedef struct step {
    tg_tensor *leaf[2], *loss, *slope[2];
} step;

static tg_tensor *distance(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    return tg_sum(g, tg_square(g, tg_sub(g, a, b)));
}

/* A mean: the gradient's scale comes after the sum, and does not need it. */
static tg_tensor *mean_distance(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    return tg_mse_loss(g, a, b);
}

/* A sum that is needed in what follows. */
static tg_tensor *centred(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    tg_tensor *c = tg_mul(g, a, tg_tanh(g, b));

    return tg_sum(g, tg_square(g, tg_sub(g, c, tg_mean(g, c))));
}

/* Longer than a group may be, with more results at once than have places. */
static tg_tensor *many(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    tg_tensor *x[12], *sum = a;

    for (int i = 0; i < 12; i++)
        x[i] = tg_mul_scalar(g, i % 2 ? a : b, 1 + i);
    for (int i = 0; i < 12; i++)
        sum = tg_maximum(g, tg_add(g, sum, x[i]), tg_relu(g, x[11 - i]));
    return tg_sum(g, sum);
}

/* One-element operands, other shapes of the same size, and two sums. */
static tg_tensor *mixed(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    tg_tensor *half = tg_mul_scalar(g, tg_sum(g, b), 1e-4);
    tg_tensor *x = tg_add(g, tg_mul(g, a, half), tg_exp(g, tg_neg(g, b)));
    tg_tensor *flat = tg_reshape(g, x, TG_SHAPE(1, -1));

    return tg_add(g, tg_sum(g, tg_sigmoid(g, flat)),
                  tg_mul(g, tg_sum(g, tg_abs(g, x)), half));
}

/* Large nodes of two sizes, in turn. */
static tg_tensor *two_sizes(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    int64_t n = tg_tensor_size(b) / 2;
    tg_tensor *flat = tg_reshape(g, b, TG_SHAPE(-1));
    tg_tensor *half = tg_slice(g, flat, 0, 0, n, 1);
    tg_tensor *x = tg_square(g, a), *y = tg_square(g, half);

    x = tg_mul_scalar(g, x, 0.5);
    y = tg_tanh(g, y);
    return tg_add(g, tg_sum(g, tg_neg(g, x)), tg_sum(g, tg_exp(g, y)));
}

/* Scalars that wait for a sum, and for one another, while the group goes on. */
static tg_tensor *scalars(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    tg_tensor *x = tg_square(g, a);
    tg_tensor *mean = tg_mul_scalar(g, tg_sum(g, x), 1e-4);
    tg_tensor *y = tg_neg(g, tg_sin(g, mean));

    return tg_add(g, y, tg_sum(g, tg_mul(g, tg_tanh(g, x), b)));
}

static chain *const chains[] = {distance, mean_distance, centred, many,
                                mixed,    two_sizes,     scalars};
enum { CHAINS = sizeof chains / sizeof *chains };

static void record(tg_graph *g, chain *make, bool create_graph, step *s)
{
    s->loss = MADE(make(g, s->leaf[0], s->leaf[1]));
    EXPECT_OK(
        tg_gradients(g, s->loss, NULL, 2, s->leaf, s->slope,
                     (tg_gradients_options){.create_graph = create_graph}));
}

static void make_leaves(step *s, tg_dtype dtype, tg_shape shape)
{
    for (int i = 0; i < 2; i++)
        s->leaf[i] = random_leaf(dtype, shape, 1 + (uint64_t)i);
}

static void free_leaves(step *s)
{
    for (int i = 0; i < 2; i++)
        tg_tensor_free(s->leaf[i]);
}

/* Other numbers, different in every turn. */
static void change_leaves(step *s, tg_shape shape, uint64_t turn)
{
    for (uint64_t i = 0; i < 2; i++) {
        tg_tensor *other = random_tensor(tg_tensor_dtype(s->leaf[i]), shape,
                                         10 + 2 * turn + i);
        EXPECT_OK(tg_tensor_copy(s->leaf[i], other));
        tg_tensor_free(other);
    }
}

static void expect_eager_run(const step *s, chain *make)
{
    tg_graph *g = MADE(tg_graph_new());
    step eager = {.leaf = {s->leaf[0], s->leaf[1]}};

    record(g, make, false, &eager);
    EXPECT_SAME_BITS(s->loss, eager.loss);
    EXPECT_SAME_BITS(s->slope[0], eager.slope[0]);
    EXPECT_SAME_BITS(s->slope[1], eager.slope[1]);
    tg_graph_free(g);
}

static void check_chain(chain *make, tg_dtype dtype, tg_shape shape)
{
    tg_graph *g = MADE(tg_graph_new());
    step s;

    make_leaves(&s, dtype, shape);
    record(g, make, true, &s);
    for (uint64_t turn = 0; turn < REPLAYS; turn++) {
        change_leaves(&s, shape, turn);
        EXPECT_OK(tg_replay(g));
        expect_eager_run(&s, make);
    }
    tg_graph_free(g);
    free_leaves(&s);
}

TEST(equals_the_eager_run)
{
    const tg_shape shapes[] = {TG_SHAPE(1 << 14), TG_SHAPE(129, 131),
                               TG_SHAPE(40, 1025), TG_SHAPE(100003)};

    for (int threads = 1; threads <= 3; threads += 2) {
        tg_set_threads(threads);
        for (int i = 0; i < CHAINS; i++)
            for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++)
                check_chain(chains[i], (k + (size_t)i) % 2 ? TG_F64 : TG_F32,
                            shapes[k]);
    }
    tg_set_threads(0);
}

/* Enough small nodes for steps; not all of them can be one. */
static tg_tensor *long_chain(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    tg_tensor *y = tg_reshape(g, a, TG_SHAPE(-1));
    tg_tensor *x = tg_reshape(g, b, TG_SHAPE(-1, 1));

    for (int i = 0; i < 250; i++) {
        y = tg_tanh(g, tg_add(g, y, tg_mul_scalar(g, y, 0.5)));
        y = tg_mul(g, y, tg_mean(g, y));
        if (i % 50 == 0)
            y = tg_add(g, y,
                       tg_sum_axes(g, tg_mul(g, x, y), TG_AXES(0), false));
    }
    return tg_sum(g, y);
}

TEST(equals_the_eager_run_of_many_small_nodes)
{
    const tg_shape shapes[] = {TG_SHAPE(1), TG_SHAPE(3), TG_SHAPE(2, 5)};

    for (int i = 0; i < 3; i++) {
        check_chain(long_chain, TG_F32, shapes[i]);
        check_chain(long_chain, TG_F64, shapes[i]);
    }
}

/* Running statistics change in a replay: what reads them has to tell when. */
TEST(tells_what_a_replay_itself_has_written)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(4, 3), 1);
    tg_tensor *mean = random_tensor(TG_F32, TG_SHAPE(3), 2);
    tg_tensor *var = MADE(tg_tensor_full(TG_F32, TG_SHAPE(3), 1));
    tg_tensor *before = MADE(tg_sum(g, tg_mul(g, tg_sum(g, x), mean)));

    tg_tensor *y =
        MADE(tg_batch_norm(g, x, TG_NONE, TG_NONE, mean, var, 0.1, 1e-5));
    tg_tensor *after = MADE(tg_sum(g, tg_mul(g, tg_sum(g, y), mean)));
    for (int i = 0; i < 1100; i++)
        after = MADE(tg_mul_scalar(g, after, 1));
    for (int i = 0; i < REPLAYS; i++) {
        EXPECT_OK(tg_replay(g));
        EXPECT_STATUS(tg_backward(g, before), TG_ERR_STATE);
        EXPECT_OK(tg_backward(g, after));
        EXPECT_STATUS(tg_graph_status(g), TG_ERR_STATE);
    }
    tg_tensor_free(x);
    tg_tensor_free(mean);
    tg_tensor_free(var);
    tg_graph_free(g);
}

TEST(lets_backward_follow_small_steps)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SCALAR, 3), *y = x;

    EXPECT_OK(tg_set_requires_grad(x, true));
    for (int i = 0; i < 1100; i++)
        y = MADE(tg_add(g, y, x));
    tg_tensor *product = MADE(tg_mul(g, y, x));
    for (int i = 0; i < REPLAYS; i++) {
        tg_data_f64(x)[0] = i;
        tg_tensor_touch(x);
        EXPECT_STATUS(tg_backward(g, product), TG_ERR_STATE);
        EXPECT_OK(tg_replay(g));
        tg_zero_grad(x);
        EXPECT_OK(tg_backward(g, product));
        EXPECT_VALUES(tg_grad(x), 2.0 * 1101 * i);
    }
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* Chains in turn that cannot share a group: of one size, but of other dtypes,
 * and one with a row that is repeated. */
static void record_unlike(tg_graph *g, tg_tensor *const *leaf, tg_tensor **sum)
{
    tg_tensor *x = tg_square(g, leaf[0]), *y = tg_square(g, leaf[1]);

    x = tg_neg(g, tg_mul(g, x, leaf[2]));
    y = tg_neg(g, tg_tanh(g, y));
    sum[0] = MADE(tg_sum(g, tg_exp(g, x)));
    sum[1] = MADE(tg_sum(g, tg_exp(g, y)));
}

TEST(keeps_apart_what_is_unlike)
{
    tg_graph *g = MADE(tg_graph_new()), *eager = MADE(tg_graph_new());
    tg_tensor *leaf[] = {random_leaf(TG_F32, TG_SHAPE(400, 50), 1),
                         random_leaf(TG_F64, TG_SHAPE(400, 50), 2),
                         random_leaf(TG_F32, TG_SHAPE(50), 3)};
    tg_tensor *sum[2], *expected[2];

    record_unlike(g, leaf, sum);
    for (int i = 0; i < REPLAYS; i++) {
        tg_data_f32(leaf[0])[i] = 2;
        tg_data_f64(leaf[1])[i] = 2;
        EXPECT_OK(tg_replay(g));
    }
    record_unlike(eager, leaf, expected);
    for (int i = 0; i < 2; i++)
        EXPECT_SAME_BITS(sum[i], expected[i]);
    for (int i = 0; i < 3; i++)
        tg_tensor_free(leaf[i]);
    tg_graph_free(g);
    tg_graph_free(eager);
}

TEST_MAIN("replay_plan", equals_the_eager_run, keeps_apart_what_is_unlike,
          equals_the_eager_run_of_many_small_nodes,
          tells_what_a_replay_itself_has_written,
          lets_backward_follow_small_steps)
