/* What every elementwise op of two operands promises. */
#ifndef BINARY_H
#define BINARY_H

#include <tinygrad.h>

typedef struct binary {
    const char *name;
    tg_tensor *(*op)(tg_graph *g, tg_tensor *a, tg_tensor *b);
    double (*f)(double a, double b);  /* y */
    double (*da)(double a, double b); /* dy/da and dy/db */
    double (*db)(double a, double b);
} binary;

/* Forward and both gradients equal a plain loop on every pair of shapes that
 * NumPy accepts, the other pairs are refused; in f32 and f64. */
void check_binary_pairs(const binary *b);
/* All that check_op asks, on ranks 0 to 5, empty and random shapes. */
void check_binary_op(const binary *b);
/* y = op(x, x). */
void check_binary_twice(const binary *b);
/* NULL operands, unlike dtypes, i64, a foreign operand, no graph. */
void check_binary_refusals(const binary *b);

#endif
