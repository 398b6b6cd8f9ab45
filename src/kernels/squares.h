/* Squares of LANES x LANES numbers, turned over in registers. */
#ifndef TINYGRAD_SQUARES_H
#define TINYGRAD_SQUARES_H

#include "kernel.h"

/* Numbers move within 16 bytes of a vector, or such parts as a whole: each is
 * one instruction. */
enum { IN_PART = 16 / sizeof(real), PARTS = LANES / IN_PART };

typedef __typeof__((vec){0} < (vec){0}) lane_order;

/* Numbers of a and, counted from LANES on, of b. */
ALWAYS_INLINE vec shuffle(vec a, vec b, lane_order order)
{
#if defined(__clang__)
    vec v;
    for (int l = 0; l < LANES; l++)
        v[l] = order[l] < LANES ? a[order[l]] : b[order[l] - LANES];
    return v;
#else
    return __builtin_shuffle(a, b, order);
#endif
}

/* Numbers first, first + 2, ... of both. */
ALWAYS_INLINE vec every_second(vec a, vec b, int first)
{
    lane_order order;

    for (int l = 0; l < LANES; l++)
        order[l] = 2 * l + first;
    return shuffle(a, b, order);
}

/* Of each part: a0 b0 a1 b1 ..., of its lower half or, from IN_PART / 2 on, the
 * upper. */
ALWAYS_INLINE vec zip(vec a, vec b, int from)
{
    lane_order order;

    for (int l = 0; l < LANES; l++)
        order[l] = l / IN_PART * IN_PART + from + l % IN_PART / 2 +
                   (l % 2 == 1 ? LANES : 0);
    return shuffle(a, b, order);
}

/* a0 b0 a1 b1 ..., from number `from` of both on. */
ALWAYS_INLINE vec interleave_halves(vec a, vec b, int from)
{
    lane_order order;

    for (int l = 0; l < LANES; l++)
        order[l] = from + l / 2 + (l % 2 == 1 ? LANES : 0);
    return shuffle(a, b, order);
}

/* Every second part, from number `first` on. */
ALWAYS_INLINE vec unzip(vec a, vec b, int first)
{
    lane_order order;

    for (int l = 0; l < LANES; l++)
        order[l] = (2 * (l / IN_PART) + first) * IN_PART + l % IN_PART;
    return shuffle(a, b, order);
}

/* Each part becomes a column: log2 IN_PART perfect shuffles. */
ALWAYS_INLINE void transpose_parts(vec v[LANES])
{
    vec z[IN_PART];

    UNROLL
    for (int n = 1; n < IN_PART; n *= 2) {
        UNROLL
        for (int i = 0; i < IN_PART / 2; i++) {
            z[2 * i] = zip(v[i], v[i + IN_PART / 2], 0);
            z[2 * i + 1] = zip(v[i], v[i + IN_PART / 2], IN_PART / 2);
        }
        UNROLL
        for (int i = 0; i < IN_PART; i++)
            v[i] = z[i];
    }
}

/* Parts change places: of vectors IN_PART apart, log2 PARTS perfect shuffles
 * backwards. */
ALWAYS_INLINE void exchange_parts(vec v[LANES])
{
    vec z[PARTS];

    UNROLL
    for (int n = 1; n < PARTS; n *= 2) {
        UNROLL
        for (int i = 0; i < PARTS / 2; i++) {
            vec a = v[2 * i * IN_PART], b = v[(2 * i + 1) * IN_PART];
            z[i] = unzip(a, b, 0);
            z[i + PARTS / 2] = unzip(a, b, 1);
        }
        UNROLL
        for (int i = 0; i < PARTS; i++)
            v[i * IN_PART] = z[i];
    }
}

ALWAYS_INLINE void transpose_vectors(vec v[LANES])
{
    UNROLL
    for (int i = 0; i < LANES; i += IN_PART)
        transpose_parts(v + i);
    UNROLL
    for (int i = 0; i < IN_PART; i++)
        exchange_parts(v + i);
}

#endif
