/* The patches of images that the taps of a box of windows read. */
#ifndef TINYGRAD_PATCH_H
#define TINYGRAD_PATCH_H

#include "boxes.h"

/* The numbers of the largest copied patch, with room for taps in the first
 * cache. */
enum { PATCH = 24 * 1024 / sizeof(real) };

/* What a box's taps read: `at` is the first line, from its first column on, of
 * the first image and channel; image, channel and line lead from one to the
 * next. The first tap of the first window is in column `column`; columns that
 * differ by a multiple of `split` lie side by side, in runs of `run`. */
typedef struct patch {
    const real *at;
    ptrdiff_t image, channel, line, column, split, run;
} patch;

/* Along one axis: what is read, from `low` on. */
typedef struct reach {
    ptrdiff_t low, length;
} reach;

static inline reach find_reach(const axis *a, size_t first, size_t windows)
{
    ptrdiff_t span = (a->taps - 1) * a->tap;
    ptrdiff_t low = (ptrdiff_t)first * a->step + a->first;
    ptrdiff_t steps = ((ptrdiff_t)windows - 1) * a->step;

    return (reach){low + (span < 0 ? span : 0),
                   steps + 1 + (span < 0 ? -span : span)};
}

static inline bool is_inside(const reach *r, const axis *a)
{
    return r->low >= 0 && r->low + r->length <= a->in;
}

/* Patches are written from front to back in whole vectors: what lies behind
 * is yet to come, or room for a vector that is kept free. */
static inline void put_zeros(real *to, ptrdiff_t n)
{
    for (ptrdiff_t l = 0; l < n; l += LANES)
        store(to + l, (vec){0});
}

static inline void put_numbers(real *to, const real *from, ptrdiff_t n,
                               const real *end)
{
    if (end - from < n + LANES) {
        memcpy(to, from, (size_t)n * sizeof *to);
        return;
    }
    for (ptrdiff_t l = 0; l < n; l += LANES)
        store(to + l, load(from + l));
}

/* r->length numbers of a line, with zeros beyond its ends. */
static inline void copy_reach(real *to, const real *line, const reach *r,
                              const axis *a, const real *end)
{
    ptrdiff_t low = r->low < 0 ? -r->low : 0, high = a->in - r->low;

    low = low < r->length ? low : r->length;
    high = high < r->length ? high : r->length;
    high = high > low ? high : low;
    put_zeros(to, low);
    if (high > low)
        put_numbers(to + low, line + r->low + low, high - low, end);
    put_zeros(to + high, r->length - high);
}

/* The same with every split-th number side by side. */
static inline void split_reach(real *to, const real *line, const reach *r,
                               const axis *a, ptrdiff_t split, ptrdiff_t length)
{
    for (ptrdiff_t s = 0; s < split; s++, to += length)
        for (ptrdiff_t l = 0; l < length; l++) {
            ptrdiff_t j = r->low + l * split + s;
            to[l] = j >= 0 && j < a->in ? line[j] : 0;
        }
}

static inline void copy_plane(real *to, const real *x, const images *m,
                              const reach at[2], const patch *p)
{
    for (ptrdiff_t i = 0; i < at[0].length; i++, to += p->line) {
        ptrdiff_t line = at[0].low + i;
        if (line < 0 || line >= m->at[0].in)
            put_zeros(to, p->line);
        else if (p->split == 1)
            copy_reach(to, x + line * m->line, &at[1], &m->at[1], m->end);
        else
            split_reach(to, x + line * m->line, &at[1], &m->at[1], p->split,
                        p->run);
    }
}

/* The room that a patch within the image needs not take. */
static const size_t UNLIMITED = (size_t)1 << 40;

static inline bool box_is_inside(const images *m, const box *b)
{
    bool inside = true;

    for (int d = 0; d < 2; d++) {
        reach at = find_reach(&m->at[d], b->first[1 + d], b->length[1 + d]);
        inside = inside && is_inside(&at, &m->at[d]);
    }
    return inside;
}

/* The number of channels whose patch fits into `room` numbers. */
static inline size_t channels_in_patch(const images *m, const box *b,
                                       size_t room)
{
    size_t size = b->length[0];

    for (int d = 0; d < 2; d++) {
        reach at = find_reach(&m->at[d], b->first[1 + d], b->length[1 + d]);
        ptrdiff_t split = d == 1 ? m->at[1].step : 1;
        size_t whole = (size_t)((at.length + split - 1) / split * split);
        size = whole > room ? room + 1 : size * whole;
        size = size > room ? room + 1 : size;
    }
    return room / size;
}

/* Whether the patch of every box has room for a channel. */
static inline bool boxes_fit(const boxes *b, const images *m, size_t room)
{
    box any = {.length = {b->length[0], b->length[1], b->length[2]}};

    return channels_in_patch(m, &any, room) > 0;
}

/* How many of all `taps` to take at once, from number k on: nearly equal parts,
 * of whole channels if of more than one, of at most `most`, and of no more
 * channels than there is room for. */
static inline size_t taps_at_once(const images *m, const box *b, size_t k,
                                  size_t taps, size_t most, size_t room)
{
    size_t of_channel = (size_t)(m->at[0].taps * m->at[1].taps);
    size_t parts = (taps + most - 1) / most;
    size_t part = (taps + parts - 1) / parts;

    if (part > of_channel)
        part = (part + of_channel - 1) / of_channel * of_channel;
    if (part > most)
        part -= of_channel;
    size_t fit = channels_in_patch(m, b, room) * of_channel - k % of_channel;

    part = part < fit ? part : fit;
    return part < taps - k ? part : taps - k;
}

/* Taps from number k on, and the channels that they are of. */
typedef struct channel_taps {
    size_t k, taps, channel, channels;
} channel_taps;

static inline channel_taps find_channel_taps(const images *m, const box *b,
                                             size_t k, size_t taps, size_t most)
{
    size_t of_channel = (size_t)(m->at[0].taps * m->at[1].taps);
    size_t room = box_is_inside(m, b) ? UNLIMITED : PATCH;
    channel_taps t = {.k = k, .channel = k / of_channel};

    t.taps = taps_at_once(m, b, k, taps, most, room);
    t.channels = (k + t.taps - 1) / of_channel + 1 - t.channel;
    return t;
}

/* Some channels' patch: of the image itself, if that has all of it and `beyond`
 * numbers more, or else a copy in `room`, which has as many more. */
typedef struct wanted {
    size_t channel, channels;
    ptrdiff_t split, beyond;
} wanted;

static inline bool is_in_image(const images *m, const real *x,
                               const reach at[2], const box *b,
                               const wanted *want)
{
    if (want->split != 1 || !is_inside(&at[0], &m->at[0]) ||
        !is_inside(&at[1], &m->at[1]))
        return false;
    const real *last = x + ((ptrdiff_t)b->length[0] - 1) * m->image +
                       ((ptrdiff_t)want->channels - 1) * m->channel +
                       (at[0].low + at[0].length - 1) * m->line + at[1].low +
                       at[1].length;
    return m->end - last >= want->beyond;
}

static inline patch copy_patch(const images *m, const real *x, const box *b,
                               const reach at[2], const wanted *want,
                               real *room)
{
    ptrdiff_t N = (ptrdiff_t)b->length[0], split = want->split;
    ptrdiff_t length = (at[1].length + split - 1) / split,
              line = length * split;
    ptrdiff_t plane = at[0].length * line;
    patch p = {.at = room,
               .image = plane,
               .channel = N * plane,
               .line = line,
               .split = split,
               .run = length};

    for (ptrdiff_t c = 0; c < (ptrdiff_t)want->channels; c++)
        for (ptrdiff_t n = 0; n < N; n++)
            copy_plane(room + (c * N + n) * plane,
                       x + c * m->channel + n * m->image, m, at, &p);
    return p;
}

static inline patch take_patch(const images *m, const box *b, wanted want,
                               real *room)
{
    const axis *rows = &m->at[0], *columns = &m->at[1];
    const real *x = m->x + (ptrdiff_t)b->first[0] * m->image +
                    (ptrdiff_t)want.channel * m->channel;
    reach at[2] = {find_reach(rows, b->first[1], b->length[1]),
                   find_reach(columns, b->first[2], b->length[2])};
    ptrdiff_t i = (ptrdiff_t)b->first[1] * rows->step + rows->first;
    ptrdiff_t j = (ptrdiff_t)b->first[2] * columns->step + columns->first;
    patch p = {x + at[0].low * m->line + at[1].low,
               m->image,
               m->channel,
               m->line,
               0,
               1,
               0};

    if (!is_in_image(m, x, at, b, &want))
        p = copy_patch(m, x, b, at, &want, room);
    p.at += (i - at[0].low) * p.line;
    p.column = j - at[1].low;
    return p;
}

#endif
