/* What the programs that measure libtinygrad share. */
#ifndef TINYGRAD_BENCH_TENSORS_H
#define TINYGRAD_BENCH_TENSORS_H

#include <tinygrad.h>

#include "bench.h"

/* A leaf of bench_fill's numbers (zeros for seed 0), times `scale`. */
tg_tensor *bench_tensor(tg_shape shape, unsigned seed, float scale,
                        bool requires_grad);
/* Ends the program with the library's message unless s is TG_OK. */
void bench_ok(tg_status s);
double bench_tensor_sum(const tg_tensor *t);

#endif
