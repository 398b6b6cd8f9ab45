/* All windows of a convolution, cut into boxes. */
#ifndef TINYGRAD_BOXES_H
#define TINYGRAD_BOXES_H

#include "panel.h"

/* All windows: images, lines, columns; cut into boxes of at most `length`. */
typedef struct boxes {
    size_t windows[3], length[3], parts[3], count;
} boxes;

typedef struct box {
    size_t number, first[3], length[3], windows;
} box;

/* Boxes of at most `most` windows: some images, or some lines of an image, or
 * a part of a line. */
static inline boxes cut_windows(size_t N, const images *m, size_t most)
{
    boxes b = {.windows = {N, (size_t)m->at[0].out, (size_t)m->at[1].out},
               .count = 1};

    for (int d = 2; d >= 0; d--) {
        size_t n = b.windows[d];
        b.parts[d] = (n + most - 1) / most;
        b.length[d] = n == 0 ? 0 : (n + b.parts[d] - 1) / b.parts[d];
        b.parts[d] = n == 0 ? 0 : (n + b.length[d] - 1) / b.length[d];
        b.count *= b.parts[d];
        most = n > 0 && b.parts[d] == 1 ? most / n : 1;
    }
    return b;
}

static inline box find_box(const boxes *b, size_t number)
{
    box found = {.number = number, .windows = 1};

    for (int d = 2; d >= 0; d--) {
        size_t part = number % b->parts[d];
        number /= b->parts[d];
        size_t first = part * b->length[d], left = b->windows[d] - first;
        found.first[d] = first;
        found.length[d] = left < b->length[d] ? left : b->length[d];
        found.windows *= found.length[d];
    }
    return found;
}

#endif
