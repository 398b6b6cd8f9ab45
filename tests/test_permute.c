#include "movement.h"
#include "plain.h"
#include "support.h"
#include "unary.h"

static tg_tensor *op(tg_graph *g, tg_tensor *x, const void *how)
{
    return tg_permute(g, x, *(const tg_axes *)how);
}

static int normal_axis(int axis, int count)
{
    return axis < 0 ? axis + count : axis;
}

/* Axis d of y is axis order[d] of x. */
static int64_t source(tg_shape x, const int64_t *at, const void *how)
{
    const tg_axes *order = how;
    int64_t from[TG_MAX_DIMS];

    for (int d = 0; d < order->count; d++)
        from[normal_axis(order->axis[d], order->count)] = at[d];
    return plain_index(x, from);
}

static const movement permute = {"permute", op, source, 0};

static void check(tg_shape x, tg_axes order)
{
    tg_shape y = {.ndim = x.ndim};

    for (int d = 0; d < x.ndim; d++)
        y.dim[d] = x.dim[normal_axis(order.axis[d], order.count)];
    check_movement(&permute, &order, x, y);
}

TEST(permutes_by_hand)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_I64, TG_SHAPE(2, 1, 3), 1, 2, 3, 4, 5, 6);
    tg_tensor *y = MADE(tg_permute(g, x, TG_AXES(2, 0, 1)));

    EXPECT_SHAPE(y, TG_SHAPE(3, 2, 1));
    EXPECT_VALUES(y, 1, 4, 2, 5, 3, 6);
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* All 24 orders of four axes, named from either end. */
TEST(puts_axes_in_every_order)
{
    for (int code = 0; code < 256; code++) {
        tg_axes order = {.count = 4};
        unsigned seen = 0;
        for (int d = 0; d < 4; d++) {
            int axis = code >> 2 * d & 3;
            seen |= 1U << axis;
            order.axis[d] = d % 2 ? axis : axis - 4;
        }
        if (seen == 15)
            check(TG_SHAPE(2, 3, 1, 2), order);
    }
}

TEST(takes_few_and_many_axes)
{
    check(TG_SCALAR, (tg_axes){0});
    check(TG_SHAPE(1), TG_AXES(0));
    check(TG_SHAPE(3), TG_AXES(-1));
    check(TG_SHAPE(17, 19), TG_AXES(1, 0));
    check(TG_SHAPE(2, 3, 2), TG_AXES(1, 2, 0));
    check(TG_SHAPE(2, 1, 2, 1, 3), TG_AXES(4, 1, 0, 3, 2));
    check(TG_SHAPE(2, 1, 2, 1, 2, 1, 1, 2), TG_AXES(7, 6, 5, 4, 3, 2, 1, 0));
    check(TG_SHAPE(2, 0, 3), TG_AXES(2, 1, 0));
    check(TG_SHAPE(0), TG_AXES(0));
}

static tg_tensor *turn(tg_graph *g, tg_tensor *x)
{
    return tg_permute(g, x, TG_AXES(1, 0));
}

static void refuse(tg_shape shape, tg_axes order)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, shape, 1);

    EXPECT_REFUSED(g, tg_permute(g, x, order), TG_ERR_ARG, "permute");
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(refuses)
{
    check_refusals_of_one("permute", turn, TG_SHAPE(2, 3), true);
    refuse(TG_SHAPE(2, 3), TG_AXES(0));
    refuse(TG_SHAPE(2, 3), TG_AXES(0, 1, 2));
    refuse(TG_SHAPE(2, 3), (tg_axes){0});
    refuse(TG_SHAPE(2, 3), TG_AXES(0, 2));
    refuse(TG_SHAPE(2, 3), TG_AXES(0, -3));
    refuse(TG_SHAPE(2, 3), TG_AXES(1, 1));
    refuse(TG_SHAPE(2, 3), TG_AXES(0, -2));
    refuse(TG_SHAPE(2, 3), TG_AXES(0, INT32_MIN));
    refuse(TG_SHAPE(2, 3), (tg_axes){.count = -1});
    refuse(TG_SHAPE(2, 3), (tg_axes){.count = INT32_MAX});
    refuse(TG_SCALAR, TG_AXES(0));
}

TEST_MAIN("permute", permutes_by_hand, puts_axes_in_every_order,
          takes_few_and_many_axes, refuses)
