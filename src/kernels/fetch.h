/* What is wanted soon, fetched a few lines of memory at a time while tiles are
 * at work. The lines of many channels lie apart: processors see no pattern in
 * them, and would wait for each. */
#ifndef TINYGRAD_FETCH_H
#define TINYGRAD_FETCH_H

#include "patch.h"

enum {
    MOST_RUNS = 256, /* what does not fit is not fetched */
    CACHE_LINE = 64 / sizeof(real)
};

/* Whether so many numbers have no place in the second cache: or else what is
 * wanted is there. */
static inline bool are_far(size_t numbers)
{
    return numbers > (1 << 20) / sizeof(real);
}

/* Keeps calls of a function that does nothing but fetch: compilers see no
 * effect of it. */
static inline void stay(void)
{
    __asm__ volatile("");
}

typedef struct soon {
    size_t count;
    struct {
        const real *at;
        size_t length;
    } runs[MOST_RUNS];
} soon;

/* Lines of `length` numbers, `line` apart. */
static inline void want_lines(soon *s, const real *at, size_t lines,
                              ptrdiff_t line, size_t length)
{
    if (line == (ptrdiff_t)length) {
        length *= lines;
        lines = 1;
    }
    for (; length > 0 && lines > 0 && s->count < MOST_RUNS;
         lines--, at += line) {
        s->runs[s->count].at = at;
        s->runs[s->count++].length = length;
    }
}

/* What a box's patch of some channels takes from the image. */
static inline void want_patch(soon *s, const images *m, const box *b,
                              size_t channel, size_t channels)
{
    size_t first[2], count[2];

    for (int d = 0; d < 2; d++) {
        reach at = find_reach(&m->at[d], b->first[1 + d], b->length[1 + d]);
        ptrdiff_t low = at.low > 0 ? at.low : 0;
        ptrdiff_t high = at.low + at.length;
        high = high < m->at[d].in ? high : m->at[d].in;
        first[d] = (size_t)low;
        if (high <= low)
            return;
        count[d] = (size_t)(high - low);
    }
    for (size_t n = 0; n < b->length[0]; n++)
        for (size_t c = 0; c < channels; c++)
            want_lines(s,
                       m->x + (ptrdiff_t)(b->first[0] + n) * m->image +
                           (ptrdiff_t)(channel + c) * m->channel +
                           (ptrdiff_t)first[0] * m->line + (ptrdiff_t)first[1],
                       count[0], m->line, count[1]);
}

/* Runs [first, last), into the second cache: the first is full. */
static inline void fetch_runs(const soon *s, size_t first, size_t last)
{
    for (; first < last; first++) {
        const real *at = s->runs[first].at;
        size_t length = s->runs[first].length;
        for (size_t l = 0; l < length; l += CACHE_LINE)
            __builtin_prefetch(at + l, 0, 2);
        __builtin_prefetch(at + length - 1, 0, 2);
    }
}

#endif
