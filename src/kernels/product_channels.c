/* Products in which the lanes of a vector are channels of the result.
 *
 * The weights are packed, for each block of lanes a row for each tap; windows
 * are rows of a tile and read the image where it lies, but for windows at its
 * edges, whose patch is copied, for several blocks. What comes out, a row for
 * each window, is turned over on its way to y. */
#include "product.h"

#include "lanes.h"
#include "parallel.h"
#include "patch.h"
#include "transpose.h"

enum {
    MOST_WINDOWS = 224,
    SHARED = 512 / sizeof(real), /* rows with one patch: whole blocks */
    DEPTH = 128, /* taps whose weights fit into the first cache */
    MOST_TAPS = DEPTH * WIDTH / LANES,
    PATCH = 24 * 1024 / sizeof(real)
};

typedef struct workplace {
    real sums[MOST_WINDOWS * SHARED] __attribute__((aligned(64)));
    real patch[PATCH + LANES];
    ptrdiff_t window[MOST_WINDOWS], tap[MOST_TAPS];
} workplace;

typedef struct job {
    const product *p;
    const real *weights; /* packed */
    boxes boxes;
    size_t taps;
} job;

/* ---- weights */

static void pack_block(const product *p, size_t first, size_t taps, real *to)
{
    size_t width = width_from(p->rows, first);
    size_t used = channels_from(p->rows, first);
    tap k = {0, 0, 0};

    for (; taps > 0; taps--, to += width, next_tap(&p->x, &k)) {
        const real *w = p->w + k.c * p->w_channel + k.t * p->w_tap[0] +
                        k.u * p->w_tap[1] + (ptrdiff_t)first * p->w_row;
        for (size_t o = 0; o < used; o++)
            to[o] = w[(ptrdiff_t)o * p->w_row];
        for (size_t o = used; o < width; o++)
            to[o] = 0;
    }
}

typedef struct packing {
    const product *p;
    size_t taps;
    real *to;
} packing;

static void pack_blocks(void *loop, size_t first, size_t last)
{
    const packing *a = loop;

    for (size_t o = first; o < last; o += WIDTH)
        pack_block(a->p, o, a->taps, a->to + o * a->taps);
}

/* ---- results */

static void put_results(const real *sums, const product *p, const box *b,
                        size_t first)
{
    size_t lines = b->length[1];
    ptrdiff_t in_line = (ptrdiff_t)b->length[2] * p->at.step[1];
    turned l = {.from = sums,
                .width = width_from(p->rows, first),
                .n = b->length[2],
                .channels = channels_from(p->rows, first),
                .b = p->b != NULL ? p->b + first : NULL,
                .row = p->y_row,
                .step = p->at.step[1]};
    real *y = p->y + (ptrdiff_t)first * p->y_row +
              (ptrdiff_t)b->first[0] * p->at.image +
              (ptrdiff_t)b->first[1] * p->at.step[0] +
              (ptrdiff_t)b->first[2] * p->at.step[1];

    if (p->at.step[0] == in_line) {
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

/* ---- boxes */

/* Rows of results, whole blocks but for the last one of all. */
typedef struct rows {
    size_t first, last;
} rows;

/* The taps of t, from number k on. */
static void add_taps(workplace *a, const job *j, const rows *r, size_t k,
                     strip *t)
{
    for (size_t row = r->first; row < r->last; row += WIDTH) {
        t->width = width_from(j->p->rows, row);
        t->panel = j->weights + row * j->taps + k * t->width;
        t->sums = a->sums + (row - r->first) * t->rows;
        KERNEL(multiply_strip)(t);
    }
}

static void put_box(workplace *a, const job *j, const box *b, const rows *r)
{
    const product *p = j->p;
    size_t of_channel = (size_t)(p->x.at[0].taps * p->x.at[1].taps);
    size_t width = width_from(p->rows, r->first);
    size_t room = box_is_inside(&p->x, b) ? UNLIMITED : PATCH;
    strip t = {.row = a->window, .column = a->tap, .rows = b->windows};

    for (size_t k = 0; k < j->taps; k += t.columns) {
        t.columns =
            taps_at_once(&p->x, b, k, j->taps, DEPTH * WIDTH / width, room);
        t.first = k == 0;
        size_t channel = k / of_channel;
        size_t channels = (k + t.columns - 1) / of_channel + 1 - channel;
        patch at =
            take_patch(&p->x, b, (wanted){channel, channels, 1, 0}, a->patch);
        t.at = at.at;
        find_windows(&p->x, &at, b, a->window);
        find_taps(&p->x, &at, k, t.columns, a->tap);
        add_taps(a, j, r, k, &t);
    }
    for (size_t row = r->first; row < r->last; row += WIDTH)
        put_results(a->sums + (row - r->first) * b->windows, p, b, row);
}

static void put_boxes(void *loop, size_t first, size_t last)
{
    const job *j = loop;
    workplace a;

    for (size_t n = first; n < last; n++) {
        box b = find_box(&j->boxes, n);
        for (rows r = {0}; r.first < j->p->rows; r.first = r.last) {
            size_t left = j->p->rows - r.first;
            r.last = left < SHARED ? j->p->rows : r.first + SHARED;
            put_box(&a, j, &b, &r);
        }
    }
}

bool KERNEL(run_channels)(const product *p, real *room)
{
    size_t taps =
        p->channels * (size_t)p->x.at[0].taps * (size_t)p->x.at[1].taps;
    job j = {.p = p,
             .weights = room,
             .boxes = cut_windows(p->N, &p->x, MOST_WINDOWS),
             .taps = taps};

    if (room == NULL || p->rows < 12 || taps == 0 || j.boxes.count == 0 ||
        !boxes_fit(&j.boxes, &p->x, PATCH))
        return false;
    double cost = (double)p->rows * (double)taps / (3.0 * LANES);
    size_t windows = p->N * (size_t)p->x.at[0].out * (size_t)p->x.at[1].out;
    packing pack = {p, taps, room};
    tg_parallel(p->rows, WIDTH, cost, pack_blocks, &pack);
    tg_parallel(j.boxes.count, 1, cost * (double)windows, put_boxes, &j);
    return true;
}
