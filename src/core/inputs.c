/* Why the inputs of an op do not fit. */
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

/* The first that is unlike in[0], or has no floats. */
static const tg_tensor *find_unlike(int n, tg_tensor *const *in)
{
    for (int i = 1; i < n; i++)
        if (!tg_is_float(in[i]) || in[i]->dtype != in[0]->dtype)
            return in[i];
    return n > 1 ? in[1] : in[0];
}

static tg_status report_dtypes(tg_graph *g, const char *op, int n,
                               tg_tensor *const *in)
{
    const tg_tensor *a = in[0], *b = find_unlike(n, in);
    bool indices = !tg_is_float(a) || !tg_is_float(b);

    if (n == 1)
        return tg_fail(g, TG_ERR_DTYPE, "%s: no meaning for %s of i64", op,
                       tg_describe(a).text);
    return tg_fail(g, TG_ERR_DTYPE, "%s: %s%s of %s with %s of %s", op,
                   indices ? "no meaning for i64: " : "", tg_describe(a).text,
                   tg_dtype_name(a->dtype), tg_describe(b).text,
                   tg_dtype_name(b->dtype));
}

/* A NULL comes first: it failed before this call was made. */
tg_status tg_refuse_inputs(tg_graph *g, const char *op, int n,
                           tg_tensor *const *in)
{
    if (g == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "%s: no graph", op);
    for (int i = 0; i < n; i++)
        if (in[i] == NULL)
            return report_null(g, op, i);
    for (int i = 0; i < n; i++)
        if (!tg_belongs(g, in[i]))
            return report_foreign(g, op, i, in[i]);
    return report_dtypes(g, op, n, in);
}
