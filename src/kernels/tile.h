/* Register tiles:
 *
 *     sums[r][c] = sum_q x[r][offset[q]] panel[q][c]
 *
 * Each number of x serves a row of the panel, `columns` vectors; all sums are
 * held in registers over all q. */
#ifndef TINYGRAD_TILE_H
#define TINYGRAD_TILE_H

#include "kernel.h"

/* Tiles for 32 registers of 64 bytes, or 16 smaller ones: the usual one, and
 * the most that others have. */
#define COLUMNS 3
#define ROWS (TG_VECTOR == 64 ? 8 : 4)
enum {
    PANEL = COLUMNS * LANES,
    MOST_COLUMNS = 4,
    MOST_ROWS = 20,
    MOST_RUN = 5
};

/* A panel and the numbers to multiply it with. */
typedef struct factors {
    const real *x[MOST_ROWS];
    const ptrdiff_t *offset;
    size_t depth;
    const real *panel;
    size_t pitch; /* from one row of the panel to the next */
} factors;

/* Rows r, r + 1, ... of a group are neighbours: x[r + i] = x[r] + i. Only the
 * first one's x is used, as there are not registers for all. */
ALWAYS_INLINE void multiply_groups(int rows, int group, int columns,
                                   const factors *f,
                                   vec sums[MOST_ROWS][MOST_COLUMNS])
{
    const real *panel = f->panel;

    for (size_t q = 0; q < f->depth; q++, panel += f->pitch) {
        ptrdiff_t offset = f->offset[q];
#pragma GCC unroll 20
        for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
            for (int c = 0; c < columns; c++)
                sums[r][c] += load(panel + c * LANES) *
                              f->x[r - r % group][offset + r % group];
    }
}

/* Number i of a group's meets tap t in row i - t. */
ALWAYS_INLINE void add_met(int group, int taps, int i, const vec *v, real x,
                           vec sums[][MOST_COLUMNS])
{
#pragma GCC unroll 5
    for (int t = 0; t < taps; t++)
        if (i - t >= 0 && i - t < group)
            sums[i - t][0] += v[t] * x;
}

/* A single column, where numbers q, q + 1, ... of a run are neighbours as well:
 * offset[q + t] = offset[q] + t. A number of x then serves all rows and taps of
 * a group and a run that meet there, and is read once. */
ALWAYS_INLINE void multiply_runs(int rows, int group, int taps,
                                 const factors *f,
                                 vec sums[MOST_ROWS][MOST_COLUMNS])
{
    const real *panel = f->panel;
    vec v[MOST_RUN];

    for (size_t q = 0; q < f->depth; q += (size_t)taps) {
        ptrdiff_t offset = f->offset[q];
#pragma GCC unroll 5
        for (int t = 0; t < taps; t++, panel += f->pitch)
            v[t] = load(panel);
#pragma GCC unroll 20
        for (int r = 0; r < rows; r += group)
#pragma GCC unroll 16
            for (int i = 0; i < group + taps - 1; i++)
                add_met(group, taps, i, v, f->x[r][offset + i], sums + r);
    }
}

ALWAYS_INLINE void multiply(int rows, int columns, const factors *f,
                            vec sums[MOST_ROWS][MOST_COLUMNS])
{
    multiply_groups(rows, 1, columns, f, sums);
}

#endif
