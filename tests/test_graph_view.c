/* The graph as data. */
#include "support.h"

TEST(records_in_order)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2), 1);
    tg_tensor *k = random_tensor(TG_F32, TG_SHAPE(2), 2);

    ck_assert_uint_eq(tg_graph_size(g), 0);
    tg_tensor *y = MADE(tg_mul(g, x, k)), *z = MADE(tg_square(g, y));
    ck_assert_uint_eq(tg_graph_size(g), 2);
    tg_node_view first = tg_graph_node(g, 0), second = tg_graph_node(g, 1);
    ck_assert_str_eq(first.op, "mul");
    ck_assert_ptr_eq(first.out, y);
    ck_assert_int_eq(first.n_in, 2);
    ck_assert_ptr_eq(first.in[0], x);
    ck_assert_ptr_eq(first.in[1], k);
    ck_assert_str_eq(second.op, "square");
    ck_assert_ptr_eq(second.out, z);
    ck_assert_ptr_eq(second.in[0], y);
    ck_assert_ptr_nonnull(second.formula);
    tg_tensor_free(x);
    tg_tensor_free(k);
    tg_graph_free(g);
}

TEST(has_no_node_beyond_its_end)
{
    tg_graph *g = MADE(tg_graph_new());
    const tg_node_view nothing = {0};
    tg_node_view beyond = tg_graph_node(g, 0), far = tg_graph_node(g, SIZE_MAX);

    ck_assert(beyond.op == nothing.op && beyond.out == NULL &&
              beyond.n_in == 0 && beyond.in == NULL && !beyond.formula);
    ck_assert(far.op == nothing.op && far.out == NULL && far.n_in == 0);
    tg_graph_free(g);
}

TEST(numbers_its_tensors)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2), 1);
    tg_tensor *k = random_tensor(TG_F32, TG_SHAPE(2), 2);
    tg_tensor *unknown = random_tensor(TG_F32, TG_SHAPE(2), 3);
    MADE(tg_neg(other, k)); /* both are held by two graphs, in other order */
    MADE(tg_neg(other, x));
    tg_tensor *y = MADE(tg_mul(g, x, k)), *z = MADE(tg_add(g, y, x));

    ck_assert_uint_eq(tg_graph_leaves(g), 2);
    ck_assert_ptr_eq(tg_graph_leaf(g, 0), x);
    ck_assert_ptr_eq(tg_graph_leaf(g, 1), k);
    ck_assert_ptr_null(tg_graph_leaf(g, 2));
    ck_assert_uint_eq(tg_graph_number(g, y), 0);
    ck_assert_uint_eq(tg_graph_number(g, z), 1);
    ck_assert_uint_eq(tg_graph_number(g, x), 2);
    ck_assert_uint_eq(tg_graph_number(g, k), 3);
    ck_assert_uint_eq(tg_graph_number(other, k), 2);
    ck_assert_uint_eq(tg_graph_number(g, unknown), SIZE_MAX);
    ck_assert_uint_eq(tg_graph_number(other, y), SIZE_MAX);
    ck_assert_uint_eq(tg_graph_number(g, NULL), SIZE_MAX);
    ck_assert_uint_eq(tg_graph_number(g, TG_NONE), SIZE_MAX);
    tg_graph_set_recording(g, false);
    ck_assert_uint_eq(tg_graph_number(g, tg_neg(g, x)), SIZE_MAX);
    EXPECT_OK(tg_graph_reset(g));
    ck_assert_uint_eq(tg_graph_leaves(g), 0);
    ck_assert_uint_eq(tg_graph_number(g, x), SIZE_MAX);
    tg_tensor_free(x);
    tg_tensor_free(k);
    tg_tensor_free(unknown);
    tg_graph_free(g);
    tg_graph_free(other);
}

TEST(survives_without_a_graph)
{
    tg_mark mark = tg_graph_mark(NULL);

    ck_assert(mark.node == 0 && mark.memory == 0);
    ck_assert(!tg_graph_set_recording(NULL, true));
    ck_assert(!tg_graph_set_training(NULL, true));
    tg_graph_seed(NULL, 1);
    ck_assert_uint_eq(tg_graph_size(NULL), 0);
    ck_assert_uint_eq(tg_graph_leaves(NULL), 0);
    ck_assert_uint_eq(tg_graph_number(NULL, NULL), SIZE_MAX);
    ck_assert_uint_eq(tg_graph_memory(NULL), 0);
    ck_assert_ptr_null(tg_graph_node(NULL, 0).out);
    ck_assert_ptr_null(tg_graph_leaf(NULL, 0));
}

TEST(counts_its_memory)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_tensor(TG_F32, TG_SHAPE(100000), 1);
    size_t before = live_bytes() - tg_graph_memory(g);

    MADE(tg_square(g, x));
    ck_assert_uint_ge(tg_graph_memory(g), 400000);
    ck_assert_uint_eq(live_bytes() - tg_graph_memory(g), before);
    size_t held = tg_graph_memory(g);
    EXPECT_OK(tg_graph_reset(g));
    ck_assert_uint_eq(tg_graph_memory(g), held); /* kept for the next step */
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* A leaf that two graphs use in turn, at another place in each. */
TEST(holds_each_leaf_once)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SCALAR, 3), *dx = NULL;
    tg_tensor *first = TENSOR(TG_F64, TG_SCALAR, 1);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_square(g, x));
    MADE(tg_mul(other, first, x));
    y = MADE(tg_mul(g, y, x));
    MADE(tg_mul(other, x, x));
    y = MADE(tg_mul(g, y, x));
    ck_assert_uint_eq(tg_graph_leaves(g), 1);
    ck_assert_uint_eq(tg_graph_leaves(other), 2);
    EXPECT_OK(tg_gradients(g, y, NULL, 1, &x, &dx, (tg_gradients_options){0}));
    EXPECT_VALUES(dx, 4 * 27);
    tg_tensor_free(x);
    tg_tensor_free(first);
    tg_graph_free(g);
    tg_graph_free(other);
}

TEST_MAIN("graph_view", records_in_order, has_no_node_beyond_its_end,
          numbers_its_tensors, holds_each_leaf_once, survives_without_a_graph,
          counts_its_memory)
