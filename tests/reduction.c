#include "reduction.h"
#include "plain.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

static bool vanishes(tg_shape x, tg_axes axes, int axis)
{
    bool named = axes.count == 0;

    for (int i = 0; i < axes.count; i++)
        named |= axes.axis[i] == axis || axes.axis[i] + x.ndim == axis;
    return named;
}

tg_shape reduced_shape(tg_shape x, const reduction *r)
{
    tg_shape y = {0};

    for (int axis = 0; axis < x.ndim; axis++)
        if (!vanishes(x, r->axes, axis))
            y.dim[y.ndim++] = x.dim[axis];
        else if (r->keepdims)
            y.dim[y.ndim++] = 1;
    return y;
}

int64_t reduced_index(tg_shape x, const reduction *r, int64_t i)
{
    int64_t from[TG_MAX_DIMS], at[TG_MAX_DIMS];
    int n = 0;

    plain_coordinates(x, i, from);
    for (int axis = 0; axis < x.ndim; axis++)
        if (!vanishes(x, r->axes, axis))
            at[n++] = from[axis];
        else if (r->keepdims)
            at[n++] = 0;
    return plain_index(reduced_shape(x, r), at);
}

/* x, dy and what is expected of them, all of it in double; the elements of
 * lane j are order[start[j]] to order[start[j + 1] - 1]. */
typedef struct sheet {
    int64_t size, lanes, *start, *order;
    double *x, *dy, *y, *dx;
} sheet;

static int64_t *counts(int64_t n)
{
    int64_t *zeros = calloc((size_t)n + 2, sizeof *zeros);

    ck_assert_ptr_nonnull(zeros);
    return zeros;
}

static void sort_into_lanes(sheet *s, tg_shape shape, const reduction *r)
{
    int64_t *next = counts(s->lanes);

    for (int64_t i = 0; i < s->size; i++)
        s->start[reduced_index(shape, r, i) + 1]++;
    for (int64_t j = 0; j < s->lanes; j++)
        next[j + 1] = s->start[j + 1] += s->start[j];
    for (int64_t i = 0; i < s->size; i++)
        s->order[next[reduced_index(shape, r, i)]++] = i;
    free(next);
}

static sheet make_sheet(const lane_op *o, tg_shape shape, const reduction *r,
                        const tg_tensor *x, const tg_tensor *dy)
{
    sheet s = {.size = tg_tensor_size(x),
               .lanes = extent_product(reduced_shape(shape, r)),
               .x = elements(x),
               .dy = elements(dy),
               .y = plain_zeros(tg_tensor_size(dy)),
               .dx = plain_zeros(tg_tensor_size(x))};

    ck_assert_int_eq(tg_tensor_size(dy), o->keeps_shape ? s.size : s.lanes);
    s.start = counts(s.lanes);
    s.order = counts(s.size);
    sort_into_lanes(&s, shape, r);
    return s;
}

static void free_sheet(sheet *s)
{
    free(s->start), free(s->order);
    free(s->x), free(s->dy), free(s->y), free(s->dx);
}

/* Gathers lane j, lets o->f fill it in, and puts it back. */
static void fill_lane(const lane_op *o, sheet *s, int64_t j)
{
    const int64_t *order = s->order + s->start[j];
    int64_t n = s->start[j + 1] - s->start[j];
    double *x = plain_zeros(n), *dy = plain_zeros(n);
    double *y = plain_zeros(n), *dx = plain_zeros(n);

    for (int64_t k = 0; k < n; k++) {
        x[k] = s->x[order[k]];
        if (o->keeps_shape)
            dy[k] = s->dy[order[k]];
    }
    if (!o->keeps_shape)
        dy[0] = s->dy[j];
    o->f(n, x, dy, y, dx);
    if (!o->keeps_shape)
        s->y[j] = y[0];
    for (int64_t k = 0; k < n; k++) {
        if (o->keeps_shape)
            s->y[order[k]] = y[k];
        s->dx[order[k]] = dx[k];
    }
    free(x), free(dy), free(y), free(dx);
}

static void check_values(const lane_op *o, tg_dtype dtype, tg_shape shape,
                         const reduction *r)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_shape out = o->keeps_shape ? shape : reduced_shape(shape, r);
    tg_tensor *x = random_leaf(dtype, shape, 1);
    tg_tensor *dy = random_tensor(dtype, out, 2);
    sheet s = make_sheet(o, shape, r, x, dy);
    double margin = tolerance(dtype) * (1 + sqrt((double)s.size));

    for (int64_t j = 0; j < s.lanes; j++)
        fill_lane(o, &s, j);
    tg_tensor *y = expect_made(o->name, "op", o->op(g, x, r));
    expect_within(o->name, y, out, s.y, margin);
    EXPECT_OK(tg_backward_from(g, y, dy));
    expect_within(o->name, tg_grad(x), shape, s.dx, margin);
    tg_tensor_free(x);
    tg_tensor_free(dy);
    free_sheet(&s);
    tg_graph_free(g);
}

void check_lane_values(const lane_op *o, tg_shape x, tg_axes axes)
{
    for (int keepdims = 0; keepdims < 2; keepdims++) {
        reduction r = {axes, keepdims};
        check_values(o, TG_F32, x, &r);
        check_values(o, TG_F64, x, &r);
    }
}

typedef struct setting {
    const lane_op *o;
    reduction r;
} setting;

static tg_tensor *apply(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    const setting *s = env;

    ck_assert_int_eq(n, 1);
    return s->o->op(g, in[0], &s->r);
}

void check_lanes(const lane_op *o, tg_shape x, tg_axes axes)
{
    check_lane_values(o, x, axes);
    for (int keepdims = 0; keepdims < 2; keepdims++)
        check_op(o->name, apply, &(setting){o, {axes, keepdims}}, 1, &x);
}

/* A replay writes into its own result: what lies behind that in memory stays
 * as it is. Told by its bytes, since its header may be gone as well. */
static void check_neighbour(const lane_op *o, tg_shape shape, int axis)
{
    enum { N = 256 };
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, shape, 1);
    tg_tensor *other = random_tensor(TG_F32, TG_SHAPE(N), 2);
    reduction r = {TG_AXES(axis), false};

    expect_made(o->name, "op", o->op(g, x, &r));
    tg_graph_set_recording(g, false);
    const float *behind = tg_data_f32(MADE(tg_neg(g, other)));
    EXPECT_OK(tg_replay(g));
    for (int i = 0; i < N; i++)
        ck_assert_msg(behind[i] == -(float)element(other, i),
                      "%s writes beyond its result", o->name);
    tg_tensor_free(x);
    tg_tensor_free(other);
    tg_graph_free(g);
}

void check_every_axis(const lane_op *o)
{
    const tg_shape shapes[] = {TG_SHAPE(5),       TG_SHAPE(2, 3),
                               TG_SHAPE(3, 2),    TG_SHAPE(4, 1, 2),
                               TG_SHAPE(2, 3, 2), TG_SHAPE(2, 2, 1, 2, 2)};
    uint64_t state = 19;

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int axis = 0; axis < shapes[i].ndim; axis++)
            check_lanes(o, shapes[i],
                        TG_AXES(axis % 2 ? axis - shapes[i].ndim : axis));
    for (int i = 0; i < 100; i++) {
        tg_shape shape = random_shape(&state, 4, 200);
        shape.dim[shape.ndim++] = 2 + i % 5;
        check_lane_values(o, shape, TG_AXES(i % 2 ? shape.ndim - 1 : -1));
    }
    check_neighbour(o, TG_SHAPE(4, 64), 0);
    check_neighbour(o, TG_SHAPE(64, 4), 1);
    check_lane_values(o, TG_SHAPE(3, 1003), TG_AXES(0));
    check_lane_values(o, TG_SHAPE(3, 1003), TG_AXES(1));
    check_lane_values(o, TG_SHAPE(0, 3), TG_AXES(1));
    check_lanes(o, TG_SHAPE(2, 3, 0), TG_AXES(1));
}

void check_every_set_of_axes(const lane_op *o)
{
    for (int set = 0; set < 16; set++) {
        tg_axes axes = {0};
        for (int axis = 0; axis < 4; axis++)
            if (set >> axis & 1)
                axes.axis[axes.count++] = axis % 2 ? axis : axis - 4;
        check_lanes(o, TG_SHAPE(2, 3, 2, 2), axes);
    }
}

static void refuse(const lane_op *o, tg_shape shape, tg_axes axes)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, shape, 1);
    reduction r = {axes, false};

    EXPECT_REFUSED(g, o->op(g, x, &r), TG_ERR_ARG, o->name);
    tg_tensor_free(x);
    tg_graph_free(g);
}

static void refuse_operands(const lane_op *o)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *n = random_tensor(TG_I64, TG_SHAPE(2, 3), 2);
    tg_tensor *foreign = MADE(tg_neg(other, x));
    reduction r = {TG_AXES(1), false};

    EXPECT_STATUS(tg_fail(g, TG_ERR_IO, "the first failure"), TG_ERR_IO);
    EXPECT_REFUSED(g, o->op(g, NULL, &r), TG_ERR_IO, "the first failure");
    EXPECT_REFUSED(g, o->op(g, foreign, &r), TG_ERR_ARG, o->name);
    EXPECT_REFUSED(g, o->op(g, TG_NONE, &r), TG_ERR_ARG, o->name);
    EXPECT_REFUSED(g, o->op(g, n, &r), TG_ERR_DTYPE, o->name);
    ck_assert_ptr_null(o->op(NULL, x, &r));
    tg_tensor_free(x);
    tg_tensor_free(n);
    tg_graph_free(g);
    tg_graph_free(other);
}

void check_axis_refusals(const lane_op *o)
{
    refuse_operands(o);
    refuse(o, TG_SHAPE(2, 3), TG_AXES(2));
    refuse(o, TG_SHAPE(2, 3), TG_AXES(-3));
    refuse(o, TG_SHAPE(2, 3), TG_AXES(INT32_MAX));
    refuse(o, TG_SHAPE(2, 3), TG_AXES(INT32_MIN));
    refuse(o, TG_SCALAR, TG_AXES(1));
    refuse(o, TG_SCALAR, TG_AXES(-1));
}

void check_axes_refusals(const lane_op *o)
{
    check_axis_refusals(o);
    refuse(o, TG_SHAPE(2, 3), TG_AXES(1, 1));
    refuse(o, TG_SHAPE(2, 3), TG_AXES(0, -2));
    refuse(o, TG_SHAPE(2, 3), TG_AXES(0, 1, 0));
    refuse(o, TG_SHAPE(2, 3), (tg_axes){.count = -1});
    refuse(o, TG_SHAPE(2, 3), (tg_axes){.count = TG_MAX_DIMS + 1});
}
