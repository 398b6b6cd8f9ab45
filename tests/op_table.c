#include "op_table.h"

#include <stdlib.h>
#include <string.h>

#define NAME_TABLE(table) table,
const op_info *const op_tables[] = {OP_TABLES(NAME_TABLE) NULL};
#undef NAME_TABLE

const op_info *find_op(const char *name)
{
    for (int t = 0; op_tables[t]; t++)
        for (const op_info *op = op_tables[t]; op->name; op++)
            if (strcmp(op->name, name) == 0)
                return op;
    return NULL;
}

/* ---- drawing */

int64_t draw_below(uint64_t *state, int64_t n)
{
    return (int64_t)(random_bits(state) >> 33) % n;
}

tg_shape draw_shape(uint64_t *state, int min_dims, int max_dims)
{
    tg_shape shape = {.ndim = min_dims +
                              (int)draw_below(state, max_dims - min_dims + 1)};
    int64_t room = 12;

    for (int d = 0; d < shape.ndim; d++) {
        shape.dim[d] = 1 + draw_below(state, room < 5 ? room : 5);
        room /= shape.dim[d];
    }
    for (int d = shape.ndim - 1; d > 0; d--) {
        int other = (int)draw_below(state, d + 1);
        int64_t kept = shape.dim[d];
        shape.dim[d] = shape.dim[other];
        shape.dim[other] = kept;
    }
    if (shape.ndim > 0 && draw_below(state, 16) == 0)
        shape.dim[draw_below(state, shape.ndim)] = 0;
    return shape;
}

void draw_broadcast(uint64_t *state, int n, op_input *in)
{
    tg_shape full = draw_shape(state, 0, 5);
    bool alike = draw_below(state, 3) == 0;

    for (int i = 0; i < n; i++) {
        int missing = alike ? 0 : (int)draw_below(state, full.ndim + 1);
        if (draw_below(state, 2))
            missing = 0;
        tg_shape *shape = &in[i].shape;
        *shape = (tg_shape){.ndim = full.ndim - missing};
        for (int d = 0; d < shape->ndim; d++)
            shape->dim[d] =
                !alike && draw_below(state, 3) == 0 ? 1 : full.dim[d + missing];
    }
}

int draw_axis(uint64_t *state, int ndim)
{
    return (int)draw_below(state, 2 * ndim) - ndim;
}

int axis_from_start(int axis, int ndim)
{
    return axis < 0 ? axis + ndim : axis;
}

tg_axes draw_axes(uint64_t *state, int ndim)
{
    tg_axes axes = {0};
    int first = ndim > 0 ? (int)draw_below(state, ndim) : 0;

    for (int i = 0; i < ndim; i++) {
        int axis = (first + i) % ndim;
        if (draw_below(state, 2))
            continue;
        axes.axis[axes.count++] = draw_below(state, 2) ? axis : axis - ndim;
    }
    return axes;
}

/* ---- tensors */

static void put(tg_tensor *t, int64_t i, double value)
{
    switch (tg_tensor_dtype(t)) {
    case TG_F32:
        tg_data_f32(t)[i] = (float)value;
        break;
    case TG_F64:
        tg_data_f64(t)[i] = value;
        break;
    case TG_I64:
        tg_data_i64(t)[i] = (int64_t)value;
        break;
    }
}

/* Ranks of all elements of a call, shuffled. */
typedef struct ranks {
    int64_t count, used, *rank;
} ranks;

static ranks shuffled(const op_case *c, uint64_t *state)
{
    ranks r = {0};

    for (int i = 0; i < c->n; i++)
        r.count += extent_product(c->in[i].shape);
    r.rank = malloc(((size_t)r.count + 1) * sizeof *r.rank);
    ck_assert_ptr_nonnull(r.rank);
    for (int64_t i = 0; i < r.count; i++) {
        int64_t other = draw_below(state, i + 1);
        r.rank[i] = r.rank[other];
        r.rank[other] = i;
    }
    return r;
}

/* 22 bits, so that f32 and f64 hold the same number. */
static double half_to_three_halves(uint64_t *state)
{
    return 0.5 + (double)(random_bits(state) >> 42) / 4194304.0;
}

static double value(op_values values, const op_case *c, ranks *r,
                    uint64_t *state)
{
    double magnitude = half_to_three_halves(state);
    bool negative = draw_below(state, 2);

    switch (values) {
    case SIGNED:
        return negative ? -magnitude : magnitude;
    case POSITIVE:
        return magnitude;
    case DISTINCT:
        return (double)(float)(3 * ((double)r->rank[r->used++] + 0.5) /
                                   (double)r->count -
                               1.5);
    case FLAGS:
        return negative ? 0 : (double)(draw_below(state, 7) - 3);
    case INDICES:
        return (double)draw_below(state, c->below);
    }
    return 0;
}

static bool is_whole(op_values values)
{
    return values == FLAGS || values == INDICES;
}

static tg_tensor *make_input(const op_case *c, int i, tg_dtype dtype, ranks *r,
                             uint64_t *state)
{
    const op_input *in = &c->in[i];
    bool whole = is_whole(in->values);
    tg_tensor *t = MADE(tg_tensor_new(whole ? TG_I64 : dtype, in->shape));

    for (int64_t k = 0; k < tg_tensor_size(t); k++) {
        double drawn = value(in->values, c, r, state);
        put(t, k, dtype == TG_I64 && !whole ? (double)(int)(8 * drawn) : drawn);
    }
    if (!whole && dtype != TG_I64 && !in->constant)
        EXPECT_OK(tg_set_requires_grad(t, true));
    return t;
}

void make_case_inputs(const op_case *c, tg_dtype dtype, uint64_t seed,
                      tg_tensor **in)
{
    uint64_t state = seed;
    ranks r = shuffled(c, &state);

    for (int i = 0; i < c->n; i++) {
        if (c->in[i].left_out)
            in[i] = TG_NONE;
        else if (i == 1 && c->twice)
            in[i] = in[0];
        else
            in[i] = make_input(c, i, dtype, &r, &state);
    }
    free(r.rank);
}

void free_case_inputs(const op_case *c, tg_tensor **in)
{
    for (int i = 0; i < c->n; i++)
        if (!(i == 1 && c->twice))
            tg_tensor_free(in[i]);
}
