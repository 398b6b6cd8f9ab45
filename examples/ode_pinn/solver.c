#include "solver.h"

#include <math.h>
#include <string.h>

/* N(x), a perceptron with two hidden layers; x is moved to [-1, 1] before. */
static tg_tensor *network(solver *s, tg_tensor *x)
{
    tg_graph *g = s->g;
    tg_tensor *h = tg_add_scalar(g, tg_mul_scalar(g, x, 1 / acos(-1)), -1);

    h = tg_tanh(g, tg_nn_linear(g, s->params, "first", h, s->hidden));
    h = tg_tanh(g, tg_nn_linear(g, s->params, "second", h, s->hidden));
    return tg_nn_linear(g, s->params, "last", h, 1);
}

/* u = x + x^2 N(x) has u(0) = 0 and u'(0) = 1 whatever N is: there is no loss
 * of the initial conditions that would have to be weighed against the other.
 */
static tg_tensor *solution(solver *s, tg_tensor *x)
{
    tg_graph *g = s->g;

    return tg_add(g, x, tg_mul(g, tg_square(g, x), network(s, x)));
}

/* dy/dx, point by point: y[i] depends on x[i] alone, so that the gradient of
 * sum(y) holds all of them. It is recorded like any other result. */
static tg_tensor *derivative(solver *s, tg_tensor *y)
{
    tg_tensor *dx = NULL;

    tg_gradients(s->g, tg_sum(s->g, y), NULL, 1, &s->x, &dx,
                 (tg_gradients_options){.create_graph = true});
    return dx;
}

static tg_tensor *equation_loss(solver *s)
{
    tg_tensor *u = solution(s, s->x);
    tg_tensor *u2 = derivative(s, derivative(s, u));

    return tg_mean(s->g, tg_square(s->g, tg_add(s->g, u2, u)));
}

static tg_tensor *equidistant(int64_t n)
{
    tg_tensor *x = tg_tensor_new(TG_F64, TG_SHAPE(n, 1));

    for (int64_t i = 0; x && i < n; ++i)
        tg_data_f64(x)[i] = 2 * acos(-1) * (double)i / (double)(n - 1);
    return x;
}

/* In double precision: what is left of u'' + u at the end is smaller than what
 * single precision can tell of it. */
bool solver_new(solver *s, solver_options options)
{
    *s = (solver){.g = tg_graph_new(),
                  .params = tg_params_new(TG_F64, options.seed),
                  .x = equidistant(options.points),
                  .hidden = options.hidden};
    if (!s->g || !s->params || tg_set_requires_grad(s->x, true) != TG_OK)
        return false;
    s->adam = tg_adam(s->params, (tg_adam_options){.lr = options.rate});
    s->loss = equation_loss(s);
    return s->adam && s->loss;
}

void solver_free(solver *s)
{
    tg_optim_free(s->adam);
    tg_graph_free(s->g);
    tg_params_free(s->params);
    tg_tensor_free(s->x);
}

/* The loss with its derivatives was recorded once; a step replays it. */
bool solver_step(solver *s, double rate)
{
    tg_params_zero_grad(s->params);
    tg_optim_set_lr(s->adam, rate);
    return tg_backward(s->g, s->loss) == TG_OK &&
           tg_optim_step(s->adam) == TG_OK && tg_replay(s->g) == TG_OK;
}

bool solver_values(solver *s, int64_t n, const double *x, double *u)
{
    tg_tensor *at = tg_tensor_f64(TG_SHAPE(n, 1), x);

    tg_graph_reset(s->g);
    tg_graph_set_recording(s->g, false);
    tg_tensor *y = solution(s, at);
    if (y)
        memcpy(u, tg_data_f64(y), (size_t)n * sizeof *u);
    tg_tensor_free(at);
    return y;
}
