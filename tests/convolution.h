/* Plain loops of convolutions by channels, and what their tests share. Slow,
 * obvious, and independent of the library's own. */
#ifndef CONVOLUTION_H
#define CONVOLUTION_H

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

#endif
