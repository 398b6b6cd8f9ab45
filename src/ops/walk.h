/* Walks over the rows of up to four arrays that are read with strides.
 *
 * The extents are those of the array written to; an operand that repeats along
 * an axis has stride 0 there. Axes that lie behind one another in all operands
 * are joined first, so a row is as long as it can be. */
#ifndef TINYGRAD_OPS_WALK_H
#define TINYGRAD_OPS_WALK_H

#include "op.h"

enum { TG_WALK_OPERANDS = 4 };

typedef struct tg_walk {
    int ndim; /* at least 1 */
    int64_t dim[TG_MAX_DIMS];
    int64_t stride[TG_WALK_OPERANDS][TG_MAX_DIMS];
    int64_t index[TG_MAX_DIMS];
    int64_t offset[TG_WALK_OPERANDS]; /* where the row begins */
} tg_walk;

/* Row-major strides of a shape. */
void tg_strides(const tg_shape *shape, int64_t stride[TG_MAX_DIMS]);
/* The same for x repeated to a shape of ndim axes by NumPy's rules. */
void tg_broadcast_strides(const tg_shape *x, int ndim,
                          int64_t stride[TG_MAX_DIMS]);

/* Begins with dim and stride given for ndim axes; false if there is no row. */
bool tg_walk_begin(tg_walk *w, int ndim);
/* Goes to the next row; false after the last. */
bool tg_walk_next(tg_walk *w);

/* How many rows there are, and going to one of them. */
int64_t tg_walk_rows(const tg_walk *w);
void tg_walk_seek(tg_walk *w, int64_t row);

/* The length of a row, and an operand's step along it. */
static inline int64_t tg_walk_row(const tg_walk *w)
{
    return w->dim[w->ndim - 1];
}

static inline int64_t tg_walk_step(const tg_walk *w, int operand)
{
    return w->stride[operand][w->ndim - 1];
}

#endif
