/* matmul, with operands that are transposed without being copied. */
#ifndef TINYGRAD_OPS_PRODUCT_H
#define TINYGRAD_OPS_PRODUCT_H

#include <tinygrad/tensor.h>

/* The product of a or a' and b or b', matrices or batches of them that fit. */
tg_tensor *tg_product(tg_graph *g, tg_tensor *a, bool a_transposed,
                      tg_tensor *b, bool b_transposed);

#endif
