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

#endif
