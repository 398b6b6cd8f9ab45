/* The shortest op of one's own: two C functions of one number. */
#include <tinygrad/graph.h>

#include "tensor.h"

typedef struct map_env {
    double (*f)(double x, void *user);
    double (*df)(double x, void *user);
    void *user;
} map_env;

static tg_status slope_forward(const tg_call *call)
{
    const map_env *env = call->env;
    const tg_tensor *x = call->in[0], *dy = call->in[1];

    for (int64_t i = 0; i < x->size; i++)
        tg_set(call->out, i, tg_get(dy, i) * env->df(tg_get(x, i), env->user));
    return TG_OK;
}

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *x, tg_tensor *dy,
                              const map_env *env);

/* z = df(x) dy; the way to x would need a second derivative. */
static tg_status slope_backward(tg_graph *g, const tg_call *call, tg_tensor *dz,
                                tg_tensor **grad_in)
{
    if (call->wanted[0])
        return tg_fail(g, TG_ERR_UNSUPPORTED,
                       "map: no second derivative is defined for %s",
                       tg_describe(call->in[0]).text);
    grad_in[1] = apply_slope(g, call->in[0], dz, call->env);
    return TG_OK;
}

static const tg_op slope = {.name = "map_slope",
                            .formula = "z = f'(x) dy; d dy = f'(x) dz",
                            .forward = slope_forward,
                            .backward = slope_backward};

static tg_tensor *apply_slope(tg_graph *g, tg_tensor *x, tg_tensor *dy,
                              const map_env *env)
{
    tg_tensor *in[] = {x, dy};

    return tg_apply(g, &slope, x->dtype, tg_tensor_shape(x), 2, in, env,
                    sizeof *env);
}

static tg_status map_forward(const tg_call *call)
{
    const map_env *env = call->env;
    const tg_tensor *x = call->in[0];

    for (int64_t i = 0; i < x->size; i++)
        tg_set(call->out, i, env->f(tg_get(x, i), env->user));
    return TG_OK;
}

/* y = f(x); dx = f'(x) dy. */
static tg_status map_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                              tg_tensor **grad_in)
{
    const map_env *env = call->env;

    if (env->df == NULL)
        return tg_fail(g, TG_ERR_UNSUPPORTED, "map: no derivative was given");
    grad_in[0] = apply_slope(g, call->in[0], dy, env);
    return TG_OK;
}

static const tg_op map = {.name = "map",
                          .formula = "y = f(x); dx = f'(x) dy",
                          .forward = map_forward,
                          .backward = map_backward};

tg_tensor *tg_map(tg_graph *g, tg_tensor *x, double (*f)(double, void *),
                  double (*df)(double, void *), void *user)
{
    if (tg_check_floats(g, map.name, 1, &x) != TG_OK)
        return NULL;
    if (f == NULL) {
        tg_fail(g, TG_ERR_ARG, "map: no function for %s", tg_describe(x).text);
        return NULL;
    }
    return tg_apply_like(g, &map, x, &(map_env){f, df, user}, sizeof(map_env));
}
