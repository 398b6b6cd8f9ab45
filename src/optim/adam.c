#include "method.h"

#include <math.h>

enum { LR, BETA1, BETA2, EPS, DECAY, N_OPTIONS };

/* m = beta1 m + (1 - beta1) d;  v = beta2 v + (1 - beta2) d^2
 * w -= rate m / (sqrt(v) / root + eps), with both bias corrections in rate and
 * root. `coupled` adds decay w to d, `apart` takes its share off w before. */
#define UPDATE(real, root_of, name, coupled, apart)                            \
    static void name(const tg_turn *t)                                         \
    {                                                                          \
        const double *o = t->options;                                          \
        double step = (double)t->step;                                         \
        real beta1 = (real)o[BETA1], beta2 = (real)o[BETA2];                   \
        real rate = (real)(o[LR] / (1 - pow(o[BETA1], step)));                 \
        real root = (real)sqrt(1 - pow(o[BETA2], step)), eps = (real)o[EPS];   \
        real decay = (real)(coupled ? o[DECAY] : 0);                           \
        real keep = (real)(apart ? 1 - o[LR] * o[DECAY] : 1);                  \
        real rest1 = (real)(1 - o[BETA1]), rest2 = (real)(1 - o[BETA2]);       \
        real *restrict w = t->w, *restrict m = t->slot[0],                     \
                       *restrict v = t->slot[1];                               \
        const real *restrict d = t->d;                                         \
        for (int64_t i = 0; i < t->n; i++) {                                   \
            real slope = d[i] + decay * w[i];                                  \
            m[i] = beta1 * m[i] + rest1 * slope;                               \
            v[i] = beta2 * v[i] + rest2 * slope * slope;                       \
            w[i] = keep * w[i] - rate * m[i] / (root_of(v[i]) / root + eps);   \
        }                                                                      \
    }
UPDATE(float, sqrtf, update_adam_f32, true, false)
UPDATE(double, sqrt, update_adam_f64, true, false)
UPDATE(float, sqrtf, update_adamw_f32, false, true)
UPDATE(double, sqrt, update_adamw_f64, false, true)

static const tg_method adam = {.name = "adam",
                               .n_options = N_OPTIONS,
                               .n_slots = 2,
                               .slot = {"exp_avg", "exp_avg_sq"},
                               .update_f32 = update_adam_f32,
                               .update_f64 = update_adam_f64};
static const tg_method adamw = {.name = "adamw",
                                .n_options = N_OPTIONS,
                                .n_slots = 2,
                                .slot = {"exp_avg", "exp_avg_sq"},
                                .update_f32 = update_adamw_f32,
                                .update_f64 = update_adamw_f64};

static double set_or(double value, double otherwise)
{
    return value != 0 ? value : otherwise;
}

static tg_optim *make(tg_params *p, const tg_method *method, tg_adam_options o)
{
    double options[TG_MOST_OPTIONS] = {[LR] = set_or(o.lr, 1e-3),
                                       [BETA1] = set_or(o.beta1, 0.9),
                                       [BETA2] = set_or(o.beta2, 0.999),
                                       [EPS] = set_or(o.eps, 1e-8),
                                       [DECAY] = o.weight_decay};

    if (!tg_optim_check(method->name, "lr", o.lr, 0, INFINITY) ||
        !tg_optim_check(method->name, "beta1", o.beta1, 0, 1) ||
        !tg_optim_check(method->name, "beta2", o.beta2, 0, 1) ||
        !tg_optim_check(method->name, "eps", o.eps, 0, INFINITY) ||
        !tg_optim_check(method->name, "weight_decay", o.weight_decay, 0,
                        INFINITY))
        return NULL;
    return tg_optim_new(p, method, options);
}

tg_optim *tg_adam(tg_params *p, tg_adam_options options)
{
    return make(p, &adam, options);
}

tg_optim *tg_adamw(tg_params *p, tg_adam_options options)
{
    return make(p, &adamw, options);
}
