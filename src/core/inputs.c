/* What every op asks of its inputs before it reads them. */
#include "graph.h"
#include "op.h"

/* NULL means that something failed before: that failure stands, and the graph
 * takes part in it if it has none of its own. */
static tg_status report_null(tg_graph *g, const char *op, int i)
{
    if (g->failure.status == TG_OK && tg_last_failure()->status != TG_OK)
        tg_graph_remember(g);
    if (g->failure.status == TG_OK)
        tg_fail(g, TG_ERR_ARG, "%s: input %d is NULL", op, i);
    return tg_graph_status(g);
}

static tg_status report_foreign(tg_graph *g, const char *op, int i,
                                const tg_tensor *t)
{
    if (t == TG_NONE)
        return tg_fail(g, TG_ERR_ARG, "%s: input %d is TG_NONE", op, i);
    return tg_fail(g, TG_ERR_ARG, "%s: input %d, %s, belongs to another graph",
                   op, i, tg_describe(t).text);
}

static bool belongs(const tg_graph *g, const tg_tensor *t)
{
    return t != NULL && (t->graph == g || t->graph == NULL) &&
           t->owner != TG_OWNER_NOBODY;
}

/* A NULL comes first: it failed before this call was made. */
static tg_status report(tg_graph *g, const char *op, int n,
                        tg_tensor *const *in)
{
    int i = 0;

    for (int k = 0; k < n; k++)
        if (in[k] == NULL)
            return report_null(g, op, k);
    while (belongs(g, in[i]))
        i++;
    return report_foreign(g, op, i, in[i]);
}

tg_status tg_check_inputs(tg_graph *g, const char *op, int n,
                          tg_tensor *const *in)
{
    if (g == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "%s: no graph", op);
    for (int i = 0; i < n; i++)
        if (!belongs(g, in[i]))
            return report(g, op, n, in);
    return TG_OK;
}

static tg_status report_dtypes(tg_graph *g, const char *op, int n,
                               tg_tensor *const *in)
{
    if (n == 1)
        return tg_fail(g, TG_ERR_DTYPE, "%s: no meaning for %s of i64", op,
                       tg_describe(in[0]).text);
    return tg_fail(g, TG_ERR_DTYPE, "%s: %s of %s with %s of %s", op,
                   tg_describe(in[0]).text, tg_dtype_name(in[0]->dtype),
                   tg_describe(in[1]).text, tg_dtype_name(in[1]->dtype));
}

tg_status tg_check_floats(tg_graph *g, const char *op, int n,
                          tg_tensor *const *in)
{
    tg_status s = tg_check_inputs(g, op, n, in);

    for (int i = 0; i < n && s == TG_OK; i++)
        if (!tg_is_float(in[i]) || in[i]->dtype != in[0]->dtype)
            s = report_dtypes(g, op, n, in);
    return s;
}
