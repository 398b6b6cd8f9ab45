/* Rows of numbers turned over into rows of lanes, and back. */
#ifndef TINYGRAD_TRANSPOSE_H
#define TINYGRAD_TRANSPOSE_H

#include "squares.h"

/* Some channels of n numbers each, turned over: a row for each number, whose
 * `width` lanes are channels, against a row for each channel. */
typedef struct turned {
    const real *from;
    size_t width, n, channels;
    const real *b; /* of the channels, or NULL */
    real *to;
    ptrdiff_t row, step; /* in `to`, from a channel or a number to the next */
} turned;

static inline void turn_scalars_back(const turned *t)
{
    for (size_t c = 0; c < t->channels; c++)
        for (size_t q = 0; q < t->n; q++)
            t->to[(ptrdiff_t)c * t->row + (ptrdiff_t)q * t->step] =
                t->from[q * t->width + c] + (t->b != NULL ? t->b[c] : 0);
}

static inline void turn_block_back(const turned *t, size_t q, size_t c)
{
    vec v[LANES];
    real *to = t->to + (ptrdiff_t)c * t->row + (ptrdiff_t)q;
    size_t channels = t->channels - c;

    for (size_t i = 0; i < LANES; i++)
        v[i] = load(t->from + (q + i) * t->width + c);
    transpose_vectors(v);
    for (size_t i = 0; i < LANES; i++, to += t->row) {
        if (i == channels)
            return;
        store(to, t->b != NULL ? v[i] + t->b[c + i] : v[i]);
    }
}

/* From rows of lanes to rows of numbers, with b. The last block begins early
 * enough to be whole. */
static inline void turn_back(const turned *t)
{
    if (t->step != 1 || t->n < LANES) {
        turn_scalars_back(t);
        return;
    }
    for (size_t q = 0; q < t->n; q += LANES) {
        size_t at = q + LANES <= t->n ? q : t->n - LANES;
        for (size_t c = 0; c < t->channels; c += LANES)
            turn_block_back(t, at, c);
    }
}

static inline void turn_block(const real *from, size_t row, size_t channels,
                              real *to, size_t width)
{
    vec v[LANES];

    for (size_t i = 0; i < LANES; i++)
        v[i] = i < channels ? load(from + i * row) : (vec){0};
    transpose_vectors(v);
    for (size_t i = 0; i < LANES; i++)
        store(to + i * width, v[i]);
}

/* From rows of n numbers, `row` apart, to rows of lanes; those beyond the
 * channels are 0. */
static inline void turn(const real *from, size_t row, size_t n, size_t channels,
                        real *to, size_t width)
{
    for (size_t q = 0; n >= LANES && q < n; q += LANES) {
        size_t at = q + LANES <= n ? q : n - LANES;
        for (size_t c = 0; c < width; c += LANES)
            turn_block(from + c * row + at, row,
                       channels > c ? channels - c : 0, to + at * width + c,
                       width);
    }
    for (size_t q = 0; n < LANES && q < n; q++)
        for (size_t c = 0; c < width; c++)
            to[q * width + c] = c < channels ? from[c * row + q] : 0;
}

/* n numbers, of two lines in turn, but for an odd last one; how many there are.
 * The last vectors begin early enough to be whole. */
static inline size_t interleave_pairs(real *to, const real *lines, size_t pitch,
                                      size_t n)
{
    size_t pairs = n / 2;

    if (pairs < LANES)
        return 0;
    for (size_t i = 0; i < pairs; i += LANES) {
        size_t at = i + LANES <= pairs ? i : pairs - LANES;
        vec a = load(lines + at), b = load(lines + pitch + at);
        store(to + 2 * at, interleave_halves(a, b, 0));
        store(to + 2 * at + LANES, interleave_halves(a, b, LANES / 2));
    }
    return 2 * pairs;
}

/* n numbers, of `step` lines in turn. */
static inline void interleave(real *to, const real *lines, size_t step,
                              size_t pitch, size_t n)
{
    size_t done = step == 2 ? interleave_pairs(to, lines, pitch, n) : 0;

    for (size_t s = 0; s < step; s++, lines += pitch) {
        const real *from = lines + done / step;
        for (size_t i = done + s; i < n; i += step)
            to[i] = *from++;
    }
}

#endif
