/* The table from within. */
#ifndef TINYGRAD_NN_PARAMS_H
#define TINYGRAD_NN_PARAMS_H

#include <tinygrad/nn.h>

/* A new leaf, filled; NULL with a failure reported. */
tg_tensor *tg_init_tensor(tg_dtype dtype, tg_shape shape, tg_init init,
                          tg_rng *rng);

#endif
