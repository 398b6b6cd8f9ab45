/* Channels as the lanes of vectors, in blocks. */
#ifndef TINYGRAD_LANES_H
#define TINYGRAD_LANES_H

#include "fetch.h"

enum { WIDTH = (TG_VECTOR == 64 ? 4 : 2) * LANES }; /* of a block */

/* Lanes of the block that begins with channel `first` of n, in whole vectors:
 * WIDTH, or fewer in the last block. */
static inline size_t width_from(size_t n, size_t first)
{
    size_t left = n - first;

    return left < WIDTH ? (left + LANES - 1) / LANES * LANES : WIDTH;
}

static inline size_t channels_from(size_t n, size_t first)
{
    return n - first < WIDTH ? n - first : WIDTH;
}

/* Some of all channels: whole blocks, but for the last one of all. */
typedef struct row_range {
    size_t first, last;
} row_range;

/* Products of numbers of an image and rows of a panel:
 *
 *     sums[r][lane] (+)= sum_q at[row[r] + column[q]] panel[q][lane]
 *
 * where rows of the panel and of the sums are `width` numbers. */
typedef struct strip {
    const real *at;
    const ptrdiff_t *row, *column;
    size_t rows, columns, width;
    const real *panel;
    real *sums;
    bool first;       /* the sums have no value yet */
    const soon *soon; /* or NULL */
} strip;

void KERNEL(multiply_strip)(const strip *s);

#endif
