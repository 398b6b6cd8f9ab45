/* Initial values. */
#include "params.h"

#include <math.h>

/* Elements of axes 1 and up; the size where there are fewer than two. */
static double fan_in(tg_shape s)
{
    double n = 1;

    for (int d = s.ndim < 2 ? 0 : 1; d < s.ndim; d++)
        n *= (double)s.dim[d];
    return n;
}

static double fan_out(tg_shape s)
{
    return s.ndim < 2 || s.dim[1] == 0
               ? fan_in(s)
               : fan_in(s) / (double)s.dim[1] * (double)s.dim[0];
}

static tg_tensor *within(tg_dtype dtype, tg_shape shape, double bound,
                         tg_rng *rng)
{
    if (isinf(bound)) /* no fan: no elements either */
        bound = 0;
    return tg_tensor_uniform(dtype, shape, -bound, bound, rng);
}

tg_tensor *tg_init_tensor(tg_dtype dtype, tg_shape shape, tg_init init,
                          tg_rng *rng)
{
    double gain = init.a == 0 ? 1 : init.a;

    switch (init.kind) {
    case TG_INIT_ZEROS:
        return tg_tensor_new(dtype, shape);
    case TG_INIT_CONSTANT:
        return tg_tensor_full(dtype, shape, init.a);
    case TG_INIT_UNIFORM:
        return tg_tensor_uniform(dtype, shape, init.a, init.b, rng);
    case TG_INIT_NORMAL:
        return tg_tensor_normal(dtype, shape, init.a, init.b, rng);
    case TG_INIT_KAIMING_UNIFORM:
        return within(dtype, shape,
                      sqrt(6 / ((1 + init.a * init.a) * fan_in(shape))), rng);
    case TG_INIT_XAVIER_UNIFORM:
        return within(dtype, shape,
                      gain * sqrt(6 / (fan_in(shape) + fan_out(shape))), rng);
    }
    tg_fail(NULL, TG_ERR_ARG, "param: unknown initialisation %d",
            (int)init.kind);
    return NULL;
}
