#include "movement.h"
#include "plain.h"
#include "support.h"
#include "unary.h"

static tg_tensor *op(tg_graph *g, tg_tensor *x, const void *how)
{
    return tg_broadcast_to(g, x, *(const tg_shape *)how);
}

static int64_t source(tg_shape x, const int64_t *at, const void *how)
{
    tg_shape y = *(const tg_shape *)how;

    return plain_source(x, y, plain_index(y, at));
}

static const movement broadcast_to = {"broadcast_to", op, source, 0};

static void check(tg_shape x, tg_shape y)
{
    check_movement(&broadcast_to, &y, x, y);
}

TEST(repeats_by_numpys_rules)
{
    check(TG_SCALAR, TG_SCALAR);
    check(TG_SCALAR, TG_SHAPE(2, 3));
    check(TG_SHAPE(3), TG_SHAPE(2, 3));
    check(TG_SHAPE(2, 1), TG_SHAPE(2, 3));
    check(TG_SHAPE(2, 3), TG_SHAPE(2, 3));
    check(TG_SHAPE(1, 4), TG_SHAPE(1, 1, 4));
    check(TG_SHAPE(3, 1), TG_SHAPE(2, 3, 4));
    check(TG_SHAPE(2, 1, 3, 1), TG_SHAPE(2, 2, 3, 2));
    check(TG_SHAPE(1, 2, 1), TG_SHAPE(2, 1, 3, 2, 2));
    check(TG_SHAPE(2, 1, 2), TG_SHAPE(2, 1, 2, 1, 1, 2, 2, 2));
    check(TG_SHAPE(1, 3), TG_SHAPE(0, 3));
    check(TG_SHAPE(1), TG_SHAPE(0));
    check(TG_SHAPE(0), TG_SHAPE(3, 0));
}

static void refuse(tg_graph *g, tg_tensor *x, tg_shape shape)
{
    EXPECT_REFUSED(g, tg_broadcast_to(g, x, shape), TG_ERR_SHAPE,
                   "broadcast_to");
}

TEST(refuses_what_does_not_repeat)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *one = TENSOR(TG_F32, TG_SHAPE(1, 1), 1);

    refuse(g, x, TG_SHAPE(3));
    refuse(g, x, TG_SHAPE(3, 2));
    refuse(g, x, TG_SHAPE(2, 1));
    refuse(g, x, TG_SHAPE(4, 3));
    refuse(g, x, TG_SHAPE(2, 3, 1));
    refuse(g, x, TG_SHAPE(0, 3));
    refuse(g, x, TG_SHAPE(2, -1));
    refuse(g, x, TG_SHAPE(-1, 2, 3));
    refuse(g, one, TG_SHAPE(2, -1));
    refuse(g, one, TG_SCALAR);
    tg_tensor_free(x);
    tg_tensor_free(one);
    tg_graph_free(g);
}

TEST(refuses_a_size_that_overflows)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(1), 1);

    refuse(g, x, TG_SHAPE((int64_t)1 << 32, (int64_t)1 << 32));
    refuse(g, x, TG_SHAPE((int64_t)1 << 62, 4));
    refuse(g, x, TG_SHAPE(INT64_MAX, 2));
    refuse(g, x, TG_SHAPE(INT64_MAX));
    refuse(g, x, (tg_shape){.ndim = TG_MAX_DIMS + 1});
    refuse(g, x, (tg_shape){.ndim = INT32_MIN});
    tg_tensor_free(x);
    tg_graph_free(g);
}

static tg_tensor *repeat(tg_graph *g, tg_tensor *x)
{
    return tg_broadcast_to(g, x, TG_SHAPE(2, 2, 3));
}

TEST(refuses)
{
    check_refusals_of_one("broadcast_to", repeat, TG_SHAPE(2, 3), true);
}

TEST(repeats_random_tensors)
{
    uint64_t state = 1;

    for (int i = 0; i < 100; i++) {
        tg_shape y = random_shape(&state, 5, 24);
        check(random_operand(&state, y), y);
    }
}

TEST_MAIN("broadcast_to", repeats_by_numpys_rules, repeats_random_tensors,
          refuses_what_does_not_repeat, refuses_a_size_that_overflows, refuses)
