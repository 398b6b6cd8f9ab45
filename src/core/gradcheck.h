/* A gradient check, from within. */
#ifndef TINYGRAD_CORE_GRADCHECK_H
#define TINYGRAD_CORE_GRADCHECK_H

#include "graph.h"

/* At order 2 the variables are the leaves and, last, the weights of the
 * result: the gradient is a function of both. */
typedef struct tg_check {
    tg_graph *g;
    tg_function fn;
    void *env;
    tg_gradcheck_options options;
    int n_leaves, n_variables;
    tg_tensor **variables;
    tg_tensor **slopes; /* by backward, f64, one a variable */
    tg_tensor **grads;  /* room for what tg_gradients writes */
    tg_tensor **mix;    /* order 2: weights of the leaves' gradients */
} tg_check;

/* A weighted sum and the sum of its terms' magnitudes. */
typedef struct tg_loss {
    double value, magnitude;
} tg_loss;

static inline tg_tensor *tg_check_weights(const tg_check *c)
{
    return c->variables[c->n_leaves];
}

/* The function whose derivative is checked, at the variables' values now. */
tg_status tg_check_evaluate(const tg_check *c, tg_loss *l);
/* Its derivative by backward, into slopes (which are zeros before). */
tg_status tg_check_find_slopes(const tg_check *c);

#endif
