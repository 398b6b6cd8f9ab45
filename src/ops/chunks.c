#include "chunks.h"

#include "broadcast.h"
#include "parallel.h"

#include <string.h>

enum {
    SIZE = 1024,  /* numbers in a chunk of short rows */
    LONG = 16384, /* in a chunk of a long one */
    SLACK = 8,    /* written beyond the end of what is written out */
    OPERANDS = TG_WORK_INPUTS
};

/* What an operand does within a chunk. */
typedef enum way { WALKS, STAYS, WRITTEN_OUT } way;

/* The axes from `inner` on lie within a chunk, with `rows` steps along the axis
 * before them, which is `extent` long. */
typedef struct plan {
    const tg_call *call;
    tg_run *run;
    tg_walk w; /* begun; operand 0 is the result */
    int inner;
    int64_t row, rows, extent;
    way way[OPERANDS];
    bool same[OPERANDS]; /* in every chunk */
} plan;

/* ---- where to cut */

static bool stays_inside(const plan *p, int k)
{
    for (int d = p->inner; d < p->w.ndim; d++)
        if (p->w.stride[k][d] != 0)
            return false;
    return true;
}

static bool walks_inside(const plan *p, int k)
{
    for (int d = p->inner; d < p->w.ndim; d++)
        if (p->w.stride[k][d] != p->w.stride[0][d])
            return false;
    return true;
}

static int64_t outer_stride(const plan *p, int k)
{
    return p->inner > 0 ? p->w.stride[k][p->inner - 1] : 0;
}

static way way_of(const plan *p, int k)
{
    bool one = p->rows == 1;

    if (stays_inside(p, k) && (one || outer_stride(p, k) == 0))
        return STAYS;
    if (walks_inside(p, k) && (one || outer_stride(p, k) == outer_stride(p, 0)))
        return WALKS;
    return WRITTEN_OUT;
}

static bool is_same(const plan *p, int k)
{
    for (int d = 0; d < p->inner; d++)
        if (p->w.stride[k][d] != 0)
            return false;
    return true;
}

/* Rows of some length are better not written out for an operand that stays in
 * each of them. */
static int64_t rows_of(const plan *p)
{
    enum { LONG_ROW = 64 };
    int64_t most = (p->row == 1 ? LONG : SIZE) / p->row;

    for (int k = 1; k <= p->call->n_in; k++)
        if (p->row >= LONG_ROW && stays_inside(p, k) && outer_stride(p, k) != 0)
            return 1;
    return most < p->extent ? most : p->extent;
}

static void cut(plan *p)
{
    const tg_walk *w = &p->w;

    p->inner = w->ndim;
    p->row = 1;
    while (p->inner > 0 && p->row * w->dim[p->inner - 1] <= SIZE)
        p->row *= w->dim[--p->inner];
    p->extent = p->inner > 0 ? w->dim[p->inner - 1] : 1;
    p->rows = rows_of(p);
    for (int k = 0; k < p->call->n_in; k++) {
        p->way[k] = way_of(p, k + 1);
        p->same[k] = is_same(p, k + 1);
    }
}

/* ---- writing out */

/* n times the same number, in steps of SLACK. */
#define REPEAT(bits)                                                           \
    static void repeat_##bits(int64_t n, const char *from, char *to)           \
    {                                                                          \
        uint##bits##_t x, many[SLACK];                                         \
        memcpy(&x, from, sizeof x);                                            \
        for (size_t i = 0; i < SLACK; i++)                                     \
            many[i] = x;                                                       \
        for (int64_t i = 0; i < n; i += SLACK, to += sizeof many)              \
            memcpy(to, many, sizeof many);                                     \
    }
REPEAT(32)
REPEAT(64)

static void repeat(int64_t n, size_t element, const char *from, char *to)
{
    if (element == sizeof(uint32_t))
        repeat_32(n, from, to);
    else
        repeat_64(n, from, to);
}

/* The innermost axis, from all places that the axes between have. */
static void write_row(const plan *p, int k, size_t element, const char *from,
                      char *to)
{
    const tg_walk *w = &p->w;
    int last = w->ndim - 1;
    int64_t n = w->dim[last], index[TG_MAX_DIMS] = {0};

    for (int64_t done = 0; done < p->row; done += n) {
        int64_t offset = 0;
        for (int d = p->inner; d < last; d++)
            offset += index[d] * w->stride[k][d];
        const char *x = from + (size_t)offset * element;
        if (w->stride[k][last] == 0)
            repeat(n, element, x, to + (size_t)done * element);
        else
            memcpy(to + (size_t)done * element, x, (size_t)n * element);
        for (int d = last; d-- > p->inner && ++index[d] == w->dim[d];)
            index[d] = 0;
    }
}

static void write_out(const plan *p, int k, int64_t rows, const char *from,
                      char *to)
{
    size_t element = tg_element_size(p->call->in[k - 1]->dtype);
    size_t row = (size_t)p->row * element;
    size_t step = (size_t)outer_stride(p, k) * element;
    bool stays = stays_inside(p, k);

    for (int64_t i = 0; i < rows; i++, to += row, from += step) {
        if (stays)
            repeat(p->row, element, from, to);
        else if (i > 0 && step == 0)
            memcpy(to, to - row, row);
        else
            write_row(p, k, element, from, to);
    }
}

/* ---- running */

/* A chunk: `rows` steps from `first` on, along the axis before the inner ones.
 */
typedef struct place {
    int64_t first, rows, offset[OPERANDS + 1];
} place;

static place place_of(const plan *p, int64_t i)
{
    int64_t in_extent = (p->extent + p->rows - 1) / p->rows;
    int64_t first = i % in_extent * p->rows, left = p->extent - first;
    place at = {.first = first, .rows = left < p->rows ? left : p->rows};

    i /= in_extent;
    for (int k = 0; k <= p->call->n_in; k++)
        at.offset[k] = first * outer_stride(p, k);
    for (int d = p->inner - 1; d-- > 0; i /= p->w.dim[d])
        for (int k = 0; k <= p->call->n_in; k++)
            at.offset[k] += i % p->w.dim[d] * p->w.stride[k][d];
    return at;
}

typedef char written[(SIZE + SLACK) * 8];

static void run_chunk(const plan *p, const place *at, written *out, bool first)
{
    tg_work c = {.n = (size_t)(at->rows * p->row),
                 .out = tg_element_at(p->call->out, (size_t)at->offset[0]),
                 .env = p->call->env,
                 .is_f64 = p->call->out->dtype == TG_F64};

    for (int k = 0; k < p->call->n_in; k++) {
        c.in[k] = tg_element_at(p->call->in[k], (size_t)at->offset[k + 1]);
        c.step[k] = p->way[k] != STAYS;
        if (p->way[k] != WRITTEN_OUT)
            continue;
        if (first || !p->same[k])
            write_out(p, k + 1, first && p->same[k] ? p->rows : at->rows,
                      c.in[k], out[k]);
        c.in[k] = out[k];
    }
    p->run(&c);
}

/* From chunk i - 1 to chunk i. */
static void go_on(const plan *p, int64_t i, place *at)
{
    int64_t rows = at->rows;

    at->first += rows;
    if (at->first == p->extent) {
        *at = place_of(p, i);
        return;
    }
    if (rows > p->extent - at->first)
        at->rows = p->extent - at->first;
    for (int k = 0; k <= p->call->n_in; k++)
        at->offset[k] += rows * outer_stride(p, k);
}

static void run_chunks(void *loop, size_t first, size_t last)
{
    const plan *p = loop;
    place at = place_of(p, (int64_t)first);
    written out[OPERANDS];

    run_chunk(p, &at, out, true);
    for (size_t i = first + 1; i < last; i++) {
        go_on(p, (int64_t)i, &at);
        run_chunk(p, &at, out, false);
    }
}

void tg_run_chunks(const tg_call *call, tg_run *run)
{
    plan p = {.call = call, .run = run};

    if (!tg_broadcast_begin(&p.w, call))
        return;
    cut(&p);
    int64_t chunks = (p.extent + p.rows - 1) / p.rows;
    for (int d = 0; d < p.inner - 1; d++)
        chunks *= p.w.dim[d];
    tg_parallel((size_t)chunks, 1, 0.3 * (double)call->out->size, run_chunks,
                &p);
}
