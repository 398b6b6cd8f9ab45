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

/* x's shape without the axis, or with extent 1 there. */
tg_shape tg_lanes_reduced(const tg_lanes *l, const tg_tensor *x, bool keepdims);

/* Some of the lanes: `width` neighbours in each of `blocks`, the first of which
 * are number `block`, and `first` in it. */
typedef struct tg_lane_part {
    size_t block, blocks, first, width;
} tg_lane_part;

typedef void tg_lanes_run(const tg_call *call, const tg_lane_part *part);

/* Runs all lanes of a call whose env is a tg_lanes, on several threads where
 * that pays; `ns` is about how long an element takes. */
tg_status tg_run_lanes(const tg_call *call, double ns, tg_lanes_run *run);

/* Where a part begins in t, an array like x, or like x without the axis. */
void *tg_lane_part_at(const tg_lanes *l, const tg_lane_part *p,
                      const tg_tensor *t);
void *tg_lane_part_of_reduced(const tg_lanes *l, const tg_lane_part *p,
                              const tg_tensor *t);

#endif
