/* The transpose of slicing: x put into a larger tensor along one axis. */
#ifndef TINYGRAD_OPS_PLACE_H
#define TINYGRAD_OPS_PLACE_H

#include "move.h"

typedef struct tg_place {
    int axis;            /* 0..ndim-1 */
    int64_t start, step; /* x's element i goes to start + i step */
    int64_t extent;      /* of the result's axis */
    double value;        /* everywhere else */
} tg_place;

/* y = value, but for y[start::step] = x; dx = dy[start::step]. `name` is that
 * of the op that asks. */
tg_tensor *tg_place_apply(tg_graph *g, const char *name, tg_tensor *x,
                          tg_place place);

#endif
