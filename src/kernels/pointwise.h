/* Cross-correlation with kernels of 1x1. */
#ifndef TINYGRAD_POINTWISE_H
#define TINYGRAD_POINTWISE_H

#include "kernel.h"

/* Whether it is one, and large enough for what follows to pay. */
bool KERNEL(is_pointwise)(const tg_conv2d_sizes *s);
/* The kernels of the same names, which need no room. */
void KERNEL(pointwise)(const tg_conv2d_sizes *s, const real *x, const real *w,
                       const real *b, real *y);
void KERNEL(pointwise_dx)(const tg_conv2d_sizes *s, const real *dy,
                          const real *w, const real *b, real *dx);

#endif
