/* Products of weights, one row for each channel of the result, and panels of
 * images: what convolutions come down to. */
#ifndef TINYGRAD_PRODUCT_H
#define TINYGRAD_PRODUCT_H

#include "panel.h"

/* y of channel r = b[r] + sum over channels and taps of w times x; the weight
 * of channel c at tap (t, u) is at r row + c channel + t tap[0] + u tap[1]. */
typedef struct product {
    images x;
    size_t N, rows, channels;
    const real *w;
    ptrdiff_t w_row, w_channel, w_tap[2];
    const real *b;
    real *y;
    ptrdiff_t y_row;
    places at;
} product;

/* All results. The room is for the weights, a row of whole vectors for each
 * tap; it may be NULL. */
void KERNEL(run_product)(product p, real *room);

/* The same with channels as lanes; false, and nothing done, where that does not
 * pay. */
bool KERNEL(run_channels)(const product *p, real *room);
/* With windows of a line as lanes; likewise. */
bool KERNEL(run_lines)(const product *p);

#endif
