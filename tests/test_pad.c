#include "movement.h"
#include "plain.h"
#include "support.h"
#include "unary.h"

#include <math.h>

typedef struct margin {
    int axis;
    int64_t before, after;
} margin;

static tg_tensor *op(tg_graph *g, tg_tensor *x, const void *how)
{
    const margin *m = how;

    return tg_pad(g, x, m->axis, m->before, m->after, 3);
}

static int64_t source(tg_shape x, const int64_t *at, const void *how)
{
    const margin *m = how;
    int axis = m->axis < 0 ? m->axis + x.ndim : m->axis;
    int64_t from[TG_MAX_DIMS];

    for (int i = 0; i < x.ndim; i++)
        from[i] = at[i];
    from[axis] -= m->before;
    if (from[axis] < 0 || from[axis] >= x.dim[axis])
        return -1;
    return plain_index(x, from);
}

static const movement pad = {"pad", op, source, 3};

static void check(tg_shape x, int axis, int64_t before, int64_t after)
{
    margin m = {axis, before, after};
    tg_shape y = x;

    y.dim[axis < 0 ? axis + x.ndim : axis] += before + after;
    check_movement(&pad, &m, x, y);
}

TEST(pads_by_hand)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2, 2), 1, 2, 3, 4);

    EXPECT_VALUES(tg_pad(g, x, 0, 1, 0, 7), 7, 7, 1, 2, 3, 4);
    EXPECT_VALUES(tg_pad(g, x, -1, 0, 1, -1), 1, 2, -1, 3, 4, -1);
    EXPECT_VALUES(tg_pad(g, x, 0, 0, 1, NAN), 1, 2, 3, 4, NAN, NAN);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(pads_every_axis)
{
    for (int axis = -3; axis < 3; axis++) {
        check(TG_SHAPE(2, 3, 2), axis, 0, 0);
        check(TG_SHAPE(2, 3, 2), axis, 1, 0);
        check(TG_SHAPE(2, 3, 2), axis, 0, 2);
        check(TG_SHAPE(2, 3, 2), axis, 2, 3);
    }
    check(TG_SHAPE(1), 0, 4, 4);
    check(TG_SHAPE(1, 2, 1, 2, 1), 2, 1, 1);
    check(TG_SHAPE(1, 2, 1, 1, 2, 1, 3, 2), 6, 1, 2);
    check(TG_SHAPE(0), 0, 2, 1);
    check(TG_SHAPE(0), 0, 0, 0);
    check(TG_SHAPE(2, 0), 0, 1, 1);
}

static void refuse(tg_graph *g, tg_tensor *x, int axis, int64_t before,
                   int64_t after, tg_status status)
{
    EXPECT_REFUSED(g, tg_pad(g, x, axis, before, after, 0), status, "pad");
}

static tg_tensor *pad_front(tg_graph *g, tg_tensor *x)
{
    return tg_pad(g, x, 0, 1, 0, 0);
}

TEST(refuses)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *scalar = TENSOR(TG_F32, TG_SCALAR, 1);
    const int axes[] = {2, -3, INT32_MAX, INT32_MIN};

    for (int i = 0; i < 4; i++)
        refuse(g, x, axes[i], 1, 1, TG_ERR_ARG);
    refuse(g, scalar, 0, 1, 1, TG_ERR_ARG);
    refuse(g, x, 0, -1, 0, TG_ERR_ARG);
    refuse(g, x, 0, 0, -1, TG_ERR_ARG);
    refuse(g, x, 0, INT64_MIN, INT64_MAX, TG_ERR_ARG);
    refuse(g, x, 0, INT64_MAX, 0, TG_ERR_SHAPE);
    refuse(g, x, 0, INT64_MAX, INT64_MAX, TG_ERR_SHAPE);
    refuse(g, x, 1, (int64_t)1 << 61, 0, TG_ERR_SHAPE);
    tg_tensor_free(x);
    tg_tensor_free(scalar);
    tg_graph_free(g);
    check_refusals_of_one("pad", pad_front, TG_SHAPE(2, 3), true);
}

/* An i64 tensor cannot hold a half, nor a NaN. */
TEST(refuses_a_value_that_the_dtype_cannot_hold)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *n = TENSOR(TG_I64, TG_SHAPE(2), 1, 2);

    EXPECT_VALUES(tg_pad(g, n, 0, 0, 1, -5), 1, 2, -5);
    EXPECT_REFUSED(g, tg_pad(g, n, 0, 0, 1, 0.5), TG_ERR_ARG, "pad");
    EXPECT_REFUSED(g, tg_pad(g, n, 0, 0, 1, NAN), TG_ERR_ARG, "pad");
    EXPECT_REFUSED(g, tg_pad(g, n, 0, 0, 1, 1e30), TG_ERR_ARG, "pad");
    tg_tensor_free(n);
    tg_graph_free(g);
}

TEST(pads_random_tensors)
{
    uint64_t state = 1;

    for (int i = 0; i < 100; i++) {
        tg_shape x = random_shape(&state, 5, 24);
        if (x.ndim == 0)
            continue;
        int axis = (int)random_below(&state, 2 * x.ndim) - x.ndim;
        int64_t before = random_below(&state, 4);
        check(x, axis, before, random_below(&state, 4));
    }
}

TEST_MAIN("pad", pads_by_hand, pads_every_axis, pads_random_tensors, refuses,
          refuses_a_value_that_the_dtype_cannot_hold)
