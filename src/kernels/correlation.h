/* Correlations of images with images, over all windows: what the gradients of
 * weights come down to. */
#ifndef TINYGRAD_CORRELATION_H
#define TINYGRAD_CORRELATION_H

#include "panel.h"

/* dw of row r and tap (c, t, u) = sum over windows of dy of row r times what
 * that tap of the window reads of x. */
typedef struct correlation {
    images x;
    places y; /* where windows lie in dy, whose lines are full */
    const real *dy;
    ptrdiff_t dy_row;
    size_t N, windows, rows, taps;
    size_t parts; /* in which rows as lanes are summed */
    real *dw;
} correlation;

/* Rows as lanes; false, and nothing done, where that does not pay. */
bool KERNEL(correlate_channels)(const correlation *p, real *room);
/* Windows of a line as lanes; likewise. */
bool KERNEL(correlate_lines)(const correlation *p, real *room);
/* Taps as lanes. */
void KERNEL(correlate_taps)(const correlation *p);

#endif
