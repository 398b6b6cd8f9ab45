/* Products in which the lanes of a vector are channels of the result.
 *
 * The weights are packed, for each block of lanes a row for each tap; windows
 * are rows of a tile and read the image where it lies, but for windows at its
 * edges, whose patch is copied, for several blocks. What comes out, a row for
 * each window, is turned over on its way to y; phases are interleaved there. */
#include "packed.h"
#include "parallel.h"
#include "transpose.h"

enum {
    MOST_WINDOWS = 224,
    SHARED = 512 / sizeof(real), /* rows with one patch: whole blocks */
    DEPTH = 128, /* taps whose weights fit into the first cache */
    MOST_TAPS = DEPTH * WIDTH / LANES
};

typedef struct workplace {
    real sums[MOST_WINDOWS * SHARED] __attribute__((aligned(64)));
    real patch[PATCH + LANES];
    real lines[2 * MOST_WINDOWS * LANES];
    ptrdiff_t window[MOST_WINDOWS], tap[MOST_TAPS];
    soon soon;
} workplace;

typedef struct job {
    const product *p;
    packed w;
    boxes boxes;
    size_t at_once; /* rows with one patch */
    bool far;       /* images and results, from the processor */
} job;

/* ---- boxes */

/* Of a block in phase `number`. */
static real *sums_of(workplace *a, const box *b, const row_range *r,
                     size_t number, size_t row)
{
    size_t lanes = (r->last - r->first + LANES - 1) / LANES * LANES;

    return a->sums + (number * lanes + row - r->first) * b->windows;
}

static channel_taps taps_from(const job *j, const box *b, size_t row, size_t k)
{
    size_t most = DEPTH * WIDTH / width_from(j->p->rows, row);

    return find_channel_taps(&j->p->x, b, k, j->w.taps, most);
}

/* Some taps, of those of all phases. */
static void add_taps(workplace *a, const job *j, const box *b,
                     const row_range *r, const channel_taps *of,
                     const patch *at)
{
    strip t = {.at = at->at,
               .row = a->window,
               .column = a->tap,
               .rows = b->windows,
               .first = of->k == 0};

    for (size_t i = 0; i < j->w.phases; i++) {
        const phase_taps *f = &j->w.f->of[i];
        images m = images_of(&j->w, f);
        patch of_phase = *at;
        of_phase.column += (ptrdiff_t)f->first[1] * m.at[1].tap;
        t.at = at->at + (ptrdiff_t)f->first[0] * m.at[0].tap * at->line;
        t.columns = taps_of(&j->w, f, of->taps);
        if (t.columns > 0)
            find_taps(&m, &of_phase, taps_of(&j->w, f, of->k), t.columns,
                      a->tap);
        for (size_t row = r->first; row < r->last; row += WIDTH) {
            t.width = width_from(j->p->rows, row);
            t.panel =
                weights_of(&j->w, i, row) + taps_of(&j->w, f, of->k) * t.width;
            t.sums = sums_of(a, b, r, i, row);
            t.soon = j->far && i == 0 && row == r->first ? &a->soon : NULL;
            KERNEL(multiply_strip)(&t);
        }
    }
}

/* Results of a row, from the first window on. */
static real *result_of(const product *p, const phases *f, const box *b,
                       size_t row)
{
    return p->y + (ptrdiff_t)row * p->y_row +
           (ptrdiff_t)b->first[0] * p->at.image +
           (ptrdiff_t)(b->first[1] * f->step[0]) * p->at.step[0] +
           (ptrdiff_t)(b->first[2] * f->step[1]) * p->at.step[1];
}

static void want_results(soon *s, const product *p, const phases *f,
                         const box *b, const row_range *r)
{
    size_t lines = b->length[1] * f->step[0], line = b->length[2] * f->step[1];
    size_t below = f->out[0] - b->first[1] * f->step[0];
    size_t left = f->out[1] - b->first[2] * f->step[1];

    for (size_t n = 0; n < b->length[0]; n++)
        for (size_t row = r->first; row < r->last; row++)
            want_lines(s, result_of(p, f, b, row) + (ptrdiff_t)n * p->at.image,
                       lines < below ? lines : below, p->at.step[0],
                       line < left ? line : left);
}

/* What comes after some taps: as large a part of the results, and the patch of
 * the next taps or of the next box of all. */
static void want_next(soon *s, const job *j, const box *b, const row_range *r,
                      const channel_taps *done)
{
    size_t k = done->k + done->taps, n = r->last - r->first;
    row_range some = {r->first + n * done->k / j->w.taps,
                      r->first + n * k / j->w.taps};

    s->count = 0;
    want_results(s, j->p, j->w.f, b, &some);
    if (k == j->w.taps) {
        if (r->last < j->p->rows || b->number + 1 == j->boxes.count)
            return;
        k = 0;
    }
    box at = find_box(&j->boxes, b->number + (k == 0));
    channel_taps next = taps_from(j, &at, k == 0 ? 0 : r->first, k);
    want_patch(s, &j->p->x, &at, next.channel, next.channels);
}

static void put_box(workplace *a, const job *j, const box *b,
                    const row_range *r)
{
    const images *m = &j->p->x;
    channel_taps t;

    for (size_t k = 0; k < j->w.taps; k += t.taps) {
        t = taps_from(j, b, r->first, k);
        patch at =
            take_patch(m, b, (wanted){t.channel, t.channels, 1, 0}, a->patch);
        find_windows(m, &at, b, a->window);
        if (j->far)
            want_next(&a->soon, j, b, r, &t);
        add_taps(a, j, b, r, &t, &at);
    }
}

/* ---- results */

static void put_block(const product *p, const phases *f, const box *b,
                      const real *sums, size_t row)
{
    size_t lines = b->length[1];
    turned l = {.from = sums,
                .width = width_from(p->rows, row),
                .n = b->length[2],
                .channels = channels_from(p->rows, row),
                .b = p->b != NULL ? p->b + row : NULL,
                .row = p->y_row,
                .step = p->at.step[1]};
    real *y = result_of(p, f, b, row);

    if (p->at.step[0] == (ptrdiff_t)l.n * l.step) {
        l.n *= lines;
        lines = 1;
    }
    for (size_t n = 0; n < b->length[0]; n++)
        for (size_t i = 0; i < lines; i++) {
            l.to =
                y + (ptrdiff_t)n * p->at.image + (ptrdiff_t)i * p->at.step[0];
            turn_back(&l);
            l.from += l.n * l.width;
        }
}

/* Some channels' results in the lines of phases (t, 0), (t, 1), ... */
static void put_lines(const workplace *a, const job *j, const box *b, size_t t,
                      size_t channels, real *y)
{
    const phases *f = j->w.f;
    const places *at = &j->p->at;
    size_t before = b->first[2] * f->step[1], left = f->out[1] - before;
    size_t n = b->length[2] * f->step[1];

    for (size_t c = 0; c < channels; c++, y += j->p->y_row) {
        const real *from = a->lines + c * b->windows;
        for (size_t image = 0; image < b->length[0]; image++)
            for (size_t i = 0; i < b->length[1]; i++, from += b->length[2]) {
                size_t line = i * f->step[0] + t;
                if (b->first[1] * f->step[0] + line < f->out[0])
                    interleave(y + (ptrdiff_t)image * at->image +
                                   (ptrdiff_t)line * at->step[0],
                               from, f->step[1], LANES * b->windows,
                               n < left ? n : left);
            }
    }
}

static void put_phases(workplace *a, const job *j, const box *b,
                       const row_range *r, size_t row)
{
    const product *p = j->p;
    size_t step = j->w.f->step[1], all = channels_from(p->rows, row);
    turned l = {.width = width_from(p->rows, row),
                .n = b->windows,
                .row = (ptrdiff_t)b->windows,
                .step = 1};

    for (size_t t = 0; t < j->w.f->step[0]; t++)
        for (size_t c = 0; c < all; c += LANES) {
            l.channels = all - c < LANES ? all - c : LANES;
            l.b = p->b != NULL ? p->b + row + c : NULL;
            for (size_t u = 0; u < step; u++) {
                l.from = sums_of(a, b, r, t * step + u, row) + c;
                l.to = a->lines + u * LANES * b->windows;
                turn_back(&l);
            }
            put_lines(a, j, b, t, l.channels, result_of(p, j->w.f, b, row + c));
        }
}

static void put_boxes(void *loop, size_t first, size_t last)
{
    const job *j = loop;
    const product *p = j->p;
    workplace a;

    for (size_t n = first; n < last; n++) {
        box b = find_box(&j->boxes, n);
        for (row_range r = {0}; r.first < p->rows; r.first = r.last) {
            r.last = r.first + j->at_once;
            r.last = r.last < p->rows ? r.last : p->rows;
            put_box(&a, j, &b, &r);
            for (size_t row = r.first; row < r.last; row += WIDTH)
                if (j->w.phases > 1)
                    put_phases(&a, j, &b, &r, row);
                else
                    put_block(p, j->w.f, &b, sums_of(&a, &b, &r, 0, row), row);
        }
    }
}

/* Several phases are of fewer rows and windows. */
static size_t plan_rows(job *j)
{
    j->at_once = j->w.phases == 1 ? SHARED : SHARED / 2;
    size_t most = MOST_WINDOWS * SHARED / (j->w.phases * j->at_once);

    return most < MOST_WINDOWS ? most : MOST_WINDOWS;
}

bool KERNEL(run_phases)(const product *p, const phases *f, real *room)
{
    job j = {.p = p, .w = {.p = p, .f = f, .at = room}};
    packed *w = &j.w;

    w->phases = f->step[0] * f->step[1];
    w->of_channel = (size_t)p->x.at[0].taps * (size_t)p->x.at[1].taps;
    w->taps = p->channels * w->of_channel;
    j.boxes = cut_windows(p->N, &p->x, plan_rows(&j));
    if (room == NULL || p->rows < 12 || w->taps == 0 || j.boxes.count == 0 ||
        (w->phases > 1 && w->of_channel > DEPTH) ||
        !boxes_fit(&j.boxes, &p->x, PATCH))
        return false;
    double cost = (double)p->rows * (double)w->taps / (3.0 * LANES);
    size_t windows = p->N * (size_t)p->x.at[0].out * (size_t)p->x.at[1].out;
    j.far =
        are_far((size_t)(p->x.end - p->x.x) + windows * p->rows * w->phases);
    tg_parallel(p->rows, WIDTH, cost, pack_blocks, w);
    tg_parallel(j.boxes.count, 1, cost * (double)windows, put_boxes, &j);
    return true;
}

bool KERNEL(run_channels)(const product *p, real *room)
{
    phases one = {.step = {1, 1}, .of = {{.w = p->w}}};

    for (int d = 0; d < 2; d++) {
        one.out[d] = (size_t)p->x.at[d].out;
        one.of[0].taps[d] = (size_t)p->x.at[d].taps;
    }
    return KERNEL(run_phases)(p, &one, room);
}
