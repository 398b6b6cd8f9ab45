#include "place.h"

#include <tinygrad/ops.h>

typedef struct place_env {
    tg_move move;
    tg_place place;
} place_env;

static void fill(tg_tensor *y, double value)
{
    for (int64_t i = 0; i < y->size; i++) {
        if (y->dtype == TG_F32)
            ((float *)y->data)[i] = (float)value;
        else if (y->dtype == TG_F64)
            ((double *)y->data)[i] = value;
        else
            ((int64_t *)y->data)[i] = (int64_t)value;
    }
}

static tg_status place_forward(const tg_call *call)
{
    const place_env *env = call->env;

    fill(call->out, env->place.value);
    tg_scatter(&env->move, call->in[0], call->out);
    return TG_OK;
}

static tg_status place_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                                tg_tensor **grad_in)
{
    const tg_place *p = &((const place_env *)call->env)->place;
    int64_t n = call->in[0]->shape.dim[p->axis];
    int64_t stop = n > 0 ? p->start + (n - 1) * p->step + 1 : p->start;

    grad_in[0] = tg_slice(g, dy, p->axis, p->start, stop, p->step);
    return TG_OK;
}

static const tg_op pad = {.name = "pad",
                          .formula = "y = x among constants; dx = dy there",
                          .forward = place_forward,
                          .backward = place_backward,
                          .saves_nothing = true};

tg_tensor *tg_place_apply(tg_graph *g, const char *name, tg_tensor *x,
                          tg_place place)
{
    tg_shape shape = tg_tensor_shape(x);
    tg_move move = {.shape = shape};
    int64_t size;
    size_t bytes;

    shape.dim[place.axis] = place.extent;
    if (!tg_shape_count(&shape, x->dtype, &size, &bytes)) {
        tg_fail(g, TG_ERR_SHAPE, "%s: the result for %s would be too large",
                name, tg_describe(x).text);
        return NULL;
    }
    int64_t stride = 1;
    for (int d = shape.ndim; d-- > 0; stride *= shape.dim[d])
        move.stride[d] = stride;
    move.offset = place.start * move.stride[place.axis];
    move.stride[place.axis] *= place.step;
    place_env env = {move, place};
    return tg_apply_checked(g, &pad, x->dtype, &shape, 1, &x, &env, sizeof env);
}
