/* Cross-correlation in register tiles: rows x columns vectors of results are
 * held in registers over a block of taps.
 *
 * A vector of the image is read once for all rows of a tile: image row i meets
 * row r of the results at row i - r of the taps. The terms of a result are
 * always added in the order of the taps, wherever in a tile it lies. */
#ifndef TINYGRAD_CORR2D_TILE_H
#define TINYGRAD_CORR2D_TILE_H

#include "kernel.h"

/* With 32 registers of 64 bytes, or 16 smaller ones. */
#define ROWS (TG_VECTOR == 64 ? 8 : 4)
#define COLUMNS 3
enum {
    MOST_ROWS = 8,
    MOST_TAPS = 1024, /* longer sums begin anew, which keeps rounding small */
    MOST_TAP_ROWS = 64,
    GRAIN = 32 /* rows that a thread computes at least */
};

/* The compilers hold an array in registers if its indices are constants from
 * the start, so loops over a tile are written out. */
#define EACH_ROW(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)

/* A loop with a branch for each tap is slower by a tenth, or by half where
 * there are few taps. */
#if defined(__clang__)
#define UNROLL_TWICE _Pragma("clang loop unroll_count(2)")
#else
#define UNROLL_TWICE _Pragma("GCC unroll 2")
#endif

/* A block of taps, one column after the other: tap (a, b) is k[b h + a]. */
typedef struct tap_block {
    size_t h, w;
    real k[MOST_TAPS];
} tap_block;

/* The image rows that tiles meet, of which only [first, last) are there. */
typedef struct image_rows {
    const real *x; /* row `first` */
    size_t step, first, last;
} image_rows;

/* y = or += n rows of correlations, n no larger than ROWS and the taps' h; a
 * narrow tile is one vector wide, a wide one COLUMNS. */
typedef void tile(const tap_block *t, const image_rows *in, real *y,
                  size_t y_row, bool add);

/* An image as its results see it: tap (0, 0) of result (i, j) lies at
 * (i + row, j + column), and counts for nothing outside of H x W. */
typedef struct image {
    const real *x;
    size_t H, W;
    ptrdiff_t row, column;
} image;

/* The kernel whose tap (a, b) is k[a row + b step]. */
typedef struct kernel2d {
    const real *k;
    size_t h, w;
    ptrdiff_t row, step;
} kernel2d;

/* Rows [first, last) of results, n to a row. */
void KERNEL(correlate)(const image *x, const kernel2d *k, size_t first,
                       size_t last, size_t n, real *y);

/* Few results, each from many taps. */
void KERNEL(corr2d_dots)(size_t H, size_t W, size_t h, size_t w, const real *x,
                         const real *k, real *y);

/* The same for images that are small; false for others, which are left alone.
 * The kernel of a full convolution must be finite. */
bool KERNEL(corr2d_small)(size_t H, size_t W, const kernel2d *k, const real *x,
                          real *y);
bool KERNEL(conv2d_full_small)(size_t H, size_t W, const kernel2d *k,
                               const real *x, real *y);
bool KERNEL(corr2d_dots_small)(size_t H, size_t W, size_t h, size_t w,
                               const real *x, const real *k, real *y);

static inline size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Where piece i begins when n are shared as evenly as can be. */
static inline size_t cut(size_t n, size_t pieces, size_t i)
{
    return n / pieces * i + n % pieces * i / pieces;
}

/* About how many nanoseconds a core takes. */
static inline double products_cost(size_t results, size_t taps)
{
    return (double)results * (double)taps / 50;
}

#endif
