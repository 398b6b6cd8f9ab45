/* What the tests of pooling share. */
#ifndef POOLING_H
#define POOLING_H

#include "support.h"

typedef struct pool_case {
    tg_shape x;
    tg_pool2d_options o;
} pool_case;

typedef tg_tensor *(*pool_op)(tg_graph *g, tg_tensor *x, tg_pool2d_options o);
/* y and, of dy, dx, for one image. */
typedef void (*plain_pool)(const pool_case *c, tg_shape y, const double *x,
                           const double *dy, double *values, double *dx);

void check_pool(pool_op op, plain_pool plain, const pool_case *c);
void check_pool_derivatives(const char *at, pool_op op, const pool_case *c);
void refuse_pools(pool_op op, const char *name);
void check_empty_batch_of_pool(pool_op op);
void check_pool_out_of_memory(pool_op op);

#endif
