/* Images through a narrow code and back. */
#ifndef AUTOENCODER_MODEL_H
#define AUTOENCODER_MODEL_H

#include <tinygrad.h>

/* x (N, 1, 28, 28) -> (N, code). */
tg_tensor *encode(tg_graph *g, tg_params *p, tg_tensor *x, int64_t code);
/* z (N, code) -> (N, 1, 28, 28). Its numbers may leave [0, 1] a little: a
 * sigmoid would keep them in, and learn nothing more from where it is flat. */
tg_tensor *decode(tg_graph *g, tg_params *p, tg_tensor *z);

#endif
