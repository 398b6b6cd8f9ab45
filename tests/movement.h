/* What every op that only moves elements promises. */
#ifndef MOVEMENT_H
#define MOVEMENT_H

#include <tinygrad.h>

typedef struct movement {
    const char *name;
    tg_tensor *(*op)(tg_graph *g, tg_tensor *x, const void *how);
    /* The element of x that stands at these coordinates of y, or -1 where
     * `fill` stands. */
    int64_t (*source)(tg_shape x, const int64_t *at, const void *how);
    double fill;
} movement;

/* y has this shape and, in f32, f64 and i64, exactly the elements that source
 * tells; dx is dy moved back and added; and all that check_op asks. */
void check_movement(const movement *m, const void *how, tg_shape x, tg_shape y);

#endif
