#include "reduction.h"
#include "support.h"

static tg_tensor *op(tg_graph *g, tg_tensor *x, const reduction *r)
{
    return tg_sum_axes(g, x, r->axes, r->keepdims);
}

static void plain(int64_t n, const double *x, const double *dy, double *y,
                  double *dx)
{
    *y = 0;
    for (int64_t i = 0; i < n; i++) {
        *y += x[i];
        dx[i] = dy[0];
    }
}

static const lane_op sum = {"sum", op, false, plain};

static void check(tg_shape x, tg_axes axes)
{
    check_lanes(&sum, x, axes);
}

TEST(sums_by_hand)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2, 3), 1, 2, 3, 4, 5, 6);
    tg_tensor *rows = MADE(tg_sum_axes(g, x, TG_AXES(-1), true));

    EXPECT_VALUES(tg_sum_axes(g, x, TG_AXES(0), false), 5, 7, 9);
    EXPECT_VALUES(rows, 6, 15);
    EXPECT_SHAPE(rows, TG_SHAPE(2, 1));
    EXPECT_VALUES(tg_sum_axes(g, x, TG_ALL_AXES, false), 21);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(equals_a_plain_loop)
{
    check(TG_SCALAR, TG_ALL_AXES);
    check(TG_SHAPE(1), TG_AXES(0));
    check(TG_SHAPE(7), TG_AXES(-1));
    check(TG_SHAPE(3, 1), TG_AXES(1));
    check(TG_SHAPE(2, 1, 3), TG_AXES(0, 2));
    check(TG_SHAPE(2, 3, 2), TG_AXES(2, 0));
    check(TG_SHAPE(1, 2, 1, 3, 2), TG_AXES(1, -1));
    check(TG_SHAPE(1, 2, 1, 1, 2, 1, 3, 2), TG_AXES(1, 6));
}

TEST(sums_over_every_set_of_axes)
{
    check_every_axis(&sum);
    check_every_set_of_axes(&sum);
}

TEST(sums_nothing_to_zero)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = MADE(tg_tensor_new(TG_F32, TG_SHAPE(2, 0)));

    EXPECT_VALUES(tg_sum_axes(g, x, TG_AXES(1), false), 0, 0);
    tg_tensor_free(x);
    tg_graph_free(g);
    check(TG_SHAPE(2, 0), TG_AXES(1));
    check(TG_SHAPE(2, 0), TG_AXES(0));
    check(TG_SHAPE(0, 3), TG_AXES(0, 1));
    check(TG_SHAPE(3, 0, 2), TG_AXES(1));
}

/* Long rows and long columns take different loops in most libraries. */
TEST(sums_long_axes)
{
    const tg_shape shapes[] = {TG_SHAPE(3, 5003), TG_SHAPE(5003, 3),
                               TG_SHAPE(7, 701, 3)};
    const tg_axes axes[] = {TG_AXES(0), TG_AXES(1), TG_AXES(0, 1)};

    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            check_lane_values(&sum, shapes[i], axes[j]);
}

/* Many rows, enough for several threads, and whole numbers, whose sums are
 * exact: no row may be missing. */
TEST(sums_every_row_of_many)
{
    enum { ROWS = 40001, KEPT = 3, COLUMNS = 10 };
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = MADE(tg_tensor_new(TG_F64, TG_SHAPE(ROWS, KEPT, COLUMNS)));
    double total[KEPT] = {0};

    for (int64_t i = 0; i < tg_tensor_size(x); i++) {
        tg_data_f64(x)[i] = (double)(1 + i % 7);
        total[i / COLUMNS % KEPT] += tg_data_f64(x)[i];
    }
    EXPECT_WITHIN(tg_sum_axes(g, x, TG_AXES(0, 2), false), TG_SHAPE(KEPT),
                  total, 0);
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* Five million times 0.1f in each of two columns, and in each of two rows. */
TEST(does_not_drift)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = MADE(tg_tensor_full(TG_F32, TG_SHAPE(5000000, 2), 0.1));
    tg_tensor *rows = MADE(tg_reshape(g, x, TG_SHAPE(2, 5000000)));
    const double total = 5e6 * (double)0.1f;

    EXPECT_NEAR(tg_sum_axes(g, x, TG_AXES(0), false), 1e-6, total, total);
    EXPECT_NEAR(tg_sum_axes(g, rows, TG_AXES(1), false), 1e-6, total, total);
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* A gradient that is summed over many repetitions. */
TEST(does_not_drift_in_a_gradient)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(1, 2), 1);
    tg_tensor *dy = MADE(tg_tensor_full(TG_F32, TG_SHAPE(2000000, 2), 0.1));
    const double total = 2e6 * (double)0.1f;

    tg_tensor *y = MADE(tg_broadcast_to(g, x, TG_SHAPE(2000000, 2)));
    EXPECT_OK(tg_backward_from(g, y, dy));
    EXPECT_NEAR(tg_grad(x), 1e-6, total, total);
    tg_tensor_free(x);
    tg_tensor_free(dy);
    tg_graph_free(g);
}

TEST(refuses)
{
    check_axes_refusals(&sum);
}

TEST(sums_random_tensors)
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

TEST_MAIN("sum_axes", sums_by_hand, equals_a_plain_loop,
          sums_over_every_set_of_axes, sums_random_tensors,
          sums_nothing_to_zero, sums_long_axes, sums_every_row_of_many,
          does_not_drift, does_not_drift_in_a_gradient, refuses)
