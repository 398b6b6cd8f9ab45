/* Entries of the ops that put the elements of one tensor elsewhere. */
#include "op_table.h"

static void draw_one(uint64_t *state, op_case *c, int min_dims)
{
    *c = (op_case){.n = 1};
    c->in[0].shape = draw_shape(state, min_dims, 5);
}

/* y[at] = x[source(at)] where that is an element, else `fill`. */
typedef void (*source_of)(const op_case *c, tg_shape y, int64_t *at);

static tg_shape plain_move(const op_case *c, const double *x, tg_shape shape,
                           source_of source, double fill, double *y)
{
    for (int64_t i = 0; i < extent_product(shape); i++) {
        int64_t at[TG_MAX_DIMS] = {0};
        bool inside = true;
        plain_coordinates(shape, i, at);
        source(c, shape, at);
        for (int d = 0; d < c->in[0].shape.ndim; d++)
            inside = inside && at[d] >= 0 && at[d] < c->in[0].shape.dim[d];
        y[i] = inside ? x[plain_index(c->in[0].shape, at)] : fill;
    }
    return shape;
}

/* ---- reshape */

static void draw_reshape(uint64_t *state, op_case *c)
{
    draw_one(state, c, 0);
    tg_shape *to = &c->shape, from = c->in[0].shape;
    int64_t rest = extent_product(from);

    if (rest == 0) { /* the same extents, turned around */
        to->ndim = from.ndim;
        for (int d = 0; d < from.ndim; d++)
            to->dim[d] = from.dim[from.ndim - 1 - d];
        return;
    }
    while (to->ndim < 4 && draw_below(state, 4)) {
        int64_t extent = 1 + draw_below(state, 4);
        while (rest % extent)
            extent--;
        to->dim[to->ndim++] = extent;
        rest /= extent;
    }
    if (rest > 1)
        to->dim[to->ndim++] = rest;
    if (to->ndim > 0 && draw_below(state, 2))
        to->dim[draw_below(state, to->ndim)] = -1;
}

static tg_tensor *call_reshape(tg_graph *g, tg_tensor *const *in,
                               const op_case *c)
{
    return tg_reshape(g, in[0], c->shape);
}

static tg_shape plain_reshape(const op_case *c, double *const *x, double *y)
{
    int64_t size = extent_product(c->in[0].shape);
    tg_shape shape = c->shape;

    for (int64_t i = 0; i < size; i++)
        y[i] = x[0][i];
    for (int d = 0; d < shape.ndim; d++)
        if (shape.dim[d] == -1) {
            shape.dim[d] = 1;
            shape.dim[d] = size / extent_product(shape);
        }
    return shape;
}

static void refuse_reshape(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    (void)i;
    EXPECT_REFUSED(g, tg_reshape(g, x, TG_SHAPE(7)), TG_ERR_SHAPE, "reshape");
    EXPECT_REFUSED(g, tg_reshape(g, x, TG_SHAPE(-1, -1)), TG_ERR_SHAPE,
                   "reshape");
    EXPECT_REFUSED(g, tg_reshape(g, x, TG_SHAPE(-1, 4)), TG_ERR_SHAPE,
                   "reshape");
}

/* ---- transpose and permute: c->axes is the order */

static void draw_transpose(uint64_t *state, op_case *c)
{
    draw_one(state, c, 2);
    int ndim = c->in[0].shape.ndim;

    c->axes.count = ndim;
    for (int d = 0; d < ndim; d++)
        c->axes.axis[d] = d;
    c->axes.axis[ndim - 1] = ndim - 2;
    c->axes.axis[ndim - 2] = ndim - 1;
}

static void draw_permute(uint64_t *state, op_case *c)
{
    draw_one(state, c, 0);
    c->axes.count = c->in[0].shape.ndim;
    for (int d = 0; d < c->axes.count; d++) {
        int other = (int)draw_below(state, d + 1);
        c->axes.axis[d] = c->axes.axis[other];
        c->axes.axis[other] = d;
    }
    for (int d = 0; d < c->axes.count; d++)
        if (draw_below(state, 2))
            c->axes.axis[d] -= c->axes.count;
}

static tg_tensor *call_transpose(tg_graph *g, tg_tensor *const *in,
                                 const op_case *c)
{
    (void)c;
    return tg_transpose(g, in[0]);
}

static tg_tensor *call_permute(tg_graph *g, tg_tensor *const *in,
                               const op_case *c)
{
    return tg_permute(g, in[0], c->axes);
}

static void unpermuted(const op_case *c, tg_shape shape, int64_t *at)
{
    int64_t from[TG_MAX_DIMS] = {0};

    for (int d = 0; d < shape.ndim; d++)
        from[axis_from_start(c->axes.axis[d], shape.ndim)] = at[d];
    for (int d = 0; d < shape.ndim; d++)
        at[d] = from[d];
}

static tg_shape plain_permute(const op_case *c, double *const *x, double *y)
{
    tg_shape shape = c->in[0].shape;

    for (int d = 0; d < shape.ndim; d++)
        shape.dim[d] =
            c->in[0].shape.dim[axis_from_start(c->axes.axis[d], shape.ndim)];
    return plain_move(c, x[0], shape, unpermuted, 0, y);
}

static void refuse_transpose(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    (void)x;
    EXPECT_REFUSED(g, tg_transpose(g, i), TG_ERR_SHAPE, "transpose");
}

static void refuse_permute(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    (void)i;
    EXPECT_REFUSED(g, tg_permute(g, x, TG_AXES(0)), TG_ERR_ARG, "permute");
    EXPECT_REFUSED(g, tg_permute(g, x, TG_AXES(0, 2)), TG_ERR_ARG, "permute");
    EXPECT_REFUSED(g, tg_permute(g, x, TG_AXES(1, -1)), TG_ERR_ARG, "permute");
}

/* ---- broadcast_to */

static void draw_broadcast_to(uint64_t *state, op_case *c)
{
    draw_one(state, c, 0);
    tg_shape from = c->in[0].shape;
    int missing = (int)draw_below(state, 3);

    if (from.ndim + missing > 5)
        missing = 5 - from.ndim;
    c->shape.ndim = from.ndim + missing;
    for (int d = 0; d < c->shape.ndim; d++) {
        int64_t own = d < missing ? 1 : from.dim[d - missing];
        c->shape.dim[d] =
            own == 1 && draw_below(state, 2) ? draw_below(state, 4) : own;
    }
}

static tg_tensor *call_broadcast_to(tg_graph *g, tg_tensor *const *in,
                                    const op_case *c)
{
    return tg_broadcast_to(g, in[0], c->shape);
}

static tg_shape plain_broadcast_to(const op_case *c, double *const *x,
                                   double *y)
{
    for (int64_t i = 0; i < extent_product(c->shape); i++)
        y[i] = x[0][plain_source(c->in[0].shape, c->shape, i)];
    return c->shape;
}

static void refuse_broadcast_to(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    (void)i;
    EXPECT_REFUSED(g, tg_broadcast_to(g, x, TG_SHAPE(3)), TG_ERR_SHAPE,
                   "broadcast_to");
    EXPECT_REFUSED(g, tg_broadcast_to(g, x, TG_SHAPE(3, 3)), TG_ERR_SHAPE,
                   "broadcast_to");
}

/* ---- flip */

static void draw_flip(uint64_t *state, op_case *c)
{
    draw_one(state, c, 0);
    c->axes = draw_axes(state, c->in[0].shape.ndim);
}

static tg_tensor *call_flip(tg_graph *g, tg_tensor *const *in, const op_case *c)
{
    return tg_flip(g, in[0], c->axes);
}

static void unflipped(const op_case *c, tg_shape shape, int64_t *at)
{
    for (int d = 0; c->axes.count == 0 && d < shape.ndim; d++)
        at[d] = shape.dim[d] - 1 - at[d];
    for (int i = 0; i < c->axes.count; i++) {
        int d = axis_from_start(c->axes.axis[i], shape.ndim);
        at[d] = shape.dim[d] - 1 - at[d];
    }
}

static tg_shape plain_flip(const op_case *c, double *const *x, double *y)
{
    return plain_move(c, x[0], c->in[0].shape, unflipped, 0, y);
}

static void refuse_flip(tg_graph *g, tg_tensor *x, tg_tensor *i)
{
    (void)i;
    EXPECT_REFUSED(g, tg_flip(g, x, TG_AXES(2)), TG_ERR_ARG, "flip");
    EXPECT_REFUSED(g, tg_flip(g, x, TG_AXES(0, 0)), TG_ERR_ARG, "flip");
}

#define MOVES(op, plain)                                                       \
    {                                                                          \
#op, draw_##op, call_##op, plain, refuse_##op, false, true             \
    }
const op_info movement_ops[] = {
    MOVES(reshape, plain_reshape), MOVES(transpose, plain_permute),
    MOVES(permute, plain_permute), MOVES(broadcast_to, plain_broadcast_to),
    MOVES(flip, plain_flip),       {0}};
