/* A network that solves u'' = -u on [0, 2 pi] with u(0) = 0, u'(0) = 1, from
 * the equation alone. Failures are the library's. */
#ifndef ODE_PINN_SOLVER_H
#define ODE_PINN_SOLVER_H

#include <tinygrad.h>

typedef struct solver {
    tg_graph *g;
    tg_params *params;
    tg_optim *adam;
    tg_tensor *x;    /* (points, 1), where the equation is to hold */
    tg_tensor *loss; /* recorded: mean((u'' + u)^2) */
    int64_t hidden;
} solver;

typedef struct solver_options {
    int64_t points, hidden;
    double rate; /* of the first step */
    uint64_t seed;
} solver_options;

/* Records the loss; solver_free ends half made ones, too. */
bool solver_new(solver *s, solver_options options);
void solver_free(solver *s);

bool solver_step(solver *s, double rate);
/* u at n points. The record is gone then: there are no more steps. */
bool solver_values(solver *s, int64_t n, const double *x, double *u);

#endif
