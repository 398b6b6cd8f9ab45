#include "movement.h"
#include "plain.h"
#include "support.h"
#include "unary.h"

static tg_tensor *op(tg_graph *g, tg_tensor *x, const void *how)
{
    return tg_flip(g, x, *(const tg_axes *)how);
}

static int64_t source(tg_shape x, const int64_t *at, const void *how)
{
    const tg_axes *axes = how;
    int64_t from[TG_MAX_DIMS];

    for (int i = 0; i < x.ndim; i++)
        from[i] = axes->count == 0 ? x.dim[i] - 1 - at[i] : at[i];
    for (int i = 0; i < axes->count; i++) {
        int axis = axes->axis[i] < 0 ? axes->axis[i] + x.ndim : axes->axis[i];
        from[axis] = x.dim[axis] - 1 - at[axis];
    }
    return plain_index(x, from);
}

static const movement flip = {"flip", op, source, 0};

static void check(tg_shape x, tg_axes axes)
{
    check_movement(&flip, &axes, x, x);
}

TEST(reverses_by_hand)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2, 3), 1, 2, 3, 4, 5, 6);

    EXPECT_VALUES(tg_flip(g, x, TG_AXES(0)), 4, 5, 6, 1, 2, 3);
    EXPECT_VALUES(tg_flip(g, x, TG_AXES(-1)), 3, 2, 1, 6, 5, 4);
    EXPECT_VALUES(tg_flip(g, x, TG_AXES(0, 1)), 6, 5, 4, 3, 2, 1);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(reverses_every_axis)
{
    check(TG_SCALAR, TG_ALL_AXES);
    check(TG_SHAPE(1), TG_AXES(0));
    check(TG_SHAPE(7), TG_AXES(-1));
    check(TG_SHAPE(2, 3), TG_ALL_AXES);
    check(TG_SHAPE(2, 3, 4), TG_AXES(0));
    check(TG_SHAPE(2, 3, 4), TG_AXES(1));
    check(TG_SHAPE(2, 3, 4), TG_AXES(2));
    check(TG_SHAPE(2, 3, 4), TG_AXES(-1, 0));
    check(TG_SHAPE(2, 3, 4), TG_AXES(1, -1));
    check(TG_SHAPE(2, 1, 3, 2), TG_AXES(3, 2, 1, 0));
    check(TG_SHAPE(1, 2, 1, 3, 2), TG_AXES(1, 3));
    check(TG_SHAPE(1, 2, 1, 1, 2, 1, 3, 2), TG_AXES(0, -1, 6, 4));
    check(TG_SHAPE(0, 3), TG_AXES(0));
    check(TG_SHAPE(3, 0), TG_AXES(0, 1));
}

static void refuse(tg_graph *g, tg_tensor *x, tg_axes axes)
{
    EXPECT_REFUSED(g, tg_flip(g, x, axes), TG_ERR_ARG, "flip");
}

static tg_tensor *reverse(tg_graph *g, tg_tensor *x)
{
    return tg_flip(g, x, TG_AXES(0));
}

TEST(refuses)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *scalar = TENSOR(TG_F32, TG_SCALAR, 1);

    refuse(g, x, TG_AXES(2));
    refuse(g, x, TG_AXES(-3));
    refuse(g, x, TG_AXES(INT32_MIN));
    refuse(g, x, TG_AXES(INT32_MAX));
    refuse(g, x, TG_AXES(0, 0));
    refuse(g, x, TG_AXES(0, -2));
    refuse(g, x, TG_AXES(0, 1, 0));
    refuse(g, x, (tg_axes){.count = -1});
    refuse(g, x, (tg_axes){.count = TG_MAX_DIMS + 1});
    refuse(g, scalar, TG_AXES(0));
    refuse(g, scalar, TG_AXES(-1));
    tg_tensor_free(x);
    tg_tensor_free(scalar);
    tg_graph_free(g);
    check_refusals_of_one("flip", reverse, TG_SHAPE(2, 3), true);
}

TEST(reverses_random_tensors)
{
    uint64_t state = 1;

    for (int i = 0; i < 100; i++) {
        tg_shape x = random_shape(&state, 5, 24);
        tg_axes axes = {0};
        for (int axis = 0; axis < x.ndim; axis++)
            if (random_below(&state, 2))
                axes.axis[axes.count++] =
                    random_below(&state, 2) ? axis : axis - x.ndim;
        check(x, axes);
    }
}

TEST_MAIN("flip", reverses_by_hand, reverses_every_axis,
          reverses_random_tensors, refuses)
