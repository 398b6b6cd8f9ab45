/* What every op along axes promises: what is left of them, and plain loops
 * over the lanes, which are the elements that share a result. */
#ifndef REDUCTION_H
#define REDUCTION_H

#include <tinygrad.h>

typedef struct reduction {
    tg_axes axes; /* none: all */
    bool keepdims;
} reduction;

/* The shape of what is left of x, and the place there of x's element i. */
tg_shape reduced_shape(tg_shape x, const reduction *r);
int64_t reduced_index(tg_shape x, const reduction *r, int64_t i);

typedef struct lane_op {
    const char *name;
    tg_tensor *(*op)(tg_graph *g, tg_tensor *x, const reduction *r);
    bool keeps_shape; /* like softmax: a result an element, not one a lane */
    /* y and dx of one lane of n elements; dy as many as y. */
    void (*f)(int64_t n, const double *x, const double *dy, double *y,
              double *dx);
} lane_op;

/* Values and gradients in f32 and f64, with keepdims and without. */
void check_lane_values(const lane_op *o, tg_shape x, tg_axes axes);
/* The same, and all that check_op asks. */
void check_lanes(const lane_op *o, tg_shape x, tg_axes axes);
/* check_lanes along every axis of scores of shapes, some empty. */
void check_every_axis(const lane_op *o);
/* check_lanes over every set of axes of a tensor of rank 4. */
void check_every_set_of_axes(const lane_op *o);
/* What it refuses: axes that are none, or named twice; other operands. */
void check_axis_refusals(const lane_op *o);
void check_axes_refusals(const lane_op *o);

#endif
