/* Panels of a matrix: a part of it laid out so that a register tile reads it
 * from front to back. */
#ifndef TINYGRAD_PACK_H
#define TINYGRAD_PACK_H

#include "tile.h"

/* Squares are transposed in registers: their side divides ROWS and PANEL. */
#define SIDE (ROWS < (int)LANES ? ROWS : (int)LANES)
typedef real side __attribute__((vector_size(SIDE * sizeof(real))));

/* Lanes from `from` on, of a and b in turn. */
static inline side interleave(side a, side b, int from)
{
#if defined(__clang__)
    side v;
    for (int l = 0; l < SIDE / 2; l++) {
        v[2 * l] = a[from + l];
        v[2 * l + 1] = b[from + l];
    }
    return v;
#else
    __typeof__(a < b) lanes;
    for (int l = 0; l < SIDE / 2; l++) {
        lanes[2 * l] = from + l;
        lanes[2 * l + 1] = SIDE + from + l;
    }
    return __builtin_shuffle(a, b, lanes);
#endif
}

/* to[j width + i] = from[i][j]. Each turn interleaves the upper half of the
 * rows with the lower half; log2 SIDE turns bring the columns together. */
ALWAYS_INLINE void transpose(const real *const from[SIDE], real *to,
                             size_t width)
{
    side a[SIDE], b[SIDE];

    for (int i = 0; i < SIDE; i++)
        memcpy(&a[i], from[i], sizeof a[i]);
    for (int turn = 1; turn < SIDE; turn *= 2) {
        for (int i = 0; i < SIDE / 2; i++) {
            b[2 * i] = interleave(a[i], a[i + SIDE / 2], 0);
            b[2 * i + 1] = interleave(a[i], a[i + SIDE / 2], SIDE / 2);
        }
        memcpy(a, b, sizeof a);
    }
    for (int i = 0; i < SIDE; i++, to += width)
        memcpy(to, &a[i], sizeof a[i]);
}

/* `count` lines of `depth` numbers for a panel `width` wide; line i and number
 * k lie at x[i line + k step], where one of both is 1, and nothing is read from
 * the end on. */
typedef struct lines {
    const real *x, *end;
    size_t line, step, count, depth, width;
} lines;

/* As wide as the vectors that hold all lines. */
static inline size_t filled_width(const lines *from)
{
    size_t whole = (from->count + LANES - 1) / LANES * LANES;

    return whole < from->width ? whole : from->width;
}

/* The first numbers of n; zeros for those behind the end. */
static inline void copy_checked(real *to, const real *from, size_t n,
                                const real *end)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (ptrdiff_t)i < end - from ? from[i] : 0;
}

/* Neighbouring lines. Whole vectors are read, hence numbers of no line, too. */
static __attribute__((noinline)) void pack_columns(real *to, const lines *from)
{
    const real *x = from->x;
    size_t filled = filled_width(from);

    for (size_t k = 0; k < from->depth; k++, x += from->step, to += from->width)
        if (from->end - x < (ptrdiff_t)filled)
            copy_checked(to, x, filled, from->end);
        else if (filled == PANEL)
            for (int c = 0; c < COLUMNS; c++)
                store(to + c * LANES, load(x + c * LANES));
        else
            for (size_t i = 0; i < filled; i += SIDE)
                memcpy(to + i, x + i, sizeof(side));
}

/* Up to SIDE lines of neighbouring numbers; the last one once more for those
 * that are missing. */
static __attribute__((noinline)) void pack_rows(real *to, const lines *from,
                                                size_t first)
{
    const real *row[SIDE];
    size_t k = 0, last = from->count - 1;

    for (size_t i = 0; i < SIDE; i++)
        row[i] = from->x + (first + i < last ? first + i : last) * from->line;
    for (; k + SIDE <= from->depth; k += SIDE, to += SIDE * from->width) {
        transpose(row, to, from->width);
        for (size_t i = 0; i < SIDE; i++)
            row[i] += SIDE;
    }
    for (size_t l = 0; k + l < from->depth; l++, to += from->width)
        for (size_t i = 0; i < SIDE; i++)
            to[i] = row[i][l];
}

/* to[k width + i] = number k of line i. Behind the last line, anything fills
 * its vector. */
static inline void pack(real *to, const lines *from)
{
    if (from->line == 1) {
        pack_columns(to, from);
        return;
    }
    for (size_t i = 0; i < filled_width(from); i += SIDE)
        pack_rows(to + i, from, i);
}

#endif
