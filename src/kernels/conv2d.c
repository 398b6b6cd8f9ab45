/* Cross-correlation of many channels, and its gradient to the image. */
#include "pointwise.h"
#include "product.h"

static size_t pixels(const size_t extent[2])
{
    return extent[0] * extent[1];
}

void KERNEL(conv2d)(const tg_conv2d_sizes *s, const real *x, const real *w,
                    const real *b, real *room, real *y)
{
    const tg_windows2d *at = &s->at;
    size_t image = pixels(at->in), result = pixels(at->out);
    size_t taps = pixels(at->kernel);

    if (KERNEL(is_pointwise)(s)) {
        KERNEL(pointwise)(s, x, w, b, y);
        return;
    }
    for (size_t g = 0; g < s->groups; g++) {
        product p = {
            .x = {.x = x + g * s->C * image,
                  .end = x + s->N * s->groups * s->C * image,
                  .image = (ptrdiff_t)(s->groups * s->C * image),
                  .channel = (ptrdiff_t)image,
                  .line = (ptrdiff_t)at->in[1]},
            .N = s->N,
            .rows = s->O,
            .channels = s->C,
            .w = w + g * s->O * s->C * taps,
            .w_row = (ptrdiff_t)(s->C * taps),
            .w_channel = (ptrdiff_t)taps,
            .w_tap = {(ptrdiff_t)at->kernel[1], 1},
            .b = b != NULL ? b + g * s->O : NULL,
            .y = y + g * s->O * result,
            .y_row = (ptrdiff_t)result,
            .at = {(ptrdiff_t)(s->groups * s->O * result),
                   {(ptrdiff_t)at->out[1], 1}},
        };
        for (int d = 0; d < 2; d++)
            p.x.at[d] = forward_axis(at, d);
        KERNEL(run_product)(p, room);
    }
}

/* ---- the gradient to the image
 *
 * Where windows are `stride` apart, a pixel meets only the taps that lie at a
 * multiple of it from the pixel: so the gradient falls apart into stride x
 * stride images, each of which is a correlation of its own with some of the
 * taps, taken backwards. */

static size_t greatest_divisor(size_t a, size_t b)
{
    while (b != 0) {
        size_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Some taps along one axis: first, first + step, ... */
typedef struct some_taps {
    size_t first, step;
} some_taps;

/* The axis of dy for pixels phase, phase + stride, ..., and their taps. */
static axis backward_axis(const tg_windows2d *at, int d, size_t phase,
                          some_taps *taps)
{
    size_t stride = at->stride[d], dilation = at->dilation[d];
    size_t common = greatest_divisor(stride, dilation);
    size_t padded = phase + at->padding[d], first = 0;

    taps->step = stride / common;
    while (first < at->kernel[d] && first < taps->step &&
           (padded % stride + stride - first * dilation % stride) % stride)
        first++;
    taps->first = first;
    axis a = {.in = (ptrdiff_t)at->out[d],
              .out = (ptrdiff_t)((at->in[d] - phase + stride - 1) / stride),
              .step = 1,
              .tap = -(ptrdiff_t)(dilation / common)};
    if (first >= at->kernel[d] || first >= taps->step)
        return a;
    a.taps = (ptrdiff_t)((at->kernel[d] - first + taps->step - 1) / taps->step);
    a.first =
        ((ptrdiff_t)padded - (ptrdiff_t)(first * dilation)) / (ptrdiff_t)stride;
    return a;
}

static void put_phase(const product *whole, const tg_windows2d *at,
                      const size_t phase[2], real *room)
{
    product p = *whole;

    for (int d = 0; d < 2; d++) {
        some_taps taps;
        p.x.at[d] = backward_axis(at, d, phase[d], &taps);
        p.w += (ptrdiff_t)taps.first * whole->w_tap[d];
        p.w_tap[d] = (ptrdiff_t)taps.step * whole->w_tap[d];
        p.y += (ptrdiff_t)phase[d] * whole->at.step[d];
        p.at.step[d] = (ptrdiff_t)at->stride[d] * whole->at.step[d];
    }
    KERNEL(run_product)(p, room);
}

static void put_phases(const product *whole, const tg_windows2d *at, real *room)
{
    size_t phase[2];

    for (phase[0] = 0; phase[0] < at->stride[0] && phase[0] < at->in[0];
         phase[0]++)
        for (phase[1] = 0; phase[1] < at->stride[1] && phase[1] < at->in[1];
             phase[1]++)
            put_phase(whole, at, phase, room);
}

/* ---- all phases at once
 *
 * Without dilation a phase has neighbouring taps, and those of all phases are
 * neighbours, too: one image of dy serves them all. */

/* The axis of dy for all pixels: with the taps of every phase. */
static axis joint_axis(const tg_windows2d *at, int d)
{
    size_t stride = at->stride[d];
    ptrdiff_t first = (ptrdiff_t)((stride - 1 + at->padding[d]) / stride);
    ptrdiff_t last = first;

    for (size_t phase = 0; phase < stride; phase++) {
        some_taps taps;
        axis a = backward_axis(at, d, phase, &taps);
        if (a.taps > 0 && a.first - a.taps + 1 < last)
            last = a.first - a.taps + 1;
    }
    return (axis){.in = (ptrdiff_t)at->out[d],
                  .out = (ptrdiff_t)((at->in[d] + stride - 1) / stride),
                  .taps = first - last + 1,
                  .step = 1,
                  .first = first,
                  .tap = -1};
}

static phase_taps taps_of(const product *joint, const tg_windows2d *at,
                          const size_t number[2])
{
    phase_taps f = {.w = joint->w};

    for (int d = 0; d < 2; d++) {
        some_taps taps;
        axis a = backward_axis(at, d, number[d], &taps);
        if (a.taps == 0)
            return (phase_taps){.w = joint->w};
        f.first[d] = (size_t)(joint->x.at[d].first - a.first);
        f.taps[d] = (size_t)a.taps;
        f.w +=
            (ptrdiff_t)taps.first * joint->w_tap[d] / (ptrdiff_t)at->stride[d];
    }
    return f;
}

static bool put_joint_phases(const product *whole, const tg_windows2d *at,
                             real *room)
{
    product p = *whole;
    phases f = {.step = {at->stride[0], at->stride[1]},
                .out = {at->in[0], at->in[1]}};

    if (at->dilation[0] != 1 || at->dilation[1] != 1 ||
        f.step[0] > MOST_PHASES || f.step[0] * f.step[1] > MOST_PHASES)
        return false;
    for (int d = 0; d < 2; d++) {
        p.x.at[d] = joint_axis(at, d);
        p.w_tap[d] *= (ptrdiff_t)at->stride[d];
    }
    for (size_t i = 0; i < f.step[0] * f.step[1]; i++)
        f.of[i] = taps_of(&p, at, (size_t[]){i / f.step[1], i % f.step[1]});
    return KERNEL(run_phases)(&p, &f, room);
}

void KERNEL(conv2d_dx)(const tg_conv2d_sizes *s, const real *dy, const real *w,
                       const real *b, real *room, real *dx)
{
    const tg_windows2d *at = &s->at;
    size_t image = pixels(at->in), result = pixels(at->out);
    size_t taps = pixels(at->kernel);

    if (KERNEL(is_pointwise)(s)) {
        KERNEL(pointwise_dx)(s, dy, w, b, dx);
        return;
    }
    for (size_t g = 0; g < s->groups; g++) {
        product p = {
            .x = {.x = dy + g * s->O * result,
                  .end = dy + s->N * s->groups * s->O * result,
                  .image = (ptrdiff_t)(s->groups * s->O * result),
                  .channel = (ptrdiff_t)result,
                  .line = (ptrdiff_t)at->out[1]},
            .N = s->N,
            .rows = s->C,
            .channels = s->O,
            .w = w + g * s->O * s->C * taps,
            .w_row = (ptrdiff_t)taps,
            .w_channel = (ptrdiff_t)(s->C * taps),
            .w_tap = {(ptrdiff_t)at->kernel[1], 1},
            .b = b != NULL ? b + g * s->C : NULL,
            .y = dx + g * s->C * image,
            .y_row = (ptrdiff_t)image,
            .at = {(ptrdiff_t)(s->groups * s->C * image),
                   {(ptrdiff_t)at->in[1], 1}},
        };
        if (!put_joint_phases(&p, at, room))
            put_phases(&p, at, room);
    }
}
