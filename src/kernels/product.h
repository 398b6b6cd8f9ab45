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

/* Results that lie between one another, where windows are `step` apart: result
 * (i, j) is of phase (i % step, j % step) and of window (i / step, j / step),
 * and the sum of those taps alone that its phase has. */
typedef struct phase_taps {
    size_t first[2], taps[2];
    const real *w; /* of the first of them */
} phase_taps;

enum { MOST_PHASES = 16 };

typedef struct phases {
    size_t step[2], out[2]; /* results along each axis */
    phase_taps of[MOST_PHASES];
} phases;

/* All results. The room is for the weights, a row of whole vectors for each
 * tap; it may be NULL. */
void KERNEL(run_product)(product p, real *room);

/* The same with channels as lanes; false, and nothing done, where that does not
 * pay. */
bool KERNEL(run_channels)(const product *p, real *room);
/* Likewise, of several phases; w of the product is not used, and w_tap are the
 * steps to a phase's next taps. */
bool KERNEL(run_phases)(const product *p, const phases *f, real *room);
/* With windows of a line as lanes; likewise. */
bool KERNEL(run_lines)(const product *p);

#endif
