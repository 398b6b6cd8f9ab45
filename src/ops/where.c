#include <tinygrad/ops.h>

#include "broadcast.h"

/* env says which side is asked for: true for where the condition holds. */
static inline void share_run(const tg_work *w)
{
    static const double zero = 0; /* in f32 too */
    bool side = *(const bool *)w->env;
    const void *dy = w->in[1];

    tg_kernel_select(w->is_f64, w->n, w->in[0], w->step[0], side ? dy : &zero,
                     side ? w->step[1] : 0, side ? &zero : dy,
                     side ? 0 : w->step[1], w->out);
}

static tg_status share_forward(const tg_call *call)
{
    return tg_elementwise(call, 2, share_run);
}

static tg_tensor *apply_share(tg_graph *g, tg_tensor *condition, tg_tensor *dy,
                              bool side);

/* z = dy on one side; dy gets dz there. */
static tg_status share_backward(tg_graph *g, const tg_call *call, tg_tensor *dz,
                                tg_tensor **grad_in)
{
    const bool *side = call->env;

    grad_in[1] = apply_share(g, call->in[0], dz, *side);
    return TG_OK;
}

static const tg_op share = {.name = "where_share",
                            .formula = "z = dy on one side of the condition",
                            .forward = share_forward,
                            .backward = share_backward,
                            .run = share_run};

/* dy where the condition is `side`, 0 elsewhere. */
static tg_tensor *apply_share(tg_graph *g, tg_tensor *condition, tg_tensor *dy,
                              bool side)
{
    tg_tensor *in[] = {condition, dy};

    if (tg_check_inputs(g, share.name, 2, in) != TG_OK)
        return NULL;
    return tg_apply_checked(g, &share, dy->dtype, &dy->shape, 2, in, &side,
                            sizeof side);
}

static inline void where_run(const tg_work *w)
{
    tg_kernel_select(w->is_f64, w->n, w->in[0], w->step[0], w->in[1],
                     w->step[1], w->in[2], w->step[2], w->out);
}

static tg_status where_forward(const tg_call *call)
{
    return tg_elementwise(call, 3, where_run);
}

/* y = a where c, else b; da = dy where c, db = dy elsewhere. */
static tg_status where_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                                tg_tensor **grad_in)
{
    tg_tensor *condition = call->in[0];

    if (call->wanted[1])
        grad_in[1] =
            tg_unbroadcast(g, apply_share(g, condition, dy, true), call->in[1]);
    if (call->wanted[2])
        grad_in[2] = tg_unbroadcast(g, apply_share(g, condition, dy, false),
                                    call->in[2]);
    return TG_OK;
}

static const tg_op where = {
    .name = "where",
    .formula = "y = a where c, else b; da = dy where c, db = dy elsewhere",
    .forward = where_forward,
    .backward = where_backward,
    .run = where_run};

tg_tensor *tg_where(tg_graph *g, tg_tensor *condition, tg_tensor *a,
                    tg_tensor *b)
{
    tg_tensor *in[] = {condition, a, b};
    tg_shape shape;

    if (tg_check_inputs(g, where.name, 3, in) != TG_OK ||
        tg_check_floats(g, where.name, 2, in + 1) != TG_OK)
        return NULL;
    if (condition->dtype != TG_I64) {
        tg_fail(g, TG_ERR_DTYPE, "where: condition %s is %s, not i64",
                tg_describe(condition).text, tg_dtype_name(condition->dtype));
        return NULL;
    }
    if (tg_broadcast_shape(g, where.name, 3, in, &shape) != TG_OK)
        return NULL;
    return tg_apply_checked(g, &where, a->dtype, &shape, 3, in, NULL, 0);
}
