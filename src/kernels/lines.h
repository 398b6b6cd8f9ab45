/* Windows of a line as the lanes of vectors. */
#ifndef TINYGRAD_LINES_H
#define TINYGRAD_LINES_H

#include "patch.h"

enum { MOST_SEGMENTS = 64 };

/* Up to LANES windows of a line: where their first taps begin, and where their
 * results lie. Where a line is long enough its last segment begins early, so
 * that it is whole; the first `again` windows are then of the one before, too.
 */
typedef struct segment {
    ptrdiff_t at, y;
    size_t again;
} segment;

/* Boxes of at most MOST_SEGMENTS. */
static inline boxes cut_lines(size_t N, const images *m)
{
    images wide = *m;

    if (wide.at[1].out < LANES)
        wide.at[1].out = LANES;
    boxes b = cut_windows(N, &wide, MOST_SEGMENTS / 2 * LANES);
    b.windows[2] = (size_t)m->at[1].out;
    if (b.parts[2] == 1)
        b.length[2] = b.windows[2];
    return b;
}

/* How many windows of a segment there are. */
static inline size_t windows_of(const box *b)
{
    return b->length[2] < LANES ? b->length[2] : LANES;
}

static inline size_t cut_line(size_t columns, ptrdiff_t at, ptrdiff_t y,
                              ptrdiff_t y_step, segment *s)
{
    size_t n = 0;

    for (size_t j = 0; j < columns; j += LANES, n++) {
        size_t early = j > 0 && j + LANES > columns ? j + LANES - columns : 0;
        ptrdiff_t from = (ptrdiff_t)(j - early);
        s[n] = (segment){at + from, y + from * y_step, early};
    }
    return n;
}

/* In order of lines, then images. */
static inline size_t find_segments(const images *m, const places *y,
                                   const patch *p, const box *b, segment *s)
{
    ptrdiff_t first = (ptrdiff_t)b->first[0] * y->image +
                      (ptrdiff_t)b->first[1] * y->step[0] +
                      (ptrdiff_t)b->first[2] * y->step[1];
    size_t n = 0;

    for (ptrdiff_t i = 0; i < (ptrdiff_t)b->length[1]; i++)
        for (ptrdiff_t image = 0; image < (ptrdiff_t)b->length[0]; image++)
            n += cut_line(
                b->length[2], image * p->image + i * m->at[0].step * p->line,
                first + image * y->image + i * y->step[0], y->step[1], s + n);
    return n;
}

/* Tiles have 8, 6, 4, 3, 2 rows or 1: the most that fit into so many. */
static inline size_t rows_of_tile(size_t left)
{
    if (left >= 8)
        return 8;
    if (left >= 6)
        return 6;
    return left < 4 ? left : 4;
}

#endif
