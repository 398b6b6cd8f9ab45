/* Plain loops over images by channels, and what the tests of convolution and
 * pooling share. Slow, obvious, and independent of the library's own. */
#ifndef IMAGES_H
#define IMAGES_H

#include "support.h"

typedef struct conv_case {
    tg_shape x, w;
    tg_conv2d_options o;
} conv_case;

typedef tg_tensor *(*conv_op)(tg_graph *g, tg_tensor *x, tg_tensor *w,
                              tg_tensor *b, tg_conv2d_options o);

/* y, and of dy: dx, dw and db. */
typedef struct conv_values {
    double *y, *dx, *dw, *db;
} conv_values;

/* y is the shape of the result; the arrays of v are the caller's. */
typedef void (*plain_conv)(const conv_case *c, tg_shape y, const double *x,
                           const double *w, const double *b, const double *dy,
                           conv_values v);
void plain_conv2d(const conv_case *c, tg_shape y, const double *x,
                  const double *w, const double *b, const double *dy,
                  conv_values v);
void plain_conv_transpose2d(const conv_case *c, tg_shape y, const double *x,
                            const double *w, const double *b, const double *dy,
                            conv_values v);

/* The op's result and gradients, in both dtypes, are the plain loops'. */
void check_conv(conv_op op, plain_conv plain, const conv_case *c);
/* CHECK_OP of the op, with a bias. */
void check_conv_derivatives(const char *at, conv_op op, const conv_case *c);

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
