#include <tinygrad/ops.h>

#include "place.h"

typedef struct slice_env {
    tg_move move;
    tg_place back; /* where dy goes in dx */
} slice_env;

/* y = x[start::step]; dx = zeros, but for dx[start::step] = dy. */
static tg_status slice_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                                tg_tensor **grad_in)
{
    const slice_env *env = call->env;

    grad_in[0] = dy != NULL ? tg_place_apply(g, "slice", dy, env->back) : NULL;
    return TG_OK;
}

static const tg_op slice = {.name = "slice",
                            .formula =
                                "y = x[a:b:s]; dx = 0, but for dx[a:b:s] = dy",
                            .forward = tg_gather_forward,
                            .backward = slice_backward,
                            .saves_nothing = true};

/* NumPy's rule for one end of a slice. */
static int64_t clip(int64_t place, int64_t extent)
{
    if (place < 0)
        place = place < -extent ? 0 : place + extent;
    return place < extent ? place : extent;
}

tg_tensor *tg_slice(tg_graph *g, tg_tensor *x, int axis, int64_t start,
                    int64_t stop, int64_t step)
{
    if (tg_check_inputs(g, slice.name, 1, &x) != TG_OK)
        return NULL;
    axis = tg_axis_index(g, slice.name, axis, x);
    if (axis < 0)
        return NULL;
    if (step < 1) {
        tg_fail(g, TG_ERR_ARG, "slice: step %lld of %s is not positive",
                (long long)step, tg_describe(x).text);
        return NULL;
    }
    int64_t extent = x->shape.dim[axis];
    start = clip(start, extent);
    stop = clip(stop, extent);
    int64_t length = stop > start ? (stop - start - 1) / step + 1 : 0;
    if (length < 2)
        step = 1; /* whatever it was: no two elements are that far apart */
    slice_env env = {tg_move_of(x), {axis, start, step, extent, 0.0}};
    env.move.shape.dim[axis] = length;
    env.move.offset = start * env.move.stride[axis];
    env.move.stride[axis] *= step;
    return tg_apply_checked(g, &slice, x->dtype, &env.move.shape, 1, &x, &env,
                            sizeof env);
}
