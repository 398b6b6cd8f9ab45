#include "extreme.h"

#include "broadcast.h"
#include "reduce.h"

#include <tinygrad/ops.h>

#include <string.h>

/* Where an array and its extreme, repeated, are the same: 1, else 0. */
static tg_status equal_forward(const tg_call *call)
{
    return tg_broadcast_run(call, tg_kernel_equal);
}

static const tg_op equal = {.name = "equal",
                            .formula = "y = 1 where a = b, else 0",
                            .forward = equal_forward,
                            .stops_gradient = true,
                            .saves_nothing = true};

typedef struct fold {
    const tg_tensor *x;
    tg_tensor *y;
    tg_fold_row row;
    tg_fold_rows rows;
} fold;

static void *at(const tg_tensor *t, int64_t offset)
{
    return (char *)t->data + offset * (int64_t)tg_element_size(t->dtype);
}

/* One result: y = the fold of the rows at x + offset. */
static void fold_rows(const fold *f, const tg_walk *reduced, int64_t offset,
                      void *y)
{
    tg_walk w = *reduced;
    bool is_f64 = f->x->dtype == TG_F64, first = true;
    double extreme; /* room for either type */

    tg_walk_begin(&w, reduced->ndim);
    do {
        void *to = first ? y : &extreme;
        f->row(is_f64, (size_t)tg_walk_row(&w), at(f->x, offset + w.offset[0]),
               to);
        if (!first)
            f->rows(is_f64, 1, y, 1, &extreme, 1, y);
        first = false;
    } while (tg_walk_next(&w));
}

/* A row of results: y = the fold of all rows above it. */
static void fold_columns(const fold *f, const tg_walk *reduced, int64_t offset,
                         size_t n, void *y)
{
    tg_walk w = *reduced;
    bool is_f64 = f->x->dtype == TG_F64, first = true;

    tg_walk_begin(&w, reduced->ndim);
    do {
        for (int64_t i = 0; i < tg_walk_row(&w); i++) {
            const void *x =
                at(f->x, offset + w.offset[0] + i * tg_walk_step(&w, 0));
            if (first)
                memcpy(y, x, n * tg_element_size(f->x->dtype));
            else
                f->rows(is_f64, n, y, 1, x, 1, y);
            first = false;
        }
    } while (tg_walk_next(&w));
}

static void fold_row_of_results(const fold *f, const tg_reduction *r)
{
    const tg_walk *kept = &r->kept;
    int64_t n = tg_walk_row(kept);

    if (!r->rows) {
        fold_columns(f, &r->reduced, kept->offset[0], (size_t)n,
                     at(f->y, kept->offset[1]));
        return;
    }
    for (int64_t j = 0; j < n; j++)
        fold_rows(f, &r->reduced, kept->offset[0] + j * tg_walk_step(kept, 0),
                  at(f->y, kept->offset[1] + j));
}

tg_status tg_extreme_run(const tg_call *call, tg_fold_row row,
                         tg_fold_rows rows)
{
    const tg_extreme *env = call->env;
    fold f = {call->in[0], call->out, row, rows};
    tg_reduction r;

    tg_reduction_of(&f.x->shape, env->mask, &r);
    if (!tg_walk_begin(&r.kept, r.kept.ndim))
        return TG_OK;
    do
        fold_row_of_results(&f, &r);
    while (tg_walk_next(&r.kept));
    return TG_OK;
}

tg_status tg_extreme_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                              tg_tensor **grad_in)
{
    const tg_extreme *env = call->env;
    tg_tensor *x = call->in[0];
    tg_tensor *in[] = {x, tg_restore_axes(g, call->out, x, env->mask)};
    tg_axes axes = {0};

    for (int d = 0; d < x->shape.ndim; d++)
        if (env->mask & (1U << d))
            axes.axis[axes.count++] = d;
    if (tg_check_floats(g, equal.name, 2, in) != TG_OK)
        return TG_OK;
    tg_tensor *mask =
        tg_apply_checked(g, &equal, x->dtype, &x->shape, 2, in, NULL, 0);
    tg_tensor *ties = env->mask != 0 ? tg_sum_axes(g, mask, axes, true) : mask;
    tg_tensor *share = tg_div(g, tg_restore_axes(g, dy, x, env->mask), ties);
    grad_in[0] = tg_mul(g, mask, share);
    return TG_OK;
}

tg_tensor *tg_extreme_apply(tg_graph *g, const tg_op *op, tg_tensor *x,
                            tg_axes axes, bool keepdims)
{
    tg_extreme env;

    if (tg_check_floats(g, op->name, 1, &x) != TG_OK ||
        tg_axes_mask(g, op->name, axes, x, &env.mask) != TG_OK)
        return NULL;
    tg_shape shape = tg_reduced_shape(&x->shape, env.mask, keepdims);
    if (tg_reduced_count(&x->shape, env.mask) == 0) {
        tg_fail(g, TG_ERR_SHAPE, "%s: nothing to choose from in %s", op->name,
                tg_describe(x).text);
        return NULL;
    }
    return tg_apply_checked(g, op, x->dtype, &shape, 1, &x, &env, sizeof env);
}
