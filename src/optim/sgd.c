#include "method.h"

#include <math.h>

/* What a type's loop reads in every turn. */
#define SETTINGS(real)                                                         \
    real lr = (real)t->options[0], momentum = (real)t->options[1];             \
    real decay = (real)t->options[2];                                          \
    bool nesterov = t->options[3] != 0;                                        \
    real *restrict w = t->w, *restrict m = t->slot[0];                         \
    const real *restrict d = t->d

/* d += decay w;  m = momentum m + d;  w -= lr (nesterov ? d + momentum m : m)
 */
#define UPDATE(real, name)                                                     \
    static void name(const tg_turn *t)                                         \
    {                                                                          \
        SETTINGS(real);                                                        \
        for (int64_t i = 0; i < t->n; i++) {                                   \
            real step = d[i] + decay * w[i];                                   \
            m[i] = momentum * m[i] + step;                                     \
            w[i] -= lr * (nesterov ? step + momentum * m[i] : m[i]);           \
        }                                                                      \
    }
UPDATE(float, update_f32)
UPDATE(double, update_f64)

/* Without a momentum nothing is remembered. */
#define UPDATE_PLAIN(real, name)                                               \
    static void name(const tg_turn *t)                                         \
    {                                                                          \
        real lr = (real)t->options[0], decay = (real)t->options[2];            \
        real *restrict w = t->w;                                               \
        const real *restrict d = t->d;                                         \
        for (int64_t i = 0; i < t->n; i++)                                     \
            w[i] -= lr * (d[i] + decay * w[i]);                                \
    }
UPDATE_PLAIN(float, update_plain_f32)
UPDATE_PLAIN(double, update_plain_f64)

static const tg_method sgd = {.name = "sgd",
                              .n_options = 4,
                              .update_f32 = update_plain_f32,
                              .update_f64 = update_plain_f64};
static const tg_method sgd_with_momentum = {.name = "sgd_with_momentum",
                                            .n_options = 4,
                                            .n_slots = 1,
                                            .slot = {"momentum_buffer"},
                                            .update_f32 = update_f32,
                                            .update_f64 = update_f64};

tg_optim *tg_sgd(tg_params *p, tg_sgd_options o)
{
    double options[TG_MOST_OPTIONS] = {o.lr, o.momentum, o.weight_decay,
                                       o.nesterov};

    if (!tg_optim_check("sgd", "lr", o.lr, 0, INFINITY) ||
        !tg_optim_check("sgd", "momentum", o.momentum, 0, 1) ||
        !tg_optim_check("sgd", "weight_decay", o.weight_decay, 0, INFINITY))
        return NULL;
    if (o.nesterov && o.momentum == 0) {
        tg_fail(NULL, TG_ERR_ARG, "sgd: nesterov needs a momentum");
        return NULL;
    }
    return tg_optim_new(p, o.momentum > 0 ? &sgd_with_momentum : &sgd, options);
}
