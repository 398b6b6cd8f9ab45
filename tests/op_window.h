/* Windows that slide over images, for the samples of ops on images. */
#ifndef OP_WINDOW_H
#define OP_WINDOW_H

#include "op_table.h"

/* One axis of a window: extent of the input, of the window, and of the result,
 * and where tap a of result i lies. */
typedef struct window {
    int64_t extent, taps, results, stride, padding, dilation;
} window;

static inline int64_t place(const window *w, int64_t i, int64_t a)
{
    return i * w->stride + a * w->dilation - w->padding;
}

static inline bool inside(const window *w, int64_t at)
{
    return at >= 0 && at < w->extent;
}

static inline int at_least_1(int n)
{
    return n > 0 ? n : 1;
}

#endif
