/* Ops that only move elements: any dtype, any strides.
 *
 * A move names, for each index of `shape`, a place in a strided array: offset
 * + sum of index times stride. Gathering reads there and writes in order;
 * scattering reads in order and writes there. */
#ifndef TINYGRAD_OPS_MOVE_H
#define TINYGRAD_OPS_MOVE_H

#include "op.h"

typedef struct tg_move {
    tg_shape shape;
    int64_t stride[TG_MAX_DIMS];
    int64_t offset;
} tg_move;

/* All of x, in order. */
tg_move tg_move_of(const tg_tensor *x);

/* The forward of an op whose env begins with a tg_move: y gathered from x. */
tg_status tg_gather_forward(const tg_call *call);

void tg_scatter(const tg_move *move, const tg_tensor *x, tg_tensor *y);

#endif
