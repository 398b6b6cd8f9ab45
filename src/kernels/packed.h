/* Weights of a product, packed: a row of lanes for each tap, phase by phase,
 * and in a phase block by block. */
#ifndef TINYGRAD_PACKED_H
#define TINYGRAD_PACKED_H

#include "product.h"

#include "lanes.h"
#include "offsets.h"

typedef struct packed {
    const product *p;
    const phases *f;
    size_t phases, taps, of_channel; /* taps that some phase has */
    real *at;
} packed;

/* Those of so many taps that a phase has: there are whole channels of them, or
 * else a single phase. */
static inline size_t taps_of(const packed *w, const phase_taps *f, size_t taps)
{
    return taps * (f->taps[0] * f->taps[1]) / w->of_channel;
}

/* The image as one phase sees it. */
static inline images images_of(const packed *w, const phase_taps *f)
{
    images m = w->p->x;

    for (int d = 0; d < 2; d++)
        m.at[d].taps = (ptrdiff_t)f->taps[d];
    return m;
}

static inline void pack_block(const packed *w, const phase_taps *f,
                              size_t first, real *to)
{
    const product *p = w->p;
    images m = images_of(w, f);
    size_t width = width_from(p->rows, first);
    size_t used = channels_from(p->rows, first);
    tap k = {0, 0, 0};

    for (size_t n = taps_of(w, f, w->taps); n > 0; n--, to += width) {
        const real *from = f->w + k.c * p->w_channel + k.t * p->w_tap[0] +
                           k.u * p->w_tap[1] + (ptrdiff_t)first * p->w_row;
        for (size_t o = 0; o < used; o++)
            to[o] = from[(ptrdiff_t)o * p->w_row];
        for (size_t o = used; o < width; o++)
            to[o] = 0;
        next_tap(&m, &k);
    }
}

/* Of a phase, whose weights of all rows lie together. */
static inline real *weights_of(const packed *w, size_t number, size_t row)
{
    size_t lanes = (w->p->rows + LANES - 1) / LANES * LANES;
    real *at = w->at;

    for (size_t i = 0; i < number; i++)
        at += taps_of(w, &w->f->of[i], w->taps) * lanes;
    return at + taps_of(w, &w->f->of[number], w->taps) * row;
}

static inline void pack_blocks(void *loop, size_t first, size_t last)
{
    const packed *w = loop;

    for (size_t i = 0; i < w->phases; i++)
        for (size_t row = first; row < last; row += WIDTH)
            pack_block(w, &w->f->of[i], row, weights_of(w, i, row));
}

#endif
