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

static inline matrix transpose_of(matrix a)
{
    return (matrix){a.x, a.end, a.column, a.row, a.next};
}

/* y (m, n) = a (m, k) b (k, n); y has steps like theirs. */
typedef struct matmul {
    size_t m, n, k;
    matrix a, b;
    const real *panels; /* b, packed, or NULL */
    const real *start;  /* what is added to each row, or NULL */
    real *y;
    size_t y_row, y_column, y_next;
} matmul;

/* Rows and columns of the result, from the first to before the last. */
typedef struct area {
    size_t row, last_row, column, last_column;
} area;

/* A tile of results: vectors side by side, as many in all as registers hold
 * besides what they are made of. */
#if TG_VECTOR == 64
enum { TILE_ROWS = 8, TILE_VECTORS = 3 };
#else
enum { TILE_ROWS = 6, TILE_VECTORS = 2 };
#endif

/* Terms are added up in parts: of b, so many rows of a panel of PANEL columns
 * stay in the first cache, and of a, so many columns of BLOCK rows in the
 * second. Both are on the stack. */
enum {
    PANEL = TILE_VECTORS * LANES,
    TERMS = TG_VECTOR == 64 ? 128 : 256,
    STACK = 112 * 1024 / (TERMS * (int)sizeof(real)), /* rows and columns */
    BLOCK = (STACK - PANEL) / TILE_ROWS * TILE_ROWS
};

/* The terms of a part, but for the last, which may have fewer. */
static inline size_t depth_of(size_t k)
{
    size_t parts = (k + TERMS - 1) / TERMS;

    return (k + parts - 1) / parts;
}

/* Where the panel of b lies that begins with term k and column j, among all. */
static inline size_t panel_at(size_t n, size_t k, size_t depth, size_t j)
{
    return k * ((n + PANEL - 1) / PANEL * PANEL) + j * depth;
}

/* Packs b into the room of tg_matmul_room. */
void KERNEL(matmul_panels)(const matmul *p, real *to);
/* `count` products. */
void KERNEL(run_tiles)(const matmul *p, size_t count);
/* The results in an area. */
void KERNEL(matmul_tiles)(const matmul *p, const area *at);
/* The same for a product of one row, whose columns begin at a multiple of
 * MATMUL_CHUNK. */
enum { MATMUL_CHUNK = 1024 };
void KERNEL(matmul_row)(const matmul *p, const area *at);

#endif
