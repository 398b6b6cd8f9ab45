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

/* Value and slope of an op at one number, in f32 and f64: for limits, kinks and
 * what is not finite. CHECK_POINTS(tg_relu, {0, 0, 0}, {NAN, NAN, 1}). */
typedef struct point {
    double x, y, dx;
} point;
#define CHECK_POINTS(op, ...)                                                  \
    check_unary_points(#op, op, (const point[]){__VA_ARGS__},                  \
                       sizeof((const point[]){__VA_ARGS__}) / sizeof(point))
void check_unary_points(const char *name,
                        tg_tensor *(*op)(tg_graph *g, tg_tensor *x),
                        const point *points, size_t count);

/* Any op of one operand: what it refuses whatever its other arguments are.
 * x is a shape that it takes. */
void check_refusals_of_one(const char *name,
                           tg_tensor *(*op)(tg_graph *g, tg_tensor *x),
                           tg_shape x, bool takes_i64);

#endif
