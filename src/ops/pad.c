#include <tinygrad/ops.h>

#include "place.h"

#include <math.h>

static bool is_integer(double value)
{
    const double limit = 9223372036854775808.0; /* 2^63 */

    return value >= -limit && value < limit && nearbyint(value) == value;
}

static tg_status check(tg_graph *g, const tg_tensor *x, int64_t before,
                       int64_t after, double value)
{
    if (before < 0 || after < 0)
        return tg_fail(g, TG_ERR_ARG,
                       "pad: %lld before and %lld after %s may not be negative",
                       (long long)before, (long long)after,
                       tg_describe(x).text);
    if (x->dtype == TG_I64 && !is_integer(value))
        return tg_fail(g, TG_ERR_ARG, "pad: %g is not an i64 for %s", value,
                       tg_describe(x).text);
    return TG_OK;
}

tg_tensor *tg_pad(tg_graph *g, tg_tensor *x, int axis, int64_t before,
                  int64_t after, double value)
{
    int64_t extent;

    if (tg_check_inputs(g, "pad", 1, &x) != TG_OK)
        return NULL;
    axis = tg_axis_index(g, "pad", axis, x);
    if (axis < 0 || check(g, x, before, after, value) != TG_OK)
        return NULL;
    if (__builtin_add_overflow(before, after, &extent) ||
        __builtin_add_overflow(extent, x->shape.dim[axis], &extent)) {
        tg_fail(g, TG_ERR_SHAPE, "pad: %lld before and %lld after %s overflow",
                (long long)before, (long long)after, tg_describe(x).text);
        return NULL;
    }
    return tg_place_apply(g, "pad", x,
                          (tg_place){axis, before, 1, extent, value});
}
