#include "movement.h"
#include "plain.h"
#include "support.h"
#include "unary.h"

typedef struct cut {
    int axis;
    int64_t start, stop, step;
} cut;

static tg_tensor *op(tg_graph *g, tg_tensor *x, const void *how)
{
    const cut *c = how;

    return tg_slice(g, x, c->axis, c->start, c->stop, c->step);
}

static int normal_axis(tg_shape x, int axis)
{
    return axis < 0 ? axis + x.ndim : axis;
}

/* Python's range(n)[place]: from the end if negative, then clipped. */
static int64_t clipped(int64_t place, int64_t n)
{
    if (place < 0)
        place = place < -n ? 0 : place + n;
    return place > n ? n : place;
}

static int64_t source(tg_shape x, const int64_t *at, const void *how)
{
    const cut *c = how;
    int axis = normal_axis(x, c->axis);
    int64_t from[TG_MAX_DIMS];

    for (int i = 0; i < x.ndim; i++)
        from[i] = at[i];
    from[axis] = clipped(c->start, x.dim[axis]) + at[axis] * c->step;
    return plain_index(x, from);
}

static const movement slice = {"slice", op, source, 0};

/* How many of the places start, start + step, ... lie before stop. */
static int64_t count_places(cut c, int64_t n)
{
    int64_t count = 0, stop = clipped(c.stop, n);

    for (int64_t i = clipped(c.start, n); i < stop; count++)
        i = c.step > stop - i ? stop : i + c.step;
    return count;
}

static void check(tg_shape x, int axis, int64_t start, int64_t stop,
                  int64_t step)
{
    cut c = {axis, start, stop, step};
    tg_shape y = x;

    axis = normal_axis(x, axis);
    y.dim[axis] = count_places(c, x.dim[axis]);
    check_movement(&slice, &c, x, y);
}

TEST(cuts_by_hand)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2, 4), 0, 1, 2, 3, 4, 5, 6, 7);

    EXPECT_VALUES(tg_slice(g, x, 0, 1, 2, 1), 4, 5, 6, 7);
    EXPECT_VALUES(tg_slice(g, x, 1, 1, INT64_MAX, 2), 1, 3, 5, 7);
    EXPECT_VALUES(tg_slice(g, x, -1, -2, -1, 1), 2, 6);
    EXPECT_VALUES(tg_slice(g, x, 1, -100, 1, 1), 0, 4);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(cuts_every_axis)
{
    const tg_shape x = TG_SHAPE(2, 5, 3);

    for (int axis = -3; axis < 3; axis++) {
        check(x, axis, 0, INT64_MAX, 1);
        check(x, axis, 1, INT64_MAX, 1);
        check(x, axis, 0, -1, 1);
        check(x, axis, 0, INT64_MAX, 2);
        check(x, axis, -2, INT64_MAX, 3);
    }
    check(TG_SHAPE(1, 2, 1, 1, 2, 1, 3, 2), 6, 1, 3, 1);
}

/* Bounds and steps around and far beyond an axis of 5. */
TEST(clips_as_numpy_does)
{
    const int64_t places[] = {INT64_MIN, -6, -5, -4, -1,       0,
                              1,         4,  5,  6,  INT64_MAX};
    const int64_t steps[] = {1, 2, 3, 4, 5, 6, INT64_MAX};
    enum { N_PLACES = sizeof places / sizeof *places };

    for (int start = 0; start < N_PLACES; start++)
        for (int stop = 0; stop < N_PLACES; stop++)
            check(TG_SHAPE(5), 0, places[start], places[stop],
                  steps[(start + stop) % 7]);
}

TEST(takes_empty_tensors)
{
    check(TG_SHAPE(0), 0, 0, INT64_MAX, 1);
    check(TG_SHAPE(0), 0, -3, 7, 2);
    check(TG_SHAPE(0, 3), 1, 1, 3, 1);
    check(TG_SHAPE(3, 0), 0, 1, 3, 1);
}

/* x[0:4] x[2:6]: the two shares overlap in x[2] and x[3]. */
TEST(adds_overlapping_shares)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(6), 1, 2, 3, 4, 5, 6);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y =
        tg_mul(g, tg_slice(g, x, 0, 0, 4, 1), tg_slice(g, x, 0, 2, 6, 1));
    EXPECT_OK(tg_backward_from(g, y, NULL));
    EXPECT_VALUES(tg_grad(x), 3, 4, 5 + 1, 6 + 2, 3, 4);
    tg_tensor_free(x);
    tg_graph_free(g);
}

static tg_tensor *drop_first(tg_graph *g, tg_tensor *x)
{
    return tg_slice(g, x, 0, 1, INT64_MAX, 1);
}

TEST(refuses)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *scalar = TENSOR(TG_F32, TG_SCALAR, 1);
    const int axes[] = {2, -3, INT32_MAX, INT32_MIN};
    const int64_t steps[] = {0, -1, INT64_MIN};

    for (int i = 0; i < 4; i++)
        EXPECT_REFUSED(g, tg_slice(g, x, axes[i], 0, 1, 1), TG_ERR_ARG,
                       "slice");
    for (int i = 0; i < 3; i++)
        EXPECT_REFUSED(g, tg_slice(g, x, 0, 0, 1, steps[i]), TG_ERR_ARG,
                       "slice");
    EXPECT_REFUSED(g, tg_slice(g, scalar, 0, 0, 1, 1), TG_ERR_ARG, "slice");
    tg_tensor_free(x);
    tg_tensor_free(scalar);
    tg_graph_free(g);
    check_refusals_of_one("slice", drop_first, TG_SHAPE(2, 3), true);
}

TEST(cuts_random_tensors)
{
    uint64_t state = 1;

    for (int i = 0; i < 100; i++) {
        tg_shape x = random_shape(&state, 5, 24);
        if (x.ndim == 0)
            continue;
        int axis = (int)random_below(&state, 2 * x.ndim) - x.ndim;
        int64_t start = random_below(&state, 12) - 6;
        int64_t stop = random_below(&state, 16) - 4;
        check(x, axis, start, stop, 1 + random_below(&state, 3));
    }
}

TEST_MAIN("slice", cuts_by_hand, cuts_every_axis, clips_as_numpy_does,
          takes_empty_tensors, cuts_random_tensors, adds_overlapping_shares,
          refuses)
