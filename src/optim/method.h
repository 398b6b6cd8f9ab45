/* What sets one optimiser apart from another. */
#ifndef TINYGRAD_OPTIM_METHOD_H
#define TINYGRAD_OPTIM_METHOD_H

#include <tinygrad/optim.h>

enum { TG_MOST_OPTIONS = 5, TG_MOST_SLOTS = 2 };

/* One parameter's turn: step 1, 2, ... */
typedef struct tg_turn {
    int64_t n, step;
    const double *options; /* the rate is the first */
    void *w, *slot[TG_MOST_SLOTS];
    const void *d;
} tg_turn;

typedef struct tg_method {
    const char *name; /* of the state's buffer of options */
    int n_options, n_slots;
    const char *slot[TG_MOST_SLOTS];
    void (*update_f32)(const tg_turn *t);
    void (*update_f64)(const tg_turn *t);
} tg_method;

tg_optim *tg_optim_new(tg_params *p, const tg_method *method,
                       const double *options);

/* Reports what lies outside of [low, high). */
bool tg_optim_check(const char *optimiser, const char *option, double value,
                    double low, double high);

#endif
