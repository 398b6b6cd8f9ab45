/* Optimisers: what turns gradients into a step. */
#ifndef TINYGRAD_OPTIM_H
#define TINYGRAD_OPTIM_H

#include <tinygrad/nn.h>

TG_BEGIN_DECLS

typedef struct tg_optim tg_optim;

/* An optimiser of the parameters in p, those that are made later included; p
 * must outlive its steps. State is made at the first step that needs it. NULL
 * for a setting outside its domain (TG_ERR_ARG): rates, decays and eps are
 * finite and not below 0; momentum and betas in [0, 1); Nesterov needs a
 * momentum. Below, w is a parameter, d its gradient and t counts its steps. */

/*     d += weight_decay w;  m = momentum m + d
 *     w -= lr (nesterov ? d + momentum m : m)
 * PyTorch's SGD, without dampening. */
typedef struct tg_sgd_options {
    double lr, momentum, weight_decay;
    bool nesterov;
} tg_sgd_options;
TG_API tg_optim *tg_sgd(tg_params *p, tg_sgd_options options);

/*     d += weight_decay w
 *     m = beta1 m + (1 - beta1) d;  v = beta2 v + (1 - beta2) d^2
 *     w -= lr / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
 * Kingma and Ba, 2015. A setting of 0 stands for PyTorch's default: lr 1e-3,
 * beta1 0.9, beta2 0.999, eps 1e-8; the decay is 0. */
typedef struct tg_adam_options {
    double lr, beta1, beta2, eps, weight_decay;
} tg_adam_options;
TG_API tg_optim *tg_adam(tg_params *p, tg_adam_options options);
/* The same with the decay apart, first of all: w -= lr weight_decay w
 * (Loshchilov and Hutter, 2019). */
TG_API tg_optim *tg_adamw(tg_params *p, tg_adam_options options);

/* Updates every parameter that requires and has a gradient, or none. Fails
 * with TG_ERR_STATE if no backward has reached any of them since the last step,
 * or if one holds a gradient that was neither reached nor zeroed since: a
 * failed step is never made up from stale gradients. TG_ERR_NOMEM if there is
 * no memory for state. */
TG_API tg_status tg_optim_step(tg_optim *o);
/* A rate outside its domain is reported and changes nothing. */
TG_API void tg_optim_set_lr(tg_optim *o, double lr);
TG_API double tg_optim_lr(const tg_optim *o);
TG_API void tg_optim_free(tg_optim *o);

/* What the optimiser remembers, as buffers, for saving and looking at: its
 * options, and for a parameter "w" such as "w.step" and "w.exp_avg". Made
 * whole first: NULL without memory. The optimiser owns it. */
TG_API tg_params *tg_optim_state(tg_optim *o);

/* Rates for step 0, 1, ...: a linear rise over `warmup` steps, then half a
 * cosine down to 0 at `total` (Loshchilov and Hutter, 2017). */
TG_API double tg_lr_cosine(double base, int64_t step, int64_t warmup,
                           int64_t total);
/* base factor^(step / every), the quotient rounded down. */
TG_API double tg_lr_step(double base, int64_t step, int64_t every,
                         double factor);

TG_END_DECLS

#endif
