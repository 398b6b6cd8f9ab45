/* Windows that slide over an image. */
#ifndef TINYGRAD_WINDOWS_H
#define TINYGRAD_WINDOWS_H

#include "kernel.h"

/* The part of window i that lies on the image, along one axis. */
typedef struct extent {
    size_t first, last;
} extent;

static inline extent on_image(const tg_windows2d *s, int d, size_t i)
{
    size_t first = i * s->stride[d], padding = s->padding[d];
    size_t last = first + s->kernel[d];
    extent e = {first > padding ? first - padding : 0,
                last > padding ? last - padding : 0};

    if (e.last > s->in[d])
        e.last = s->in[d];
    return e;
}

static inline size_t pixels(const size_t size[2])
{
    return size[0] * size[1];
}

/* The usual windows of pooling: 2 x 2, side by side. */
static inline bool is_halving(const tg_windows2d *s)
{
    for (int d = 0; d < 2; d++)
        if (s->kernel[d] != 2 || s->stride[d] != 2 || s->padding[d] != 0)
            return false;
    return true;
}

/* About how many nanoseconds a core takes for all windows of n images. */
static inline double windows_cost(size_t n, const tg_windows2d *s)
{
    return 0.3 * (double)n * (double)pixels(s->out) * (double)pixels(s->kernel);
}

#endif
