/* A part of a product, tile by tile.
 *
 * A block of a is packed for the second cache, then each panel of b for the
 * first; all tiles of the block run on the panel. */
#include "matmul.h"
#include "pack.h"

/* Of what comes next, a line of the cache is fetched every STRETCH terms: more
 * at once would keep the tile waiting for its own numbers. A whole block
 * fetches a whole panel. */
enum {
    LINE = 64 / sizeof(real),
    STRETCH = BLOCK / TILE_ROWS * (int)LINE / PANEL,
    DEEP = 32 /* terms, for which it pays to fetch results, too */
};

/* Some terms of the area's results in up to a panel's columns. */
typedef struct part {
    real a_packed[BLOCK / TILE_ROWS * (TILE_ROWS * TERMS + LANES)]
        __attribute__((aligned(64)));
    real b_packed[TERMS * PANEL] __attribute__((aligned(64)));
    const real *a; /* the next rows lie a_row apart, the next tile's a_rows */
    size_t a_row, a_rows, a_step;
    const real *b;
    size_t b_step;
    size_t depth, row, rows, column, columns;
    const real *start; /* of the rows, or NULL */
    bool first;        /* of the parts that a result is the sum of */
    bool whole;        /* vectors of y are written */
    const real *next;  /* lines of the next panel, only to be fetched */
    size_t next_step;
} part;

/* ---- tiles */

ALWAYS_INLINE void add_start(int rows, int n, const real *start,
                             vec sums[TILE_ROWS][TILE_VECTORS])
{
    UNROLL
    for (int r = 0; r < rows; r++) {
        UNROLL
        for (int c = 0; c < n; c++)
            sums[r][c] += start[r];
    }
}

ALWAYS_INLINE void put_sums(int rows, int n, vec sums[TILE_ROWS][TILE_VECTORS],
                            real *y, size_t y_row, bool first)
{
    UNROLL
    for (int r = 0; r < rows; r++, y += y_row) {
        UNROLL
        for (int c = 0; c < n; c++) {
            real *to = y + c * LANES;
            store(to, first ? sums[r][c] : load(to) + sums[r][c]);
        }
    }
}

/* Rows of n vectors. */
ALWAYS_INLINE void put_tile(int rows, int n, const part *t, const real *a,
                            real *y, size_t y_row, bool first)
{
    vec sums[TILE_ROWS][TILE_VECTORS] = {0};
    const real *b = t->b, *next = t->next, *row[TILE_ROWS];
    size_t b_step = t->b_step, a_step = t->a_step, end = t->depth * a_step;

    for (int r = 0; r < rows; r++)
        row[r] = a + (size_t)r * t->a_row;
    if (t->start != NULL)
        add_start(rows, n, t->start, sums);
    for (size_t k = 0, stop; k < end; next += t->next_step) {
        stop = end - k < STRETCH * a_step ? end : k + STRETCH * a_step;
        __builtin_prefetch(next, 0, 2);
        for (; k < stop; k += a_step, b += b_step) {
            UNROLL
            for (int r = 0; r < rows; r++) {
                UNROLL
                for (int c = 0; c < n; c++)
                    sums[r][c] += load(b + c * LANES) * row[r][k];
            }
        }
    }
    put_sums(rows, n, sums, y, y_row, first);
}

/* A function each, since a compiler that sees several at once may take them
 * together again, in loops. */
typedef void tile(const part *t, const real *a, real *y, size_t y_row,
                  bool first);
#define TILE(rows, n)                                                          \
    static void tile_##rows##_##n(const part *t, const real *a, real *y,       \
                                  size_t y_row, bool first)                    \
    {                                                                          \
        put_tile(rows, n, t, a, y, y_row, first);                              \
    }
#define NAME(rows, n) tile_##rows##_##n,
#if TG_VECTOR == 64
#define EACH_ROWS(X, n)                                                        \
    X(1, n) X(2, n) X(3, n) X(4, n) X(5, n) X(6, n) X(7, n) X(8, n)
EACH_ROWS(TILE, 1)
EACH_ROWS(TILE, 2)
EACH_ROWS(TILE, 3)
static tile *const tiles[TILE_VECTORS][TILE_ROWS] = {
    {EACH_ROWS(NAME, 1)}, {EACH_ROWS(NAME, 2)}, {EACH_ROWS(NAME, 3)}};
#else
#define EACH_ROWS(X, n) X(1, n) X(2, n) X(3, n) X(4, n) X(5, n) X(6, n)
EACH_ROWS(TILE, 1)
EACH_ROWS(TILE, 2)
static tile *const tiles[TILE_VECTORS][TILE_ROWS] = {{EACH_ROWS(NAME, 1)},
                                                     {EACH_ROWS(NAME, 2)}};
#endif

/* Rows of a tile, up to `end`, where it is not all of it y's. */
static __attribute__((noinline)) void put_some(const matmul *p, const part *t,
                                               const real *from,
                                               const real *end, real *y)
{
    for (; from < end; from += PANEL, y += p->y_row)
        for (size_t c = 0; c < t->columns; c++) {
            real *to = y + c * p->y_column;
            *to = t->first ? from[c] : *to + from[c];
        }
}

/* `count` rows, up to a tile's. */
static void put(const matmul *p, const part *t, const real *a, size_t count,
                real *y)
{
    real some[TILE_ROWS * PANEL];
    tile *run = tiles[(t->columns - 1) / LANES][count - 1];

    if (t->whole) {
        run(t, a, y, p->y_row, t->first);
        return;
    }
    run(t, a, some, PANEL, true);
    put_some(p, t, some, some + count * PANEL, y);
}

/* A tile of y. Compilers see no effect of a function that only fetches, and may
 * leave out a call of it. */
ALWAYS_INLINE void fetch_results(const real *y, size_t y_row)
{
    for (size_t r = 0; r < TILE_ROWS; r++, y += y_row)
        for (size_t c = 0; c < PANEL; c += LINE)
            __builtin_prefetch(y + c, 1);
}

static void put_rows(const matmul *p, part *t)
{
    const real *a = t->a;
    real *y = p->y + t->row * p->y_row + t->column * p->y_column;

    t->start = t->first && p->start != NULL ? p->start + t->row : NULL;
    for (size_t i = 0; i < t->rows; i += TILE_ROWS) {
        size_t left = t->rows - i;
        if (t->depth >= DEEP)
            fetch_results(y, p->y_row);
        put(p, t, a, left < TILE_ROWS ? left : TILE_ROWS, y);
        a += t->a_rows;
        if (t->start != NULL)
            t->start += TILE_ROWS;
        t->next += t->depth / STRETCH * t->next_step;
        y += TILE_ROWS * p->y_row;
    }
}

/* ---- parts */

static void pack_a(const matmul *p, part *t, const real *x)
{
    const matrix *a = &p->a;

    t->a = t->a_packed;
    t->a_row = 1;
    t->a_rows = TILE_ROWS * t->depth + LANES;
    t->a_step = TILE_ROWS;
    pack(t->a_packed, &(lines){x, a->end, a->row, a->column, t->rows, t->depth,
                               TILE_ROWS, t->a_rows});
}

/* Rows of which no more than two panels make use are read in place. */
static void set_a(const matmul *p, const area *at, part *t, size_t k)
{
    const matrix *a = &p->a;

    t->a = a->x + at->row * a->row + k * a->column;
    t->a_row = a->row;
    t->a_rows = TILE_ROWS * a->row;
    t->a_step = a->column;
    if (at->last_column - at->column > 2 * PANEL)
        pack_a(p, t, t->a);
}

/* A panel of whole vectors of which few rows make use is read in place. */
static bool is_in_place(const matmul *p, const part *t)
{
    return p->b.column == 1 && t->columns % LANES == 0 &&
           t->rows <= 2 * TILE_ROWS;
}

static void set_b(const matmul *p, part *t, size_t k)
{
    const matrix *b = &p->b;
    bool is_last = t->column + PANEL >= p->n;

    t->b = b->x + k * b->row + t->column * b->column;
    t->b_step = b->row;
    t->next = t->b + (is_last ? 0 : PANEL * b->column);
    t->next_step = is_last ? 0 : b->row;
    if (is_in_place(p, t))
        return;
    pack(t->b_packed, &(lines){t->b, b->end, b->column, b->row, t->columns,
                               t->depth, PANEL, 0});
    t->b = t->b_packed;
    t->b_step = PANEL;
}

/* The panel after it is the next one in the room, or else is behind it. */
static void set_panel(const matmul *p, part *t, size_t k)
{
    t->b = p->panels + panel_at(p->n, k, t->depth, t->column);
    t->b_step = PANEL;
    t->next = t->b + t->depth * PANEL;
    t->next_step = LINE;
}

static void put_terms(const matmul *p, const area *at, part *t, size_t k)
{
    set_a(p, at, t, k);
    for (size_t j = at->column; j < at->last_column; j += PANEL) {
        t->column = j;
        t->columns = at->last_column - j < PANEL ? at->last_column - j : PANEL;
        t->whole = p->y_column == 1 && t->columns % LANES == 0;
        if (p->panels != NULL)
            set_panel(p, t, k);
        else
            set_b(p, t, k);
        put_rows(p, t);
    }
}

void KERNEL(matmul_tiles)(const matmul *p, const area *at)
{
    part t;
    size_t depth = depth_of(p->k);

    t.row = at->row;
    t.rows = at->last_row - at->row;
    for (size_t k = 0; k < p->k; k += depth) {
        t.depth = p->k - k < depth ? p->k - k : depth;
        t.first = k == 0;
        put_terms(p, at, &t, k);
    }
}
