/* Solves H d = b for a symmetric, positive definite H (n, n) of which only
 * products H v are known: the method of conjugate directions. Every direction
 * is kept, so that n steps suffice in floating-point arithmetic too and the
 * inverse of H comes with the solution. */
#ifndef CONJUGATE_H
#define CONJUGATE_H

#include <stdbool.h>

typedef struct conjugate {
    int n, steps;      /* unknowns; steps done, so directions known */
    double *p, *hp;    /* row i: direction p_i, of length 1, and H p_i */
    double *curvature; /* p_i' H p_i, while p_i' H p_j = 0 */
    double *rest;      /* b - H d */
    double *d;         /* the solution, as far as the directions span it */
    double gain;       /* what the latest step took off d' H d / 2 - b' d */
} conjugate;

/* Starts at d = 0; false if there is no memory. */
bool conjugate_new(conjugate *c, int n, const double *b);
void conjugate_free(conjugate *c); /* one of all zeros is fine */

/* The next direction. The caller multiplies it by H for conjugate_step, which
 * goes along it to the minimum, or returns false and stays if, as far as
 * rounding lets one tell, H is singular. */
const double *conjugate_direction(conjugate *c);
bool conjugate_step(conjugate *c, const double *product);

/* Element (i, i) of the inverse of H, after n steps. */
double conjugate_inverse(const conjugate *c, int i);

#endif
