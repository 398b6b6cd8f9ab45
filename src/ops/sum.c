#include <tinygrad/ops.h>

#include "kernels.h"
#include "parallel.h"
#include "reduce.h"
#include "sum_whole.h"

#include <string.h>

/* Which axes vanish: bit d for axis d of x. */
typedef struct sum_env {
    unsigned mask;
} sum_env;

/* One sum over x: results are taken in strips of neighbours, whose sums so far
 * are held in double. */
enum { STRIP = 256 };

typedef struct sum_loop {
    const tg_tensor *x, *y;
    tg_reduction r; /* both walks begun */
    bool empty;     /* nothing vanishes: all sums are 0 */
    int64_t strips; /* in a row of results */
} sum_loop;

/* What is added to a strip: some of the rows of the walk over what vanishes, or
 * a part of its only row. */
typedef struct part {
    int64_t first, last, from, to;
} part;

static const void *at(const tg_tensor *t, int64_t offset)
{
    return (const char *)t->data + offset * (int64_t)tg_element_size(t->dtype);
}

static void add_part(const sum_loop *l, int64_t offset, size_t n, part p,
                     double *sums)
{
    bool is_f64 = l->x->dtype == TG_F64;
    size_t length = (size_t)(p.to - p.from);
    tg_walk w = l->r.reduced;

    tg_walk_seek(&w, p.first);
    for (int64_t i = p.first; i < p.last; i++, tg_walk_next(&w)) {
        const void *x =
            at(l->x, offset + w.offset[0] + p.from * tg_walk_step(&w, 0));
        if (l->r.rows)
            tg_kernel_sum_rows(is_f64, n, length,
                               (size_t)tg_walk_step(&l->r.kept, 0), x, sums);
        else
            tg_kernel_sum_columns(is_f64, length, n,
                                  (size_t)tg_walk_step(&w, 0), x, sums);
    }
}

static part all_parts(const sum_loop *l)
{
    const tg_walk *w = &l->r.reduced;

    return (part){0, tg_walk_rows(w), 0, tg_walk_row(w)};
}

/* Strip i of all, from where its results and what they are made of begin. */
typedef struct strip {
    int64_t x, y;
    size_t n;
} strip;

static strip strip_at(const sum_loop *l, int64_t i)
{
    tg_walk w = l->r.kept;
    int64_t first = i % l->strips * STRIP, left = tg_walk_row(&w) - first;

    tg_walk_seek(&w, i / l->strips);
    return (strip){w.offset[0] + first * tg_walk_step(&w, 0),
                   w.offset[1] + first, (size_t)(left < STRIP ? left : STRIP)};
}

static void set_sums(const sum_loop *l, strip s, const double *sums)
{
    tg_kernel_round_sums(l->y->dtype == TG_F64, s.n, sums,
                         (void *)at(l->y, s.y));
}

static void sum_strips(void *loop, size_t first, size_t last)
{
    const sum_loop *l = loop;

    for (size_t i = first; i < last; i++) {
        strip s = strip_at(l, (int64_t)i);
        double sums[STRIP];
        memset(sums, 0, s.n * sizeof *sums);
        if (!l->empty)
            add_part(l, s.x, s.n, all_parts(l), sums);
        set_sums(l, s, sums);
    }
}

/* A single strip of many terms: a fixed number of slices, each summed alone. */
enum { SLICES = TG_SLICES, SLICE_SIZE = 1 << 16 };

typedef struct slice_loop {
    const sum_loop *of;
    strip at;
    double sums[SLICES][STRIP];
} slice_loop;

static int64_t share_of(int64_t n, size_t slice)
{
    return n / SLICES * (int64_t)slice + n % SLICES * (int64_t)slice / SLICES;
}

static void sum_slices(void *loop, size_t first, size_t last)
{
    slice_loop *l = loop;

    for (size_t i = first; i < last; i++) {
        part p = all_parts(l->of);
        int64_t rows = p.last, length = p.to;
        if (rows >= SLICES) {
            p.first = share_of(rows, i);
            p.last = share_of(rows, i + 1);
        } else {
            p.from = share_of(length, i);
            p.to = share_of(length, i + 1);
        }
        memset(l->sums[i], 0, l->at.n * sizeof(double));
        add_part(l->of, l->at.x, l->at.n, p, l->sums[i]);
    }
}

static void sum_sliced(const sum_loop *sum, double cost)
{
    slice_loop l = {.of = sum, .at = strip_at(sum, 0)};

    tg_parallel(SLICES, 1, cost, sum_slices, &l);
    for (size_t i = 1; i < SLICES; i++)
        for (size_t j = 0; j < l.at.n; j++)
            l.sums[0][j] += l.sums[i][j];
    set_sums(sum, l.at, l.sums[0]);
}

static tg_status sum_forward(const tg_call *call)
{
    const sum_env *env = call->env;
    sum_loop l = {.x = call->in[0], .y = call->out};
    double cost = 0.1 * (double)l.x->size;

    if (call->out->size == 1)
        return tg_sum_whole(call);
    tg_reduction_of(&l.x->shape, env->mask, &l.r);
    if (!tg_walk_begin(&l.r.kept, l.r.kept.ndim))
        return TG_OK;
    l.empty = !tg_walk_begin(&l.r.reduced, l.r.reduced.ndim);
    l.strips = (tg_walk_row(&l.r.kept) + STRIP - 1) / STRIP;
    int64_t pieces = tg_walk_rows(&l.r.kept) * l.strips;
    if (pieces == 1 && !l.empty && l.x->size >= SLICES * SLICE_SIZE)
        sum_sliced(&l, cost);
    else
        tg_parallel((size_t)pieces, 1, cost, sum_strips, &l);
    return TG_OK;
}

/* y = sum of x over the axes; dx = dy, repeated along them. */
static tg_status sum_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                              tg_tensor **grad_in)
{
    const sum_env *env = call->env;
    const tg_tensor *x = call->in[0];

    grad_in[0] = tg_broadcast_to(g, tg_restore_axes(g, dy, x, env->mask),
                                 tg_tensor_shape(x));
    return TG_OK;
}

static const tg_op sum = {.name = "sum",
                          .formula = "y = sum x; dx = dy, repeated",
                          .forward = sum_forward,
                          .backward = sum_backward,
                          .saves_nothing = true,
                          .fold = &tg_sum_fold};

tg_tensor *tg_sum_axes(tg_graph *g, tg_tensor *x, tg_axes axes, bool keepdims)
{
    sum_env env;

    if (tg_check_floats(g, sum.name, 1, &x) != TG_OK ||
        tg_axes_mask(g, sum.name, axes, x, &env.mask) != TG_OK)
        return NULL;
    tg_shape shape = tg_reduced_shape(&x->shape, env.mask, keepdims);
    return tg_apply_checked(g, &sum, x->dtype, &shape, 1, &x, &env, sizeof env);
}

tg_tensor *tg_sum(tg_graph *g, tg_tensor *x)
{
    return tg_sum_axes(g, x, TG_ALL_AXES, false);
}
