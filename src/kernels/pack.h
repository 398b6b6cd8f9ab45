/* Panels of a matrix: a part of it laid out so that a register tile reads it
 * from front to back. */
#ifndef TINYGRAD_PACK_H
#define TINYGRAD_PACK_H

#include "squares.h"

/* `count` lines of `depth` numbers, for panels `width` wide and `pitch` apart;
 * line i and number k lie at x[i line + k step], where one of both is 1, and
 * nothing is read from the end on. */
typedef struct lines {
    const real *x, *end;
    size_t line, step, count, depth, width, pitch;
} lines;

/* The first numbers of n; zeros for those behind the end. */
static inline void copy_checked(real *to, const real *from, size_t n,
                                const real *end)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (ptrdiff_t)i < end - from ? from[i] : 0;
}

/* Number k of up to a panel's lines. Whole vectors are read, hence numbers of
 * no line, too, and written: what they hold beyond the width is yet to come. */
ALWAYS_INLINE void pack_column(real *to, const lines *from, const real *x,
                               size_t count)
{
    size_t filled = (count + LANES - 1) / LANES * LANES;

    if (from->end - x < (ptrdiff_t)filled)
        copy_checked(to, x, filled, from->end);
    else
        for (size_t i = 0; i < filled; i += LANES)
            store(to + i, load(x + i));
}

/* Neighbouring lines: of all panels, what lies side by side. Each number k may
 * lie in a page of its own, where processors do not look ahead. */
static __attribute__((noinline)) void pack_columns(real *to, const lines *from)
{
    enum { EARLY = 8, CACHE_LINE = 64 / sizeof(real) };
    const real *x = from->x;

    for (size_t k = 0; k < from->depth;
         k++, x += from->step, to += from->width) {
        const real *next = k + EARLY < from->depth ? x + EARLY * from->step : x;
        for (size_t i = 0; i < from->count; i += CACHE_LINE)
            __builtin_prefetch(next + i);
        real *panel = to;
        for (size_t i = 0; i < from->count; i += from->width) {
            size_t left = from->count - i;
            pack_column(panel, from, x + i,
                        left < from->width ? left : from->width);
            panel += from->pitch;
        }
    }
}

/* to[j width + i] = from[i][j] */
ALWAYS_INLINE void transpose(const real *const from[LANES], size_t j, real *to,
                             size_t width)
{
    vec v[LANES];

    UNROLL
    for (int i = 0; i < LANES; i++)
        v[i] = load(from[i] + j);
    transpose_vectors(v);
    to += j * width;
    UNROLL
    for (int i = 0; i < LANES; i++, to += width)
        store(to, v[i]);
}

/* LANES lines of neighbouring numbers, from `first` on; the last one once more
 * for those that are missing. The last square begins early, so that it is
 * whole. */
static __attribute__((noinline)) void pack_rows(real *to, const lines *from,
                                                size_t first)
{
    const real *row[LANES];
    size_t last = from->count - 1, depth = from->depth;

    for (size_t i = 0; i < LANES; i++)
        row[i] = from->x + (first + i < last ? first + i : last) * from->line;
    for (size_t k = 0; depth >= LANES && k < depth; k += LANES)
        transpose(row, k + LANES <= depth ? k : depth - LANES, to, from->width);
    for (size_t k = 0; depth < LANES && k < depth; k++, to += from->width)
        for (size_t i = 0; i < LANES; i++)
            to[i] = row[i][k];
}

/* Lines [first, last), for one panel. */
static inline void pack_squares(real *to, const lines *from, size_t first,
                                size_t last)
{
    for (size_t i = 0; first + i < last; i += LANES) {
        size_t left = from->width - i;
        size_t early = left < LANES && i > 0 ? LANES - left : 0;
        pack_rows(to + i - early, from, first + i - early);
    }
}

/* In a panel, to[k width + i] = number k of its line i. Behind the last line,
 * anything fills its vector; behind a panel, up to a vector is written. */
static inline void pack(real *to, const lines *from)
{
    if (from->line == 1) {
        pack_columns(to, from);
        return;
    }
    for (size_t i = 0; i < from->count; i += from->width, to += from->pitch) {
        size_t left = from->count - i;
        pack_squares(to, from, i,
                     i + (left < from->width ? left : from->width));
    }
}

#endif
