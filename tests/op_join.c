/* Entries of the ops that cut, pad, join and look up. */
#include "op_table.h"

/* ---- slice: y[at] = x[start + at step] */

static void draw_slice(uint64_t *state, op_case *c)
{
    *c = (op_case){.n = 1};
    c->in[0].shape = draw_shape(state, 1, 5);
    c->axes = TG_AXES(draw_axis(state, c->in[0].shape.ndim));
    c->index[0] = draw_below(state, 14) - 7;
    c->index[1] = draw_below(state, 3) ? draw_below(state, 16) - 7 : INT64_MAX;
    c->index[2] = 1 + draw_below(state, 3);
}

static tg_tensor *call_slice(tg_graph *g, tg_tensor *const *in,
                             const op_case *c)
{
    return tg_slice(g, in[0], c->axes.axis[0], c->index[0], c->index[1],
                    c->index[2]);
}

static int64_t clip(int64_t at, int64_t extent)
{
    if (at < 0)
        at += extent;
    return at < 0 ? 0 : at > extent ? extent : at;
}

/* Copies the part of x that begins at `from` and lies `step` apart along the
 * axis to the part of y that begins at `to`. */
static void copy_part(tg_shape of_x, const double *x, int64_t from,
                      int64_t step, tg_shape of_y, double *y, int64_t to,
                      int axis, int64_t count)
{
    for (int64_t i = 0; i < extent_product(of_x); i++) {
        int64_t at[TG_MAX_DIMS];
        plain_coordinates(of_x, i, at);
        int64_t k = at[axis] - from;
        if (k < 0 || k % step != 0 || k / step >= count)
            continue;
        at[axis] = to + k / step;
        y[plain_index(of_y, at)] = x[i];
    }
}

static tg_shape plain_slice(const op_case *c, double *const *x, double *y)
{
    tg_shape shape = c->in[0].shape;
    int axis = axis_from_start(c->axes.axis[0], shape.ndim);
    int64_t start = clip(c->index[0], shape.dim[axis]);
    int64_t stop = clip(c->index[1], shape.dim[axis]), count = 0;

    for (int64_t at = start; at < stop; at += c->index[2])
        count++;
    shape.dim[axis] = count;
    copy_part(c->in[0].shape, x[0], start, c->index[2], shape, y, 0, axis,
              count);
    return shape;
}

static void refuse_slice(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    (void)i;
    EXPECT_REFUSED(g, tg_slice(g, x, 2, 0, 1, 1), TG_ERR_ARG, "slice");
    EXPECT_REFUSED(g, tg_slice(g, x, 0, 0, 1, 0), TG_ERR_ARG, "slice");
    EXPECT_REFUSED(g, tg_slice(g, x, 0, 1, 0, -1), TG_ERR_ARG, "slice");
}

/* ---- pad */

static void draw_pad(uint64_t *state, op_case *c)
{
    *c = (op_case){.n = 1, .number = {(double)(draw_below(state, 5) - 2)}};
    c->in[0].shape = draw_shape(state, 1, 5);
    c->axes = TG_AXES(draw_axis(state, c->in[0].shape.ndim));
    c->index[0] = draw_below(state, 3);
    c->index[1] = draw_below(state, 3);
}

static tg_tensor *call_pad(tg_graph *g, tg_tensor *const *in, const op_case *c)
{
    return tg_pad(g, in[0], c->axes.axis[0], c->index[0], c->index[1],
                  c->number[0]);
}

static tg_shape plain_pad(const op_case *c, double *const *x, double *y)
{
    tg_shape from = c->in[0].shape, shape = from;
    int axis = axis_from_start(c->axes.axis[0], shape.ndim);

    shape.dim[axis] += c->index[0] + c->index[1];
    for (int64_t i = 0; i < extent_product(shape); i++)
        y[i] = c->number[0];
    copy_part(from, x[0], 0, 1, shape, y, c->index[0], axis, from.dim[axis]);
    return shape;
}

static void refuse_pad(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    EXPECT_REFUSED(g, tg_pad(g, x, 0, -1, 0, 0), TG_ERR_ARG, "pad");
    EXPECT_REFUSED(g, tg_pad(g, x, 0, 0, -1, 0), TG_ERR_ARG, "pad");
    EXPECT_REFUSED(g, tg_pad(g, x, -3, 0, 0, 0), TG_ERR_ARG, "pad");
    EXPECT_REFUSED(g, tg_pad(g, i, 0, 1, 0, 0.5), TG_ERR_ARG, "pad");
    EXPECT_REFUSED(g, tg_pad(g, x, 0, INT64_MAX, INT64_MAX, 0), TG_ERR_SHAPE,
                   "pad");
}

/* ---- concat */

static void draw_concat(uint64_t *state, op_case *c)
{
    tg_shape shape = draw_shape(state, 1, 5);
    int axis = draw_axis(state, shape.ndim);

    *c = (op_case){.n = 1 + (int)draw_below(state, 4)};
    c->axes = TG_AXES(axis);
    for (int i = 0; i < c->n; i++) {
        c->in[i].shape = shape;
        c->in[i].shape.dim[axis_from_start(axis, shape.ndim)] =
            draw_below(state, 4);
    }
    c->twice = c->n > 1 && draw_below(state, 4) == 0;
    if (c->twice)
        c->in[1].shape = c->in[0].shape;
}

static tg_tensor *call_concat(tg_graph *g, tg_tensor *const *in,
                              const op_case *c)
{
    return tg_concat(g, in, c->n, c->axes.axis[0]);
}

static tg_shape plain_concat(const op_case *c, double *const *x, double *y)
{
    tg_shape shape = c->in[0].shape;
    int axis = axis_from_start(c->axes.axis[0], shape.ndim);
    int64_t start = 0;

    for (int i = 1; i < c->n; i++)
        shape.dim[axis] += c->in[i].shape.dim[axis];
    for (int i = 0; i < c->n; i++) {
        tg_shape part = c->in[i].shape;
        copy_part(part, x[i], 0, 1, shape, y, start, axis, part.dim[axis]);
        start += part.dim[axis];
    }
    return shape;
}

static void refuse_concat(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    tg_tensor *wide = random_tensor(TG_F64, TG_SHAPE(2, 4), 1);
    tg_tensor *in[] = {x, wide, i};

    EXPECT_REFUSED(g, tg_concat(g, in, 2, 0), TG_ERR_SHAPE, "concat");
    EXPECT_REFUSED(g, tg_concat(g, in, 2, 2), TG_ERR_ARG, "concat");
    EXPECT_REFUSED(g, tg_concat(g, in, 0, 0), TG_ERR_ARG, "concat");
    EXPECT_REFUSED(g, tg_concat(g, NULL, 1, 0), TG_ERR_ARG, "concat");
    EXPECT_REFUSED(g, tg_concat(g, in, 3, 1), TG_ERR_DTYPE, "concat");
    tg_tensor_free(wide);
}

/* ---- take */

static void draw_take(uint64_t *state, op_case *c)
{
    *c = (op_case){.n = 2};
    c->in[0].shape = draw_shape(state, 1, 4);
    c->below = c->in[0].shape.dim[0];
    do
        c->in[1] = (op_input){draw_shape(state, 0, 3), .values = INDICES};
    while (c->below == 0 && extent_product(c->in[1].shape) > 0);
}

static tg_tensor *call_take(tg_graph *g, tg_tensor *const *in, const op_case *c)
{
    (void)c;
    return tg_take(g, in[0], in[1]);
}

static tg_shape plain_take(const op_case *c, double *const *x, double *y)
{
    tg_shape shape = c->in[1].shape, table = c->in[0].shape;
    int64_t row = 1;

    for (int d = 1; d < table.ndim; d++) {
        row *= table.dim[d];
        shape.dim[shape.ndim++] = table.dim[d];
    }
    for (int64_t i = 0; i < extent_product(c->in[1].shape); i++)
        for (int64_t k = 0; k < row; k++)
            y[i * row + k] = x[0][(int64_t)x[1][i] * row + k];
    return shape;
}

static void refuse_take(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    int64_t *index = tg_data_i64(i);

    index[0] = 0, index[1] = 2;
    EXPECT_REFUSED(g, tg_take(g, x, i), TG_ERR_ARG, "take");
    index[1] = -1;
    EXPECT_REFUSED(g, tg_take(g, x, i), TG_ERR_ARG, "take");
    EXPECT_REFUSED(g, tg_take(g, x, x), TG_ERR_DTYPE, "take");
}

#define MOVES(op)                                                              \
    {                                                                          \
#op, draw_##op, call_##op, plain_##op, refuse_##op, false, true        \
    }
const op_info join_ops[] = {
    MOVES(slice), MOVES(pad), MOVES(concat), MOVES(take), {0}};
