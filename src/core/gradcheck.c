/* Gradients against differences. */
#include <tinygrad/graph.h>

#include "gradcheck.h"
#include "tensor.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>

/* The central difference over 2 h, divided by what h became when stored. */
static tg_status difference(const tg_check *c, tg_tensor *x, int64_t i,
                            double h, tg_loss *slope)
{
    double at = tg_get(x, i), low, high;
    tg_loss below, above;

    tg_set(x, i, at - h);
    low = tg_get(x, i);
    tg_status s = tg_check_evaluate(c, &below);
    tg_set(x, i, at + h);
    high = tg_get(x, i);
    if (s == TG_OK)
        s = tg_check_evaluate(c, &above);
    tg_set(x, i, at);
    if (s != TG_OK)
        return s;
    slope->value = (above.value - below.value) / (high - low);
    slope->magnitude = fmax(above.magnitude, below.magnitude);
    return TG_OK;
}

static double largest(const tg_tensor *t)
{
    double most = 0;

    for (int64_t i = 0; i < t->size; i++) {
        double size = fabs(tg_get(t, i));
        if (size > most) /* fmax breaks gcc 12 for Arm */
            most = size;
    }
    return most;
}

/* Sixteen roundings of the loss, over the step. */
static double rounding(const tg_tensor *x, double magnitude, double h)
{
    double epsilon = x->dtype == TG_F32 ? (double)FLT_EPSILON : DBL_EPSILON;

    return 8.0 * epsilon * magnitude / h;
}

static tg_status check_element(const tg_check *c, int v, int64_t i,
                               double scale)
{
    const tg_gradcheck_options *o = &c->options;
    tg_tensor *x = c->variables[v];
    double h = o->step * fmax(1.0, fabs(tg_get(x, i)));
    tg_loss wide, narrow;
    tg_status s = difference(c, x, i, h, &wide);

    if (s == TG_OK)
        s = difference(c, x, i, h / 2, &narrow);
    if (s != TG_OK)
        return s;
    double expected = (4 * narrow.value - wide.value) / 3;
    double given = tg_get(c->slopes[v], i);
    double tolerance =
        o->atol + o->rtol * scale + rounding(x, wide.magnitude, h);
    if (!(fabs(given - expected) <= tolerance))
        return tg_fail(NULL, TG_ERR_GRADIENT,
                       "gradcheck: order %d, %s %s, element %" PRId64
                       ": backward gives %.9g, differences give %.9g",
                       o->order, v < c->n_leaves ? "leaf" : "cotangent",
                       tg_describe(x).text, i, given, expected);
    return TG_OK;
}

static tg_status compare(const tg_check *c)
{
    tg_status s = TG_OK;

    for (int v = 0; v < c->n_variables && s == TG_OK; v++) {
        double scale = largest(c->slopes[v]);
        for (int64_t i = 0; i < c->slopes[v]->size && s == TG_OK; i++)
            s = check_element(c, v, i, scale);
    }
    return s;
}

/* ---- setting up */

/* Of magnitude 0.5 to 1.5 and either sign: none hides a fault. */
static tg_tensor *new_weights(const tg_tensor *like, tg_rng *rng)
{
    tg_tensor *t = tg_tensor_new(like->dtype, tg_tensor_shape(like));

    for (int64_t i = 0; t != NULL && i < t->size; i++) {
        double u = 2 * tg_rng_uniform(rng) - 1;
        tg_set(t, i, u + copysign(0.5, u));
    }
    return t;
}

static tg_status check_leaves(int n, tg_tensor *const *leaves)
{
    int64_t elements = 0;

    for (int i = 0; i < n; i++) {
        const tg_tensor *x = leaves[i];
        if (x == NULL || x->graph != NULL || !x->requires_grad ||
            x->dtype != leaves[0]->dtype)
            return tg_fail(NULL, TG_ERR_ARG,
                           "gradcheck: leaf %d, %s, is not a leaf that "
                           "requires a gradient, of the others' dtype",
                           i, tg_describe(x).text);
        elements += x->size;
    }
    if (elements == 0)
        return tg_fail(NULL, TG_ERR_ARG, "gradcheck: nothing to compare");
    return TG_OK;
}

static tg_gradcheck_options defaults(tg_gradcheck_options o, tg_dtype dtype)
{
    bool f32 = dtype == TG_F32;

    return (tg_gradcheck_options){.order = o.order != 0 ? o.order : 1,
                                  .step = o.step != 0 ? o.step
                                          : f32       ? 1e-2
                                                      : 1e-3,
                                  .rtol = o.rtol != 0 ? o.rtol
                                          : f32       ? 1e-2
                                                      : 1e-6,
                                  .atol = o.atol != 0 ? o.atol
                                          : f32       ? 1e-3
                                                      : 1e-7};
}

/* Runs fn once, to learn the shape of its result. */
static tg_status make_weights(tg_check *c, tg_tensor *const *leaves,
                              tg_rng *rng)
{
    tg_tensor *y = c->fn(c->g, leaves, c->n_leaves, c->env);
    tg_status s = tg_check_floats(c->g, "gradcheck", 1, &y);

    if (s == TG_OK && y->dtype != leaves[0]->dtype)
        s = tg_fail(NULL, TG_ERR_DTYPE,
                    "gradcheck: the function returns %s for leaves of %s",
                    tg_dtype_name(y->dtype), tg_dtype_name(leaves[0]->dtype));
    if (s == TG_OK) {
        c->variables[c->n_leaves] = new_weights(y, rng);
        s = c->variables[c->n_leaves] != NULL ? TG_OK : TG_ERR_NOMEM;
    }
    if (s == TG_OK)
        tg_set_requires_grad(c->variables[c->n_leaves], true);
    tg_graph_reset(c->g);
    return s;
}

static tg_status make_variables(tg_check *c, tg_tensor *const *leaves)
{
    tg_rng rng = tg_rng_seed(1);
    tg_status s = make_weights(c, leaves, &rng);

    for (int i = 0; i < c->n_leaves; i++)
        c->variables[i] = leaves[i];
    for (int i = 0; i < c->n_leaves && s == TG_OK; i++)
        if ((c->mix[i] = new_weights(leaves[i], &rng)) == NULL)
            s = TG_ERR_NOMEM;
    for (int i = 0; i < c->n_variables && s == TG_OK; i++) {
        tg_shape shape = tg_tensor_shape(c->variables[i]);
        if ((c->slopes[i] = tg_tensor_new(TG_F64, shape)) == NULL)
            s = TG_ERR_NOMEM;
    }
    return s;
}

static void free_variables(tg_check *c)
{
    tg_tensor_free(c->variables[c->n_leaves]);
    for (int i = 0; i <= c->n_leaves; i++) {
        tg_tensor_free(c->mix[i]);
        tg_tensor_free(c->slopes[i]);
    }
}

static tg_status run(tg_check *c, tg_tensor *const *leaves)
{
    tg_status s = make_variables(c, leaves);

    if (s == TG_OK)
        s = tg_check_find_slopes(c);
    if (s == TG_OK)
        s = compare(c);
    free_variables(c);
    return s;
}

/* Four tables of n + 1 tensors, in one block. */
static tg_status run_with_tables(tg_check *c, tg_tensor *const *leaves)
{
    size_t n = (size_t)c->n_leaves + 1;
    tg_tensor **tables = tg_memory_new(4 * n * sizeof *tables);

    if (tables == NULL)
        return tg_fail(NULL, TG_ERR_NOMEM, "gradcheck: no memory");
    for (size_t i = 0; i < 4 * n; i++)
        tables[i] = NULL;
    c->variables = tables;
    c->slopes = tables + n;
    c->grads = tables + 2 * n;
    c->mix = tables + 3 * n;
    tg_status s = run(c, leaves);
    tg_memory_free(tables, 4 * n * sizeof *tables);
    return s;
}

tg_status tg_gradcheck(tg_function fn, tg_tensor *const *leaves, int n,
                       void *env, tg_gradcheck_options options)
{
    if (fn == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "gradcheck: no function");
    if (n < 0 || (n > 0 && leaves == NULL))
        return tg_fail(NULL, TG_ERR_ARG, "gradcheck: %d leaves%s", n,
                       leaves == NULL ? ", but none given" : "");
    if (options.order < 0 || options.order > 2)
        return tg_fail(NULL, TG_ERR_ARG, "gradcheck: order %d is not 1 or 2",
                       options.order);
    tg_status s = check_leaves(n, leaves);
    if (s != TG_OK)
        return s;
    options = defaults(options, leaves[0]->dtype);
    tg_check c = {.g = tg_graph_new(),
                  .fn = fn,
                  .env = env,
                  .options = options,
                  .n_leaves = n,
                  .n_variables = options.order == 1 ? n : n + 1};
    if (c.g == NULL)
        return TG_ERR_NOMEM;
    s = run_with_tables(&c, leaves);
    tg_graph_free(c.g);
    return s;
}
