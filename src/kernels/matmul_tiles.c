/* A part of a product, tile by tile.
 *
 * A block of a (BLOCK rows, up to TERMS terms) is packed for the second cache,
 * then each panel of b (as many terms, PANEL columns) for the first; all tiles
 * of the block run on the panel. */
#include "matmul.h"
#include "pack.h"

enum {
    TERMS = 128,
    BLOCK = 64 * 1024 / (TERMS * (int)sizeof(real)),
    DEEP = 32,
    LINE = 64 / sizeof(real) /* of the cache */
};

/* What is asked for early: `left` runs of numbers, of which `share` with each
 * tile. */
typedef struct ahead {
    const real *x;
    size_t step, length, left, share;
} ahead;

/* Some terms of the area's results in up to a panel's columns. */
typedef struct part {
    real a_packed[BLOCK * TERMS] __attribute__((aligned(64)));
    real b_packed[TERMS * PANEL] __attribute__((aligned(64)));
    const real *a; /* the next rows lie a_row apart, the next ROWS a_rows */
    size_t a_row, a_rows, a_step;
    const real *b;
    size_t b_step;
    size_t depth, row, rows, column, columns;
    bool first; /* of the parts that a result is the sum of */
    bool whole; /* vectors of y are written */
    ahead next;
} part;

size_t KERNEL(matmul_most_rows)(void)
{
    return BLOCK;
}

size_t KERNEL(matmul_panel)(void)
{
    return PANEL;
}

/* ---- tiles */

/* Rows of n vectors; those behind the last row are that one once more. */
ALWAYS_INLINE void put_tile(int rows, int n, const part *t, const real *a,
                            size_t last_row, real *y, size_t y_row, bool first)
{
    vec sums[ROWS][COLUMNS] = {0};
    const real *b = t->b, *row[ROWS];
    size_t b_step = t->b_step, a_step = t->a_step;

    for (int r = 0; r < rows; r++)
        row[r] = a + ((size_t)r < last_row ? (size_t)r : last_row) * t->a_row;
    for (size_t k = 0, end = t->depth * a_step; k < end;
         k += a_step, b += b_step) {
        UNROLL
        for (int r = 0; r < rows; r++) {
            UNROLL
            for (int c = 0; c < n; c++)
                sums[r][c] += load(b + c * LANES) * row[r][k];
        }
    }
    UNROLL
    for (int r = 0; r < rows; r++, y += y_row) {
        UNROLL
        for (int c = 0; c < n; c++) {
            real *to = y + c * LANES;
            store(to, first ? sums[r][c] : load(to) + sums[r][c]);
        }
    }
}

/* A function each, since a compiler that sees several at once may take them
 * together again, in loops. */
typedef void tile(const part *t, const real *a, size_t last_row, real *y,
                  size_t y_row, bool first);
#define TILE(name, rows, n)                                                    \
    static void name(const part *t, const real *a, size_t last_row, real *y,   \
                     size_t y_row, bool first)                                 \
    {                                                                          \
        put_tile(rows, n, t, a, last_row, y, y_row, first);                    \
    }
TILE(half_1, ROWS / 2, 1)
TILE(half_2, ROWS / 2, 2)
TILE(half_3, ROWS / 2, 3)
TILE(full_1, ROWS, 1)
TILE(full_2, ROWS, 2)
TILE(full_3, ROWS, 3)
static tile *const tiles[2][COLUMNS] = {{half_1, half_2, half_3},
                                        {full_1, full_2, full_3}};

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

/* `count` rows, up to ROWS. */
static void put(const matmul *p, const part *t, const real *a, size_t count,
                real *y)
{
    real some[ROWS * PANEL];
    bool whole = t->whole && count % (ROWS / 2) == 0;
    size_t vectors = (t->columns + LANES - 1) / LANES;

    tiles[count > ROWS / 2][vectors - 1](t, a, count - 1, whole ? y : some,
                                         whole ? p->y_row : PANEL,
                                         t->first || !whole);
    if (!whole)
        put_some(p, t, some, some + count * PANEL, y);
}

static __attribute__((noinline)) void fetch(ahead *next, const real *y,
                                            size_t y_row)
{
    for (size_t r = 0; r < ROWS; r++, y += y_row)
        for (size_t c = 0; c < PANEL; c += LINE)
            __builtin_prefetch(y + c, 1);
    for (size_t i = 0; i < next->share && next->left > 0; i++, next->left--) {
        for (size_t l = 0; l < next->length; l += LINE)
            __builtin_prefetch(next->x + l, 0, 2);
        next->x += next->step;
    }
}

static void put_rows(const matmul *p, part *t)
{
    const real *a = t->a;
    real *y = p->y + t->row * p->y_row + t->column * p->y_column;

    for (size_t i = 0; i < t->rows; i += ROWS) {
        size_t left = t->rows - i;
        if (t->next.share > 0)
            fetch(&t->next, y, p->y_row);
        put(p, t, a, left < ROWS ? left : ROWS, y);
        a += t->a_rows;
        y += ROWS * p->y_row;
    }
}

/* ---- parts */

static void pack_a(const matmul *p, part *t, const real *x)
{
    const matrix *a = &p->a;

    for (size_t i = 0; i < t->rows; i += ROWS) {
        size_t left = t->rows - i, count = left < ROWS ? left : ROWS;
        pack(t->a_packed + i * t->depth,
             &(lines){x + i * a->row, a->end, a->row, a->column, count,
                      t->depth, ROWS});
    }
}

/* Rows of which no more than a panel makes use are read in place. */
static void set_a(const matmul *p, const area *at, part *t, size_t k)
{
    const matrix *a = &p->a;
    bool in_place = at->last_column - at->column <= PANEL;
    const real *x = a->x + at->row * a->row + k * a->column;

    t->a = in_place ? x : t->a_packed;
    t->a_row = in_place ? a->row : 1;
    t->a_rows = in_place ? ROWS * a->row : ROWS * t->depth;
    t->a_step = in_place ? a->column : ROWS;
    if (!in_place)
        pack_a(p, t, x);
}

/* The panel behind this one, if there is so much to do meanwhile that it pays.
 */
static ahead find_next(const matmul *p, const area *at, const part *t)
{
    const matrix *b = &p->b;
    size_t full = t->rows / ROWS, column = t->column + t->columns;
    size_t left = at->last_column - column;
    size_t columns = left < PANEL ? left : PANEL;
    ahead next = {.x = t->b + t->columns * b->column};

    if (full == 0 || t->depth < DEEP)
        return next;
    next.step = b->column == 1 ? b->row : b->column;
    next.length = b->column == 1 ? columns : t->depth;
    next.left = columns == 0 ? 0 : b->column == 1 ? t->depth : columns;
    next.share = next.left / full + 1;
    return next;
}

/* A panel of whole vectors of which few rows make use is read in place. */
static void set_b(const matmul *p, const area *at, part *t, size_t k)
{
    const matrix *b = &p->b;

    t->b = b->x + k * b->row + t->column * b->column;
    t->b_step = b->row;
    t->next.share = 0;
    if (b->column == 1 && t->columns % LANES == 0 && t->rows <= 2 * ROWS)
        return;
    t->next = find_next(p, at, t);
    pack(t->b_packed, &(lines){t->b, b->end, b->column, b->row, t->columns,
                               t->depth, PANEL});
    t->b = t->b_packed;
    t->b_step = PANEL;
}

static void put_terms(const matmul *p, const area *at, part *t, size_t k)
{
    set_a(p, at, t, k);
    for (size_t j = at->column; j < at->last_column; j += PANEL) {
        t->column = j;
        t->columns = at->last_column - j < PANEL ? at->last_column - j : PANEL;
        t->whole = p->y_column == 1 && t->columns % LANES == 0;
        set_b(p, at, t, k);
        put_rows(p, t);
    }
}

void KERNEL(matmul_tiles)(const matmul *p, const area *at)
{
    part t;
    size_t parts = (p->k + TERMS - 1) / TERMS, depth = p->k;

    if (parts > 1)
        depth = (p->k + parts - 1) / parts;
    t.row = at->row;
    t.rows = at->last_row - at->row;
    for (size_t k = 0; k < p->k; k += depth) {
        t.depth = p->k - k < depth ? p->k - k : depth;
        t.first = k == 0;
        put_terms(p, at, &t, k);
    }
}
