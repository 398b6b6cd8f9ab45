#include "extreme.h"

#include "broadcast.h"
#include "parallel.h"
#include "reduce.h"

#include <tinygrad/ops.h>

#include <string.h>

/* Where an array and its extreme, repeated, are the same: 1, else 0. */
static inline void equal_run(const tg_work *w)
{
    tg_kernel_equal(w->is_f64, w->n, w->in[0], w->step[0], w->in[1], w->step[1],
                    w->out);
}

static tg_status equal_forward(const tg_call *call)
{
    return tg_elementwise(call, 2, equal_run);
}

static const tg_op equal = {.name = "equal",
                            .formula = "y = 1 where a = b, else 0",
                            .forward = equal_forward,
                            .stops_gradient = true,
                            .saves_nothing = true};

/* One fold over x: results are taken in strips of neighbours. */
enum { STRIP = 256, STRIP_OF_COLUMNS = 4096 };

typedef struct fold {
    const tg_tensor *x, *y;
    tg_fold_rows rows;
    tg_fold_two two;
    tg_reduction r;        /* both walks begun */
    int64_t strip, strips; /* results in one; how many in a row of results */
} fold;

static void *at(const tg_tensor *t, int64_t offset)
{
    return (char *)t->data + offset * (int64_t)tg_element_size(t->dtype);
}

/* n results whose rows lie `step` apart: y = the fold of the rows at x +
 * offset, a row of each after the other. */
static void fold_rows(const fold *f, int64_t offset, size_t n, void *y)
{
    tg_walk w = f->r.reduced;
    bool is_f64 = f->x->dtype == TG_F64, first = true;
    size_t step = (size_t)tg_walk_step(&f->r.kept, 0);
    double more[STRIP]; /* room for either type */

    do {
        f->rows(is_f64, n, (size_t)tg_walk_row(&w), step,
                at(f->x, offset + w.offset[0]), first ? y : more);
        if (!first)
            f->two(is_f64, n, y, 1, more, 1, y);
        first = false;
    } while (tg_walk_next(&w));
}

/* n results beside one another: y = the fold of all rows above them. */
static void fold_columns(const fold *f, int64_t offset, size_t n, void *y)
{
    tg_walk w = f->r.reduced;
    bool is_f64 = f->x->dtype == TG_F64, first = true;

    do {
        for (int64_t i = 0; i < tg_walk_row(&w); i++) {
            const void *x =
                at(f->x, offset + w.offset[0] + i * tg_walk_step(&w, 0));
            if (first)
                memcpy(y, x, n * tg_element_size(f->x->dtype));
            else
                f->two(is_f64, n, y, 1, x, 1, y);
            first = false;
        }
    } while (tg_walk_next(&w));
}

static void fold_strips(void *loop, size_t from, size_t to)
{
    const fold *f = loop;

    for (size_t i = from; i < to; i++) {
        tg_walk w = f->r.kept;
        int64_t first = (int64_t)i % f->strips * f->strip;
        int64_t left = tg_walk_row(&w) - first;
        tg_walk_seek(&w, (int64_t)i / f->strips);
        (f->r.rows ? fold_rows
                   : fold_columns)(f, w.offset[0] + first * tg_walk_step(&w, 0),
                                   (size_t)(left < f->strip ? left : f->strip),
                                   at(f->y, w.offset[1] + first));
    }
}

tg_status tg_extreme_run(const tg_call *call, tg_fold_rows rows,
                         tg_fold_two two)
{
    const tg_extreme *env = call->env;
    fold f = {.x = call->in[0], .y = call->out, .rows = rows, .two = two};

    tg_reduction_of(&f.x->shape, env->mask, &f.r);
    if (!tg_walk_begin(&f.r.kept, f.r.kept.ndim) ||
        !tg_walk_begin(&f.r.reduced, f.r.reduced.ndim))
        return TG_OK;
    f.strip = f.r.rows ? STRIP : STRIP_OF_COLUMNS;
    f.strips = (tg_walk_row(&f.r.kept) + f.strip - 1) / f.strip;
    tg_parallel((size_t)(tg_walk_rows(&f.r.kept) * f.strips), 1,
                0.1 * (double)f.x->size, fold_strips, &f);
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
