/* What every loss between two tensors of one shape promises. */
#ifndef LOSS_H
#define LOSS_H

#include <tinygrad.h>

/* The mean of f over all pairs of elements. */
typedef struct loss {
    const char *name;
    tg_tensor *(*op)(tg_graph *g, tg_tensor *x, tg_tensor *target);
    double (*f)(double x, double t);
    double (*dx)(double x, double t);
    double (*dt)(double x, double t);
} loss;

void check_loss_values(const loss *l);
/* All that check_op asks, by both operands; and op(x, x). */
void check_loss_op(const loss *l);
/* Other shapes, broadcasting ones too; other dtypes; other operands. */
void check_loss_refusals(const loss *l);

#endif
