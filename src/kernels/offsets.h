/* Where the windows and the taps of a box lie in its patch. */
#ifndef TINYGRAD_OFFSETS_H
#define TINYGRAD_OFFSETS_H

#include "patch.h"

/* Where windows lie, from the first one. */
static inline void find_windows(const images *m, const patch *p, const box *b,
                                ptrdiff_t *offset)
{
    ptrdiff_t step = m->at[1].step / p->split;

    for (size_t n = 0; n < b->length[0]; n++)
        for (size_t i = 0; i < b->length[1]; i++) {
            ptrdiff_t at = (ptrdiff_t)n * p->image +
                           (ptrdiff_t)i * m->at[0].step * p->line;
            for (size_t j = 0; j < b->length[2]; j++, at += step)
                *offset++ = at;
        }
}

/* A number of all taps: channels, rows, columns, the last the fastest. */
typedef struct tap {
    ptrdiff_t c, t, u;
} tap;

static inline tap find_tap(const images *m, size_t k)
{
    size_t T = (size_t)m->at[0].taps, U = (size_t)m->at[1].taps;

    return (tap){(ptrdiff_t)(k / U / T), (ptrdiff_t)(k / U % T),
                 (ptrdiff_t)(k % U)};
}

/* The first tap of the next row. */
static inline void next_row(const images *m, tap *k)
{
    k->u = 0;
    if (++k->t < m->at[0].taps)
        return;
    k->t = 0;
    k->c++;
}

static inline void next_tap(const images *m, tap *k)
{
    if (++k->u == m->at[1].taps)
        next_row(m, k);
}

static inline ptrdiff_t place_in_line(const patch *p, ptrdiff_t column)
{
    return p->split == 1 ? column
                         : column % p->split * p->run + column / p->split;
}

/* Where `n` taps from number `first` on lie, from the patch's `at`, if that is
 * of the channel of `first`. */
static inline void find_taps(const images *m, const patch *p, size_t first,
                             size_t n, ptrdiff_t *offset)
{
    tap k = find_tap(m, first);

    for (k.c = 0; n > 0; next_row(m, &k)) {
        ptrdiff_t line = k.c * p->channel + k.t * m->at[0].tap * p->line;
        for (; n > 0 && k.u < m->at[1].taps; n--, k.u++)
            *offset++ = line + place_in_line(p, p->column + k.u * m->at[1].tap);
    }
}

#endif
