/* Register tiles: rows of weights times a panel of numbers.
 *
 *     sums[r][j] = sum_k w[r][offset[k]] panel[k][j]
 *
 * A panel's rows are PANEL numbers, COLUMNS vectors; ROWS rows of as many sums
 * are held in registers over all k. */
#ifndef TINYGRAD_TILE_H
#define TINYGRAD_TILE_H

#include "kernel.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* With 32 registers of 64 bytes, or 16 smaller ones. */
#define COLUMNS 3
#define ROWS (TG_VECTOR == 64 ? 8 : 4)
enum {
    MOST_ROWS = 8,
    PANEL = COLUMNS * LANES,
    PANEL_BYTES = 24 * 1024,
    DEPTH = PANEL_BYTES / (PANEL * (int)sizeof(real))
};

/* A panel's weights: the first row's, and the next row. */
typedef struct weights {
    const real *w;
    ptrdiff_t row;
    const ptrdiff_t *offset;
    size_t depth;
} weights;

ALWAYS_INLINE void multiply(int rows, int columns, const weights *at,
                            const real *panel, vec sums[MOST_ROWS][COLUMNS])
{
    const real *w[MOST_ROWS];

    for (int r = 0; r < rows; r++)
        w[r] = at->w + r * at->row;
    for (size_t k = 0; k < at->depth; k++, panel += PANEL) {
        ptrdiff_t offset = at->offset[k];
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++)
                sums[r][c] += load(panel + c * LANES) * w[r][offset];
    }
}

#endif
