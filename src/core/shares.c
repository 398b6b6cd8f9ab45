#include "pass.h"
#include "work.h"

static void add_shares_run(const tg_work *w)
{
    tg_add_numbers(w->is_f64, w->n, w->in[0], w->in[1], w->out);
}

static tg_status add_shares(const tg_call *call)
{
    tg_work w = tg_work_of(call, 2);

    add_shares_run(&w);
    return TG_OK;
}

/* y = a + b; da = dy, db = dy. */
static tg_status add_shares_backward(tg_graph *g, const tg_call *call,
                                     tg_tensor *dy, tg_tensor **dx)
{
    (void)g;
    (void)call;
    dx[0] = dx[1] = dy;
    return TG_OK;
}

/* The one op that the core needs for itself: gradients are added by the
 * engine, and a recorded gradient's sum is recorded too. */
static const tg_op shares = {.name = "add_shares",
                             .formula = "y = a + b; da = dy, db = dy",
                             .forward = add_shares,
                             .backward = add_shares_backward,
                             .saves_nothing = true,
                             .run = add_shares_run};

static tg_status add_anew(tg_pass *p, tg_tensor **slot, tg_tensor *share)
{
    tg_tensor *in[] = {*slot, share};
    tg_tensor *sum =
        tg_apply_counted(p->graph, &shares, share->dtype, &share->shape,
                         share->size, 2, in, NULL, 0);

    if (sum != NULL)
        tg_temporary_retain(sum);
    tg_pass_end_closure(p);
    tg_temporary_release(share);
    if (sum == NULL)
        return TG_ERR_NOMEM;
    tg_temporary_release(*slot);
    *slot = sum;
    return TG_OK;
}

/* The first share was kept as it is; a later one is added in place where nobody
 * else reads the storage. */
tg_status tg_pass_add_later(tg_pass *p, tg_tensor **slot, tg_tensor *share)
{
    if (*slot == TG_NONE) {
        *slot = share;
    } else if (share == TG_NONE) {
        return TG_OK;
    } else if (tg_temporary_is_sole(*slot)) {
        tg_tensor_accumulate(*slot, share);
        tg_temporary_release(share);
    } else if (tg_temporary_is_sole(share)) {
        tg_tensor_accumulate(share, *slot);
        tg_temporary_release(*slot);
        *slot = share;
    } else {
        return add_anew(p, slot, share);
    }
    return TG_OK;
}
