/* Cross-correlation with kernels of 1x1 and large images: products of matrices,
 * (O, C) x (C, pixels) for each image, and likewise its gradient to the image.
 */
#include "pointwise.h"

#include "matmul.h"

/* For which it pays. Where channels lie in pages of memory of their own, they
 * had better be packed before they are read again and again. */
enum { LEAST_CHANNELS = 32, LEAST_PIXELS = 4096 / sizeof(real) };

bool KERNEL(is_pointwise)(const tg_conv2d_sizes *s)
{
    for (int d = 0; d < 2; d++)
        if (s->at.kernel[d] != 1 || s->at.stride[d] != 1 ||
            s->at.padding[d] != 0 || s->at.out[d] != s->at.in[d])
            return false;
    return s->N > 0 && s->C >= LEAST_CHANNELS && s->O >= LEAST_CHANNELS &&
           s->at.in[0] * s->at.in[1] >= LEAST_PIXELS;
}

/* One image's channels of a group, (channels, pixels). */
static matrix image_of(const tg_conv2d_sizes *s, const real *x, size_t channels,
                       size_t group)
{
    size_t pixels = s->at.in[0] * s->at.in[1], size = channels * pixels;
    const real *from = x + group * size;

    return (matrix){from, from + size, pixels, 1, s->groups * size};
}

/* Weights of a group, (O, C). */
static matrix weights_of(const tg_conv2d_sizes *s, const real *w, size_t group)
{
    const real *from = w + group * s->O * s->C;

    return (matrix){from, from + s->O * s->C, s->C, 1, 0};
}

/* y = a x for each image, y of m channels and x of k; b begins y's channels. */
static void multiply_images(const tg_conv2d_sizes *s, size_t group, size_t m,
                            size_t k, matrix a, const real *x, const real *b,
                            real *y)
{
    size_t pixels = s->at.in[0] * s->at.in[1];
    matmul p = {.m = m,
                .n = pixels,
                .k = k,
                .a = a,
                .b = image_of(s, x, k, group),
                .start = b != NULL ? b + group * m : NULL,
                .y = y + group * m * pixels,
                .y_row = pixels,
                .y_column = 1,
                .y_next = s->groups * m * pixels};

    KERNEL(run_tiles)(&p, s->N);
}

void KERNEL(pointwise)(const tg_conv2d_sizes *s, const real *x, const real *w,
                       const real *b, real *y)
{
    for (size_t g = 0; g < s->groups; g++)
        multiply_images(s, g, s->O, s->C, weights_of(s, w, g), x, b, y);
}

void KERNEL(pointwise_dx)(const tg_conv2d_sizes *s, const real *dy,
                          const real *w, const real *b, real *dx)
{
    for (size_t g = 0; g < s->groups; g++)
        multiply_images(s, g, s->C, s->O, transpose_of(weights_of(s, w, g)), dy,
                        b, dx);
}
