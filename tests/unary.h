/* What every op of one operand promises, and more of elementwise ones. */
#ifndef UNARY_H
#define UNARY_H

#include <tinygrad.h>

typedef struct unary {
    const char *name;
    tg_tensor *(*op)(tg_graph *g, tg_tensor *x);
    double (*f)(double x);
    double (*df)(double x);
} unary;

/* An elementwise op: forward and gradient equal a plain loop on ranks 0 to 5,
 * empty, large and random shapes, in f32 and f64; all that check_op asks. */
void check_unary_values(const unary *u);
void check_unary_op(const unary *u);

/* Any op of one operand: what it refuses whatever its other arguments are.
 * x is a shape that it takes. */
void check_refusals_of_one(const char *name,
                           tg_tensor *(*op)(tg_graph *g, tg_tensor *x),
                           tg_shape x, bool takes_i64);

#endif
