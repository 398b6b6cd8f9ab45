/* The product that derivatives are made of, in one pass over memory. */
#ifndef TINYGRAD_OPS_SCALED_PRODUCT_H
#define TINYGRAD_OPS_SCALED_PRODUCT_H

#include "op.h"

/* y = c a b, elementwise, of two tensors of one shape. */
tg_tensor *tg_scaled_product(tg_graph *g, double c, tg_tensor *a, tg_tensor *b);

#endif
