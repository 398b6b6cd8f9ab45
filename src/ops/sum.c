#include <tinygrad/ops.h>

#include "kernels.h"
#include "reduce.h"

/* Which axes vanish: bit d for axis d of x. */
typedef struct sum_env {
    unsigned mask;
} sum_env;

static const char *at(const tg_tensor *t, int64_t offset)
{
    return (const char *)t->data + offset * (int64_t)tg_element_size(t->dtype);
}

/* One result: the rows that lie at x + offset, summed. */
static double sum_rows(const tg_tensor *x, int64_t offset, const tg_walk *over)
{
    tg_walk w = *over;
    double sum = 0, row;

    if (!tg_walk_begin(&w, over->ndim))
        return 0;
    do {
        tg_kernel_sum(x->dtype == TG_F64, (size_t)tg_walk_row(&w),
                      at(x, offset + w.offset[0]), &row);
        sum += row;
    } while (tg_walk_next(&w));
    return sum;
}

static void set_sums(tg_tensor *y, int64_t offset, size_t n, const double *sums)
{
    tg_kernel_round_sums(y->dtype == TG_F64, n, sums,
                         (char *)y->data +
                             offset * (int64_t)tg_element_size(y->dtype));
}

/* n neighbouring results: everything that lies above them, summed. */
enum { STRIP = 256 };

static void sum_columns(const tg_tensor *x, int64_t offset, size_t n,
                        const tg_walk *over, double sums[STRIP])
{
    tg_walk w = *over;

    for (size_t i = 0; i < n; i++)
        sums[i] = 0;
    if (!tg_walk_begin(&w, over->ndim))
        return;
    do
        for (int64_t i = 0; i < tg_walk_row(&w); i++)
            tg_kernel_add_to_sums(
                x->dtype == TG_F64, n,
                at(x, offset + w.offset[0] + i * tg_walk_step(&w, 0)), sums);
    while (tg_walk_next(&w));
}

static void sum_strips(const tg_tensor *x, const tg_reduction *w, tg_tensor *y)
{
    double sums[STRIP];
    int64_t row = tg_walk_row(&w->kept);

    for (int64_t j = 0; j < row; j += STRIP) {
        size_t n = (size_t)(row - j < STRIP ? row - j : STRIP);
        sum_columns(x, w->kept.offset[0] + j, n, &w->reduced, sums);
        set_sums(y, w->kept.offset[1] + j, n, sums);
    }
}

static void sum_all_rows(const tg_tensor *x, const tg_reduction *w,
                         tg_tensor *y)
{
    for (int64_t j = 0; j < tg_walk_row(&w->kept); j++) {
        double sum = sum_rows(
            x, w->kept.offset[0] + j * tg_walk_step(&w->kept, 0), &w->reduced);
        set_sums(y, w->kept.offset[1] + j, 1, &sum);
    }
}

static tg_status sum_forward(const tg_call *call)
{
    const sum_env *env = call->env;
    const tg_tensor *x = call->in[0];
    tg_reduction w;

    tg_reduction_of(&x->shape, env->mask, &w);
    if (!tg_walk_begin(&w.kept, w.kept.ndim))
        return TG_OK;
    do {
        if (w.rows)
            sum_all_rows(x, &w, call->out);
        else
            sum_strips(x, &w, call->out);
    } while (tg_walk_next(&w.kept));
    return TG_OK;
}

/* y = sum of x over the axes; dx = dy, repeated along them. */
static tg_status sum_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                              tg_tensor **grad_in)
{
    const sum_env *env = call->env;
    const tg_tensor *x = call->in[0];

    grad_in[0] =
        tg_broadcast_to(g, tg_restore_axes(g, dy, x, env->mask), x->shape);
    return TG_OK;
}

static const tg_op sum = {.name = "sum",
                          .formula = "y = sum x; dx = dy, repeated",
                          .forward = sum_forward,
                          .backward = sum_backward,
                          .saves_nothing = true};

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
