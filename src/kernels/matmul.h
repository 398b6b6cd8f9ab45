/* The parts of a product of matrices. */
#ifndef TINYGRAD_MATMUL_H
#define TINYGRAD_MATMUL_H

#include "kernel.h"

/* Element (i, j) lies at x[i row + j column], where one of both is 1; nothing
 * is read from the end on. The next of several lies `next` further. */
typedef struct matrix {
    const real *x, *end;
    size_t row, column, next;
} matrix;

/* y (m, n) = a (m, k) b (k, n); y has steps like theirs. */
typedef struct matmul {
    size_t m, n, k;
    matrix a, b;
    real *y;
    size_t y_row, y_column, y_next;
} matmul;

/* Rows and columns of the result, from the first to before the last. */
typedef struct area {
    size_t row, last_row, column, last_column;
} area;

/* The most rows of an area for matmul_tiles, and what it likes columns to be a
 * multiple of. */
size_t KERNEL(matmul_most_rows)(void);
size_t KERNEL(matmul_panel)(void);
/* The results in an area. */
void KERNEL(matmul_tiles)(const matmul *p, const area *at);
/* The same for a product of one row, whose columns begin at a multiple of
 * MATMUL_CHUNK. */
enum { MATMUL_CHUNK = 1024 };
void KERNEL(matmul_row)(const matmul *p, const area *at);

#endif
