/* Ops along one axis: x is (before, extent, after), and each of before x after
 * lanes is handled alone. */
#ifndef TINYGRAD_OPS_LANE_H
#define TINYGRAD_OPS_LANE_H

#include "op.h"

typedef struct tg_lanes {
    int axis;
    int64_t before, extent, after;
} tg_lanes;

/* Checks x and the axis; false with a failure reported. */
bool tg_lanes_of(tg_graph *g, const char *op, tg_tensor *x, int axis,
                 tg_lanes *lanes);

/* Where lane (i, j) begins; its elements are `after` apart. */
static inline void *tg_lane_at(const tg_lanes *l, const tg_tensor *x, int64_t i,
                               int64_t j)
{
    int64_t offset = i * l->extent * l->after + j;

    return (char *)x->data + offset * (int64_t)tg_element_size(x->dtype);
}

/* x's shape without the axis, or with extent 1 there. */
tg_shape tg_lanes_reduced(const tg_lanes *l, const tg_tensor *x, bool keepdims);

#endif
