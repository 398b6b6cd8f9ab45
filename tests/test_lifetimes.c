/* Who may be freed when: leaves, gradients, graphs, marks. */
#include "support.h"

#include <string.h>

/* Three leaves and two graphs that have recorded them. */
enum { X, W, K, G, H, HANDLES };

typedef struct world {
    tg_tensor *leaf[3];
    tg_graph *graph[2];
    tg_tensor *loss[2];
} world;

static world make_world(void)
{
    world w;

    for (int i = 0; i < 3; i++)
        w.leaf[i] = random_leaf(TG_F64, TG_SHAPE(3), (uint64_t)i);
    for (int i = 0; i < 2; i++) {
        tg_graph *g = w.graph[i] = MADE(tg_graph_new());
        tg_tensor *product = tg_mul(g, w.leaf[X], w.leaf[W]);
        tg_tensor *flat = tg_reshape(g, w.leaf[K], TG_SHAPE(1, 3));
        w.loss[i] = MADE(tg_sum(g, tg_div(g, product, tg_square(g, flat))));
    }
    return w;
}

/* The graphs that are left still run backward. */
static void use_world(const world *w)
{
    for (int i = 0; i < 2; i++)
        if (w->graph[i])
            EXPECT_OK(tg_backward(w->graph[i], w->loss[i]));
}

static void free_one(world *w, int handle)
{
    if (handle < G) {
        tg_tensor_free(w->leaf[handle]);
        return;
    }
    tg_graph_free(w->graph[handle - G]);
    w->graph[handle - G] = NULL;
}

/* The n-th of the 120 orders of five handles. */
static void nth_order(int n, int order[HANDLES])
{
    int left[HANDLES] = {X, W, K, G, H};

    for (int i = 0; i < HANDLES; i++) {
        int choices = HANDLES - i, chosen = n % choices;
        order[i] = left[chosen];
        left[chosen] = left[choices - 1];
        n /= choices;
    }
}

/* Row 12. */
TEST(frees_in_any_order)
{
    for (int n = 0; n < 120; n++) {
        int order[HANDLES];
        nth_order(n, order);
        size_t before = live_bytes();
        world w = make_world();
        for (int i = 0; i < HANDLES; i++) {
            use_world(&w);
            free_one(&w, order[i]);
        }
        ck_assert_uint_eq(live_bytes(), before);
    }
}

/* A leaf freed early is kept by the record, and ends with it. */
TEST(keeps_a_freed_leaf_until_the_reset)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(1000), 1);
    tg_tensor *y = MADE(tg_sum(g, tg_square(g, x)));

    tg_tensor_free(x);
    EXPECT_OK(tg_backward(g, y));
    EXPECT_OK(tg_replay(g));
    size_t live = live_bytes();
    EXPECT_OK(tg_graph_reset(g));
    ck_assert_uint_le(live_bytes(), live - 8000);
    tg_graph_free(g);
}

TEST(keeps_a_freed_leaf_until_the_rewind)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(1000), 1);
    tg_tensor *w = random_leaf(TG_F64, TG_SHAPE(1000), 1);
    tg_tensor *y = MADE(tg_square(g, x));
    tg_mark mark = tg_graph_mark(g);

    MADE(tg_mul(g, x, w));
    tg_tensor_free(x);
    tg_tensor_free(w);
    size_t live = live_bytes();
    EXPECT_OK(tg_graph_rewind(g, mark));
    ck_assert_uint_le(live_bytes(), live - 8000);
    EXPECT_OK(tg_backward_from(g, y, NULL)); /* x is still recorded */
    tg_graph_free(g);
}

/* A leaf's gradient lives as long as the leaf, whatever graph made it. */
TEST(keeps_gradients_beyond_the_graph)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2), 3, 4);

    EXPECT_OK(tg_set_requires_grad(x, true));
    EXPECT_OK(tg_backward(g, tg_sum(g, tg_square(g, x))));
    EXPECT_OK(tg_graph_reset(g));
    EXPECT_VALUES(tg_grad(x), 6, 8);
    tg_graph_free(g);
    EXPECT_VALUES(tg_grad(x), 6, 8);
    tg_tensor_free(x);
}

/* The same storage again and again, under a sanitizer poisoned in between. */
TEST(reuses_what_was_reset)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(100), 1);
    size_t memory = 0;

    for (int step = 0; step < 10; step++) {
        for (int i = 0; i < 20; i++)
            MADE(tg_square(g, x));
        EXPECT_OK(tg_graph_reset(g));
        if (step == 2)
            memory = tg_graph_memory(g);
        if (step > 2)
            ck_assert_uint_eq(tg_graph_memory(g), memory);
    }
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(reuses_what_was_rewound)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(100), 1);
    tg_tensor *y = MADE(tg_square(g, x));
    tg_tensor *copy = MADE(tg_tensor_clone(y));
    tg_mark mark = tg_graph_mark(g);
    size_t calls = 0;

    for (int step = 0; step < 1000; step++) {
        for (int i = 0; i < 5; i++)
            MADE(tg_mul(g, x, y));
        EXPECT_OK(tg_graph_rewind(g, mark));
        if (step == 2)
            calls = allocator_calls();
    }
    ck_assert_uint_eq(allocator_calls(), calls);
    EXPECT_SAME_BITS(y, copy);
    tg_tensor_free(x);
    tg_tensor_free(copy);
    tg_graph_free(g);
}

/* Far behind the mark, so that rewinding gives back whole chunks. */
TEST(rewinds_over_many_nodes)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(3), 1), *kept[100];

    for (int i = 0; i < 100; i++) {
        kept[i] = MADE(tg_add_scalar(g, x, i));
        tg_mark mark = tg_graph_mark(g);
        for (int j = 0; j < 7 * i; j++)
            MADE(tg_add_scalar(g, kept[i], 1000 * j));
        EXPECT_OK(tg_graph_rewind(g, mark));
        ck_assert_uint_eq(tg_graph_size(g), (size_t)i + 1);
    }
    for (int i = 0; i < 100; i++)
        for (int j = 0; j < 3; j++)
            ck_assert_double_eq(element(kept[i], j), element(x, j) + i);
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* A view of a leaf holds the leaf, recorded or not. */
TEST(keeps_a_freed_leaf_for_its_view)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(4), 1, 2, 3, 4);

    tg_graph_set_recording(g, false);
    tg_tensor *view = MADE(tg_reshape(g, x, TG_SHAPE(2, 2)));
    tg_tensor_free(x);
    tg_tensor *other = MADE(tg_tensor_full(TG_F64, TG_SHAPE(4), 9));
    EXPECT_VALUES(view, 1, 2, 3, 4);
    EXPECT_VALUES(tg_square(g, view), 1, 4, 9, 16);
    tg_tensor_free(other);
    tg_graph_free(g);
}

static int destroyed;

static void count_destroyed(void *env)
{
    int expected;

    memcpy(&expected, env, sizeof expected);
    ck_assert_int_eq(expected, 77);
    destroyed++;
}

static tg_status fill(const tg_call *call)
{
    tg_data_f64(call->out)[0] = 1;
    return TG_OK;
}

static const tg_op counted = {
    .name = "counted", .forward = fill, .destroy = count_destroyed};

static void apply_counted(tg_graph *g)
{
    const int env = 77;

    MADE(tg_apply(g, &counted, TG_F64, TG_SCALAR, 0, NULL, &env, sizeof env));
}

TEST(destroys_each_env_once)
{
    tg_graph *g = MADE(tg_graph_new());

    destroyed = 0;
    apply_counted(g);
    tg_mark mark = tg_graph_mark(g);
    apply_counted(g);
    apply_counted(g);
    ck_assert_int_eq(destroyed, 0);
    EXPECT_OK(tg_graph_rewind(g, mark));
    ck_assert_int_eq(destroyed, 2);
    EXPECT_OK(tg_graph_reset(g));
    ck_assert_int_eq(destroyed, 3);
    EXPECT_OK(tg_graph_reset(g));
    apply_counted(g);
    tg_graph_free(g);
    ck_assert_int_eq(destroyed, 4);
}

TEST(destroys_at_once_when_nothing_is_recorded)
{
    tg_graph *g = MADE(tg_graph_new());

    destroyed = 0;
    tg_graph_set_recording(g, false);
    apply_counted(g);
    ck_assert_int_eq(destroyed, 1);
    tg_graph_free(g);
    ck_assert_int_eq(destroyed, 1);
}

TEST_MAIN("lifetimes", frees_in_any_order, keeps_a_freed_leaf_until_the_reset,
          keeps_a_freed_leaf_until_the_rewind, keeps_gradients_beyond_the_graph,
          reuses_what_was_reset, reuses_what_was_rewound,
          rewinds_over_many_nodes, keeps_a_freed_leaf_for_its_view,
          destroys_each_env_once, destroys_at_once_when_nothing_is_recorded)
