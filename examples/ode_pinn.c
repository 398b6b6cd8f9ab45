/* A network that solves a differential equation, u'' = -u on [0, 2 pi] with
 * u(0) = 0 and u'(0) = 1, without being told the solution, sin(x): the loss is
 * mean((u'' + u)^2) at some points, with the second derivative of the network
 * to its input, and training needs the derivative of that to the weights. So
 * the graph differentiates three times. */
#define _POSIX_C_SOURCE 200809L

#include <tinygrad.h>

#include "ode_pinn/plot.h"
#include "ode_pinn/solver.h"
#include "program/program.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Where the solution is looked at; most of these are no points of the loss. */
enum { PLACES = 1001 };

typedef struct settings {
    int64_t seed, steps, points, hidden;
    double rate, tolerance;
} settings;

typedef struct solution {
    double x[PLACES], u[PLACES], error[PLACES];
    int worst; /* where the error is largest */
} solution;

/* ----------------------------------------------------------- training */

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool run_steps(const settings *o, solver *s, tg_progress *shown)
{
    for (int64_t i = 0; i < o->steps; ++i) {
        if (!solver_step(s, tg_lr_cosine(o->rate, i, 0, o->steps)))
            return false;
        tg_progress_update(shown, i + 1, "loss %.2e", tg_item(s->loss));
    }
    return true;
}

static bool train(const settings *o, solver *s)
{
    tg_progress *shown = tg_progress_new(stderr, "ode_pinn", o->steps);
    double start = now();
    bool ok = shown && run_steps(o, s, shown);
    double passed = now() - start;

    tg_progress_free(shown);
    if (!ok)
        return refuse_tensors();
    printf("%" PRId64 " steps in %.1f s: mean (u'' + u)^2 = %.2e\n", o->steps,
           passed, tg_item(s->loss));
    return true;
}

/* ------------------------------------------------------------- results */

static bool solve(solver *s, solution *y)
{
    for (int i = 0; i < PLACES; ++i)
        y->x[i] = 2 * acos(-1) * i / (PLACES - 1);
    if (!solver_values(s, PLACES, y->x, y->u))
        return refuse_tensors();
    y->worst = 0;
    for (int i = 0; i < PLACES; ++i) {
        y->error[i] = y->u[i] - sin(y->x[i]);
        if (!(fabs(y->error[i]) <= fabs(y->error[y->worst])))
            y->worst = i;
    }
    return true;
}

static bool report(const solution *y)
{
    plot_print("u(x)", PLACES, y->u, 13);
    plot_print("u(x) - sin(x)", PLACES, y->error, 9);
    printf("largest error %.2e, at x = %.2f\n", fabs(y->error[y->worst]),
           y->x[y->worst]);
    return fflush(stdout) == 0 ||
           refuse("standard output: %s", strerror(errno));
}

/* --------------------------------------------------------- the program */

static program_request read_settings(settings *o, int argc, char **argv)
{
    *o = (settings){.seed = 1,
                    .steps = 30000,
                    .points = 32,
                    .hidden = 16,
                    .rate = 0.02,
                    .tolerance = 1e-3};
    const option_row rows[] = {
        {"seed", OPTION_WHOLE, &o->seed, 0, INT32_MAX,
         "of the weights at the start"},
        {"steps", OPTION_WHOLE, &o->steps, 0, 1e9, "of Adam"},
        {"points", OPTION_WHOLE, &o->points, 2, 1e5,
         "where the equation is to hold"},
        {"hidden", OPTION_WHOLE, &o->hidden, 1, 1e4,
         "units in each of the two hidden layers"},
        {"rate", OPTION_NUMBER, &o->rate, 0, 1,
         "of the first step; falls to 0 as a cosine"},
        {"tolerance", OPTION_NUMBER, &o->tolerance, 0, INFINITY,
         "ends with status 1 if the error is larger"},
    };
    const program p = {"ode_pinn",
                       "Solves u'' = -u with u(0) = 0, u'(0) = 1 on [0, 2 pi] "
                       "by a network.",
                       rows, sizeof rows / sizeof *rows};

    return program_begin(&p, argc, argv);
}

static bool run(const settings *o, solver *s, solution *y)
{
    solver_options options = {.points = o->points,
                              .hidden = o->hidden,
                              .rate = o->rate,
                              .seed = (uint64_t)o->seed};

    if (!solver_new(s, options))
        return refuse_tensors();
    return train(o, s) && solve(s, y) && report(y);
}

int main(int argc, char **argv)
{
    static solution y;
    settings o;
    program_request request = read_settings(&o, argc, argv);
    solver s = {0};

    if (request != REQUEST_RUN)
        return request == REQUEST_HELP ? 0 : 2;
    bool ok = run(&o, &s, &y);
    solver_free(&s);
    if (!ok)
        return 2;
    if (fabs(y.error[y.worst]) <= o.tolerance)
        return 0;
    refuse("the error is larger than the tolerance of %g", o.tolerance);
    return 1;
}
