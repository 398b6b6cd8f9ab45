/* Windows of a line as the lanes of vectors. */
#ifndef TINYGRAD_LINES_H
#define TINYGRAD_LINES_H

#include "offsets.h"

enum { MOST_SEGMENTS = 64 };

/* Up to LANES windows of a line: where their first taps begin, in which row of
 * the image, and where their results lie. Where a line is long enough its last
 * segment begins early, so that it is whole; the first `again` windows are then
 * of the one before, too.
 */
typedef struct segment {
    ptrdiff_t at, row, y;
    size_t again;
} segment;

/* Boxes of at most MOST_SEGMENTS. */
static inline boxes cut_lines(size_t N, const images *m)
{
    images wide = *m;

    wide.at[1].out = (wide.at[1].out + LANES - 1) / LANES * LANES;
    boxes b = cut_windows(N, &wide, MOST_SEGMENTS * LANES);
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

/* The segments of a line, from its first window. */
static inline size_t cut_line(size_t columns, ptrdiff_t y_step, segment *s)
{
    size_t n = 0;

    for (size_t j = 0; j < columns; j += LANES, n++) {
        size_t again = j > 0 && j + LANES > columns ? j + LANES - columns : 0;
        ptrdiff_t from = (ptrdiff_t)(j - again);
        s[n] = (segment){.at = from, .y = from * y_step, .again = again};
    }
    return n;
}

/* In order of lines, then images. */
static inline size_t find_segments(const images *m, const places *y,
                                   const patch *p, const box *b, segment *s)
{
    segment line[MOST_SEGMENTS];
    size_t in_line = cut_line(b->length[2], y->step[1], line), n = 0;
    ptrdiff_t step = m->at[0].step;

    for (size_t i = 0; i < b->length[1]; i++)
        for (size_t image = 0; image < b->length[0]; image++) {
            ptrdiff_t row = (ptrdiff_t)(b->first[1] + i);
            ptrdiff_t number = (ptrdiff_t)(b->first[0] + image);
            ptrdiff_t at =
                (ptrdiff_t)image * p->image + (ptrdiff_t)i * step * p->line;
            ptrdiff_t to = number * y->image + row * y->step[0] +
                           (ptrdiff_t)b->first[2] * y->step[1];
            for (size_t j = 0; j < in_line; j++, n++) {
                s[n].at = at + line[j].at;
                s[n].row = row * step + m->at[0].first;
                s[n].y = to + line[j].y;
                s[n].again = line[j].again;
            }
        }
    return n;
}

/* n / d, n being any number, rounded up and at least 0. */
static inline ptrdiff_t ceiling(ptrdiff_t n, ptrdiff_t d)
{
    return n > 0 ? (n + d - 1) / d : 0;
}

/* Whether all rows of taps meet the image from the line that begins at row. */
static inline bool meets_all(const axis *a, ptrdiff_t row)
{
    ptrdiff_t other = row + (a->taps - 1) * a->tap;

    return row >= 0 && row < a->in && other >= 0 && other < a->in;
}

/* Rows [first, last) of the taps: those that meet the image from a line between
 * `low` and `high` at least. */
typedef struct rows_met {
    ptrdiff_t first, last;
} rows_met;

static inline rows_met find_rows_met(const axis *a, ptrdiff_t low,
                                     ptrdiff_t high)
{
    rows_met r = {ceiling(-high, a->tap), ceiling(a->in - low, a->tap)};

    if (a->tap < 0)
        r = (rows_met){ceiling(low - a->in + 1, -a->tap),
                       ceiling(high + 1, -a->tap)};
    if (r.last > a->taps)
        r.last = a->taps;
    return r;
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
