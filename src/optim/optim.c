#include "method.h"

#include <tinygrad/memory.h>

#include <math.h>
#include <string.h>

/* A parameter's state, and how its gradient was at the last step. */
typedef struct held {
    tg_tensor *step, *slot[TG_MOST_SLOTS];
    uint64_t version;
    uint32_t reached;
} held;

struct tg_optim {
    tg_params *params, *state;
    const tg_method *method;
    tg_tensor *options;
    held *held; /* by the parameter's place in the table */
    size_t capacity;
};

bool tg_optim_check(const char *optimiser, const char *option, double value,
                    double low, double high)
{
    if (value >= low && value < high)
        return true;
    tg_fail(NULL, TG_ERR_ARG, "%s: %s %g is not in [%g, %g)", optimiser, option,
            value, low, high);
    return false;
}

static const tg_init zeros = {.kind = TG_INIT_ZEROS};

static bool has_options(tg_optim *o, const double *options)
{
    o->options = tg_buffer_of(o->state, o->method->name, TG_F64,
                              TG_SHAPE(o->method->n_options), zeros);
    for (int i = 0; o->options != NULL && i < o->method->n_options; i++)
        tg_data_f64(o->options)[i] = options[i];
    return o->options != NULL;
}

tg_optim *tg_optim_new(tg_params *p, const tg_method *method,
                       const double *options)
{
    if (p == NULL) {
        tg_fail(NULL, TG_ERR_ARG, "%s: no table of parameters", method->name);
        return NULL;
    }
    tg_optim *o = tg_memory_new(sizeof *o);
    if (o == NULL) {
        tg_fail(NULL, TG_ERR_NOMEM, "%s: no memory", method->name);
        return NULL;
    }
    *o = (tg_optim){
        .params = p, .state = tg_params_new(TG_F64, 0), .method = method};
    if (o->state != NULL && has_options(o, options))
        return o;
    tg_optim_free(o);
    return NULL;
}

void tg_optim_free(tg_optim *o)
{
    if (o == NULL)
        return;
    tg_params_free(o->state);
    tg_memory_free(o->held, o->capacity * sizeof *o->held);
    tg_memory_free(o, sizeof *o);
}

/* ---- state */

static tg_tensor *make_buffer(tg_optim *o, const tg_tensor *w, const char *what,
                              tg_dtype dtype, tg_shape shape)
{
    size_t size = strlen(tg_name(w)) + strlen(what) + 2;
    char *name = tg_memory_new(size);

    if (name == NULL) {
        tg_fail(NULL, TG_ERR_NOMEM, "%s: no memory for the state of %s",
                o->method->name, tg_describe(w).text);
        return NULL;
    }
    snprintf(name, size, "%s.%s", tg_name(w), what);
    tg_tensor *buffer = tg_buffer_of(o->state, name, dtype, shape, zeros);
    tg_memory_free(name, size);
    return buffer;
}

/* The step comes last: with it the state is whole. */
static bool make_state(tg_optim *o, held *h, const tg_tensor *w)
{
    for (int k = 0; k < o->method->n_slots; k++) {
        h->slot[k] = make_buffer(o, w, o->method->slot[k], tg_tensor_dtype(w),
                                 tg_tensor_shape(w));
        if (h->slot[k] == NULL)
            return false;
    }
    h->step = make_buffer(o, w, "step", TG_I64, TG_SCALAR);
    return h->step != NULL;
}

static tg_status has_room(tg_optim *o, size_t count)
{
    if (count <= o->capacity)
        return TG_OK;
    held *more = tg_memory_resize(o->held, o->capacity * sizeof *more,
                                  count * sizeof *more);
    if (more == NULL)
        return tg_fail(NULL, TG_ERR_NOMEM,
                       "%s: no memory for the state of %zu parameters",
                       o->method->name, count);
    memset(more + o->capacity, 0, (count - o->capacity) * sizeof *more);
    o->held = more;
    o->capacity = count;
    return TG_OK;
}

static tg_status prepare(tg_optim *o)
{
    size_t count = tg_params_count(o->params);
    tg_status s = has_room(o, count);

    for (size_t i = 0; s == TG_OK && i < count; i++) {
        const tg_tensor *w = tg_params_at(o->params, i);
        if (o->held[i].step == NULL && tg_requires_grad(w) &&
            !make_state(o, &o->held[i], w))
            s = TG_ERR_NOMEM;
    }
    return s;
}

tg_params *tg_optim_state(tg_optim *o)
{
    return o != NULL && prepare(o) == TG_OK ? o->state : NULL;
}

/* ---- steps */

static bool takes_part(const tg_tensor *w)
{
    return tg_requires_grad(w) && tg_grad(w) != NULL;
}

static tg_status check_gradients(const tg_optim *o)
{
    bool reached = false;

    for (size_t i = 0; i < tg_params_count(o->params); i++) {
        const tg_tensor *w = tg_params_at(o->params, i);
        if (!takes_part(w))
            continue;
        reached |= tg_grad_count(w) != o->held[i].reached;
        if (tg_tensor_version(tg_grad(w)) == o->held[i].version)
            return tg_fail(NULL, TG_ERR_STATE,
                           "%s: the gradient of %s is from before the last "
                           "step",
                           o->method->name, tg_describe(w).text);
    }
    return reached ? TG_OK
                   : tg_fail(NULL, TG_ERR_STATE,
                             "%s: no backward since the last step",
                             o->method->name);
}

static void update(const tg_optim *o, held *h, tg_tensor *w)
{
    tg_turn t = {.n = tg_tensor_size(w),
                 .step = ++*tg_data_i64(h->step),
                 .options = tg_data_f64(o->options),
                 .w = tg_data(w),
                 .d = tg_data(tg_grad(w))};

    for (int k = 0; k < o->method->n_slots; k++)
        t.slot[k] = tg_data(h->slot[k]);
    if (tg_tensor_dtype(w) == TG_F32)
        o->method->update_f32(&t);
    else
        o->method->update_f64(&t);
    tg_tensor_touch(w);
    h->version = tg_tensor_version(tg_grad(w));
    h->reached = tg_grad_count(w);
}

tg_status tg_optim_step(tg_optim *o)
{
    if (o == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "optim_step: no optimiser");
    tg_status s = prepare(o);
    if (s == TG_OK)
        s = check_gradients(o);
    for (size_t i = 0; s == TG_OK && i < tg_params_count(o->params); i++)
        if (takes_part(tg_params_at(o->params, i)))
            update(o, &o->held[i], tg_params_at(o->params, i));
    return s;
}

void tg_optim_set_lr(tg_optim *o, double lr)
{
    if (o != NULL && tg_optim_check(o->method->name, "lr", lr, 0, INFINITY))
        tg_data_f64(o->options)[0] = lr;
}

double tg_optim_lr(const tg_optim *o)
{
    return o != NULL ? tg_data_f64(o->options)[0] : NAN;
}
