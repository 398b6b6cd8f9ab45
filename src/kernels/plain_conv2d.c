/* Convolutions of many channels as their formulas read: in image n and group g,
 * of which o and c count the channels,
 *     y[n,o,i,j] = b[o] + sum_ctu x[n,c,I,J] w[o,c,t,u],
 * where window (i, j) has its tap (t, u) at (I, J). */
#include "kernel.h"

/* Where tap t of window i lies along an axis; false if outside of the image. */
static bool tap_at(const tg_windows2d *s, int d, size_t i, size_t t, size_t *at)
{
    *at = i * s->stride[d] + t * s->dilation[d] - s->padding[d];
    return *at < s->in[d];
}

/* Which window has its tap t at a pixel; false if none. */
static bool window_at(const tg_windows2d *s, int d, size_t at, size_t t,
                      size_t *i)
{
    size_t from = at + s->padding[d], tap = t * s->dilation[d];

    *i = (from - tap) / s->stride[d];
    return from >= tap && (from - tap) % s->stride[d] == 0 && *i < s->out[d];
}

/* Channel `channel` of image n, group g. */
static const real *plane(const real *x, const size_t extent[2], size_t image,
                         size_t channels, size_t channel)
{
    return x + (image * channels + channel) * extent[0] * extent[1];
}

static double one_y(const tg_conv2d_sizes *s, const real *x, const real *w,
                    size_t i, size_t j)
{
    const size_t *kernel = s->at.kernel, *in = s->at.in;
    size_t I, J;
    double sum = 0;

    for (size_t c = 0; c < s->C; c++)
        for (size_t t = 0; t < kernel[0]; t++)
            for (size_t u = 0; u < kernel[1]; u++)
                if (tap_at(&s->at, 0, i, t, &I) && tap_at(&s->at, 1, j, u, &J))
                    sum += (double)plane(x, in, 0, 0, c)[I * in[1] + J] *
                           (double)plane(w, kernel, 0, 0, c)[t * kernel[1] + u];
    return sum;
}

void KERNEL(conv2d)(const tg_conv2d_sizes *s, const real *x, const real *w,
                    const real *b, real *room, real *y)
{
    (void)room;
    for (size_t n = 0; n < s->N; n++)
        for (size_t o = 0; o < s->groups * s->O; o++) {
            size_t g = o / s->O;
            const real *image =
                plane(x, s->at.in, n, s->groups * s->C, g * s->C);
            const real *row = plane(w, s->at.kernel, o, s->C, 0);
            for (size_t i = 0; i < s->at.out[0]; i++)
                for (size_t j = 0; j < s->at.out[1]; j++)
                    *y++ = (real)((b != NULL ? (double)b[o] : 0) +
                                  one_y(s, image, row, i, j));
        }
}

/* w is that of the first channel of the group at c. */
static double one_dx(const tg_conv2d_sizes *s, const real *dy, const real *w,
                     size_t I, size_t J)
{
    const size_t *kernel = s->at.kernel, *out = s->at.out;
    size_t i, j;
    double sum = 0;

    for (size_t o = 0; o < s->O; o++)
        for (size_t t = 0; t < kernel[0]; t++)
            for (size_t u = 0; u < kernel[1]; u++)
                if (window_at(&s->at, 0, I, t, &i) &&
                    window_at(&s->at, 1, J, u, &j))
                    sum +=
                        (double)plane(dy, out, 0, 0, o)[i * out[1] + j] *
                        (double)plane(w, kernel, o, s->C, 0)[t * kernel[1] + u];
    return sum;
}

void KERNEL(conv2d_dx)(const tg_conv2d_sizes *s, const real *dy, const real *w,
                       const real *b, real *room, real *dx)
{
    (void)room;
    for (size_t n = 0; n < s->N; n++)
        for (size_t c = 0; c < s->groups * s->C; c++) {
            size_t g = c / s->C;
            const real *image =
                plane(dy, s->at.out, n, s->groups * s->O, g * s->O);
            const real *row = plane(w, s->at.kernel, g * s->O, s->C, c % s->C);
            for (size_t i = 0; i < s->at.in[0]; i++)
                for (size_t j = 0; j < s->at.in[1]; j++)
                    *dx++ = (real)((b != NULL ? (double)b[c] : 0) +
                                   one_dx(s, image, row, i, j));
        }
}

/* x and dy are the first image's planes. */
static double one_dw(const tg_conv2d_sizes *s, const real *x, const real *dy,
                     size_t t, size_t u)
{
    const size_t *in = s->at.in, *out = s->at.out;
    size_t I, J;
    double sum = 0;

    for (size_t n = 0; n < s->N; n++)
        for (size_t i = 0; i < out[0]; i++)
            for (size_t j = 0; j < out[1]; j++)
                if (tap_at(&s->at, 0, i, t, &I) && tap_at(&s->at, 1, j, u, &J))
                    sum += (double)plane(x, in, n, s->groups * s->C,
                                         0)[I * in[1] + J] *
                           (double)plane(dy, out, n, s->groups * s->O,
                                         0)[i * out[1] + j];
    return sum;
}

void KERNEL(conv2d_dw)(const tg_conv2d_sizes *s, const real *x, const real *dy,
                       real *room, real *dw)
{
    (void)room;
    const tg_windows2d *at = &s->at;

    for (size_t o = 0; o < s->groups * s->O; o++)
        for (size_t c = 0; c < s->C; c++)
            for (size_t t = 0; t < at->kernel[0]; t++)
                for (size_t u = 0; u < at->kernel[1]; u++)
                    *dw++ = (real)one_dw(
                        s, plane(x, at->in, 0, 0, o / s->O * s->C + c),
                        plane(dy, at->out, 0, 0, o), t, u);
}
