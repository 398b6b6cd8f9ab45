#include "movement.h"
#include "plain.h"
#include "support.h"
#include "unary.h"

static tg_tensor *op(tg_graph *g, tg_tensor *x, const void *how)
{
    (void)how;
    return tg_transpose(g, x);
}

static int64_t source(tg_shape x, const int64_t *at, const void *how)
{
    int64_t from[TG_MAX_DIMS];

    (void)how;
    for (int axis = 0; axis < x.ndim; axis++)
        from[axis] = at[axis];
    from[x.ndim - 2] = at[x.ndim - 1];
    from[x.ndim - 1] = at[x.ndim - 2];
    return plain_index(x, from);
}

static const movement transpose = {"transpose", op, source, 0};

static void check(tg_shape x)
{
    tg_shape y = x;

    y.dim[x.ndim - 2] = x.dim[x.ndim - 1];
    y.dim[x.ndim - 1] = x.dim[x.ndim - 2];
    check_movement(&transpose, NULL, x, y);
}

TEST(swaps_the_last_two_axes)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2, 3), 1, 2, 3, 4, 5, 6);
    tg_tensor *y = MADE(tg_transpose(g, x));

    EXPECT_SHAPE(y, TG_SHAPE(3, 2));
    EXPECT_VALUES(y, 1, 4, 2, 5, 3, 6);
    EXPECT_VALUES(tg_transpose(g, y), 1, 2, 3, 4, 5, 6);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(moves_every_element)
{
    check(TG_SHAPE(1, 1));
    check(TG_SHAPE(1, 5));
    check(TG_SHAPE(4, 3));
    check(TG_SHAPE(0, 3));
    check(TG_SHAPE(2, 3, 4));
    check(TG_SHAPE(2, 1, 3, 2));
    check(TG_SHAPE(1, 2, 1, 3, 2));
    check(TG_SHAPE(17, 9));
    check(TG_SHAPE(1, 2, 1, 1, 2, 1, 2, 3));
}

/* One tensor as it is and transposed: d sum(x x')/dx at [[1]] is 2. */
TEST(meets_the_tensor_it_was_made_of)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(1, 1), 1);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = tg_sum(g, tg_matmul(g, x, tg_transpose(g, x)));
    EXPECT_OK(tg_backward(g, y));
    EXPECT_VALUES(tg_grad(x), 2);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(refuses)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *scalar = TENSOR(TG_F32, TG_SCALAR, 1);
    tg_tensor *vector = TENSOR(TG_F32, TG_SHAPE(2), 1, 2);

    EXPECT_REFUSED(g, tg_transpose(g, scalar), TG_ERR_SHAPE, "transpose");
    EXPECT_REFUSED(g, tg_transpose(g, vector), TG_ERR_SHAPE, "transpose");
    tg_tensor_free(scalar);
    tg_tensor_free(vector);
    tg_graph_free(g);
    check_refusals_of_one("transpose", tg_transpose, TG_SHAPE(2, 3), true);
}

TEST(moves_random_tensors)
{
    uint64_t state = 1;

    for (int i = 0; i < 100; i++) {
        tg_shape x = random_shape(&state, 5, 24);
        if (x.ndim > 1)
            check(x);
    }
}

TEST_MAIN("transpose", swaps_the_last_two_axes, moves_every_element,
          moves_random_tensors, meets_the_tensor_it_was_made_of, refuses)
