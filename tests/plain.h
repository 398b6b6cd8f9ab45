/* Plain loops for expected values, in double: slow, obvious, and independent
 * of the library's own. */
#ifndef PLAIN_H
#define PLAIN_H

#include <tinygrad.h>

/* Which element of a tensor of shape `from` is element i of its repetition to
 * the shape `to`. */
int64_t plain_source(tg_shape from, tg_shape to, int64_t i);

/* Coordinates of element i, row-major, and back. */
void plain_coordinates(tg_shape shape, int64_t i, int64_t *at);
int64_t plain_index(tg_shape shape, const int64_t *at);

double *plain_zeros(int64_t count); /* the caller frees */

/* y (H-h+1, W-w+1) of x (H, W) and k (h, w); dx and dk of dy. */
void plain_corr2d(int64_t H, int64_t W, const double *x, int64_t h, int64_t w,
                  const double *k, double *y);
void plain_corr2d_dx(int64_t H, int64_t W, int64_t h, int64_t w,
                     const double *k, const double *dy, double *dx);
void plain_corr2d_dk(int64_t H, int64_t W, const double *x, int64_t h,
                     int64_t w, const double *dy, double *dk);

/* y (m, n) = a (m, l) b (l, n). */
void plain_matmul(int64_t m, int64_t l, int64_t n, const double *a,
                  const double *b, double *y);

#endif
