/* The gradient of cross-correlation to the weights. */
#include "correlation.h"

void KERNEL(conv2d_dw)(const tg_conv2d_sizes *s, const real *x, const real *dy,
                       real *room, real *dw)
{
    const tg_windows2d *at = &s->at;
    size_t image = at->in[0] * at->in[1], result = at->out[0] * at->out[1];
    size_t taps = s->C * at->kernel[0] * at->kernel[1];

    for (size_t g = 0; g < s->groups; g++) {
        correlation p = {
            .x = {.at = {forward_axis(at, 0), forward_axis(at, 1)},
                  .x = x + g * s->C * image,
                  .end = x + s->N * s->groups * s->C * image,
                  .image = (ptrdiff_t)(s->groups * s->C * image),
                  .channel = (ptrdiff_t)image,
                  .line = (ptrdiff_t)at->in[1]},
            .y = {(ptrdiff_t)(s->groups * s->O * result),
                  {(ptrdiff_t)at->out[1], 1}},
            .dy = dy + g * s->O * result,
            .dy_row = (ptrdiff_t)result,
            .N = s->N,
            .windows = s->N * result,
            .rows = s->O,
            .parts = tg_conv2d_dw_parts(s),
            .taps = taps,
            .dw = dw + g * s->O * taps,
        };
        if (!KERNEL(correlate_lines)(&p, room) &&
            !KERNEL(correlate_channels)(&p, room))
            KERNEL(correlate_taps)(&p);
    }
}
