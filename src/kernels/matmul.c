/* Products of matrices: which way, and in which parts. */
#include "matmul.h"

#include "parallel.h"

/* Parts of the result are independent of one another: areas of each product, in
 * blocks of rows and chunks of so many columns. */
typedef struct plan {
    matmul p;
    void (*run)(const matmul *p, const area *at);
    size_t row_blocks, columns, chunks;
} plan;

/* The first row of a block. Blocks have as many tiles, or one less. */
static size_t row_of(const plan *l, size_t block)
{
    size_t tiles = (l->p.m + TILE_ROWS - 1) / TILE_ROWS;
    size_t row = block * tiles / l->row_blocks * TILE_ROWS;

    return row < l->p.m ? row : l->p.m;
}

/* Parts [chunk, last) of one row of parts. */
static void run_block(const plan *l, size_t block, size_t chunk, size_t last)
{
    matmul p = l->p;
    size_t number = block / l->row_blocks;
    size_t row = block % l->row_blocks;
    size_t last_column = last * l->columns;

    p.a.x += number * p.a.next;
    p.a.end += number * p.a.next;
    p.b.x += number * p.b.next;
    p.b.end += number * p.b.next;
    p.y += number * p.y_next;
    l->run(&p, &(area){row_of(l, row), row_of(l, row + 1), chunk * l->columns,
                       last_column < p.n ? last_column : p.n});
}

static void run_parts(void *loop, size_t first, size_t last)
{
    const plan *l = loop;

    while (first < last) {
        size_t block = first / l->chunks, chunk = first % l->chunks;
        size_t left = l->chunks - chunk, count = last - first;
        if (count > left)
            count = left;
        run_block(l, block, chunk, chunk + count);
        first += count;
    }
}

/* So few terms that every preparation would take longer. */
enum { TINY = 64 };

static real dot(size_t n, const real *a, size_t a_step, const real *b,
                size_t b_step)
{
    real sum = 0;

    for (size_t k = 0; k < n; k++)
        sum += a[k * a_step] * b[k * b_step];
    return sum;
}

static void multiply_tiny(const matmul *p, const area *at)
{
    (void)at;
    for (size_t i = 0; i < p->m; i++)
        for (size_t j = 0; j < p->n; j++)
            p->y[i * p->n + j] = dot(p->k, p->a.x + i * p->a.row, p->a.column,
                                     p->b.x + j * p->b.column, p->b.row);
}

static void plan_tiny(plan *l)
{
    l->run = multiply_tiny;
    l->columns = l->p.n;
    l->row_blocks = l->chunks = 1;
}

static void plan_row(plan *l)
{
    l->run = KERNEL(matmul_row);
    l->row_blocks = 1;
    l->columns = MATMUL_CHUNK;
    l->chunks = (l->p.n + MATMUL_CHUNK - 1) / MATMUL_CHUNK;
}

static void plan_tiles(plan *l)
{
    l->run = KERNEL(matmul_tiles);
    l->row_blocks = (l->p.m + BLOCK - 1) / BLOCK;
    l->columns = PANEL;
    l->chunks = (l->p.n + l->columns - 1) / l->columns;
}

static matrix make_matrix(const real *x, size_t rows, size_t columns,
                          bool transposed, size_t next)
{
    return (matrix){x, x + rows * columns, transposed ? 1 : columns,
                    transposed ? rows : 1, next};
}

/* y' = b' a'. */
static matmul swap(const matmul *p)
{
    return (matmul){.m = p->n,
                    .n = p->m,
                    .k = p->k,
                    .a = transpose_of(p->b),
                    .b = transpose_of(p->a),
                    .y = p->y,
                    .y_row = p->y_column,
                    .y_column = p->y_row,
                    .y_next = p->y_next};
}

/* Vectors lie along n. Where n is short they had better lie along m, if it is
 * not dear to have them so. */
static bool is_narrow(const matmul *p)
{
    size_t most = p->a.row == 1 ? LANES - 1 : LANES / 2;

    return p->n <= most && p->m > p->n;
}

static void plan_parts(plan *l)
{
    if (is_narrow(&l->p))
        l->p = swap(&l->p);
    if (l->p.m == 1)
        plan_row(l);
    else
        plan_tiles(l);
}

static void run_plan(plan *l, size_t count)
{
    const matmul *p = &l->p;
    double terms = (double)count * (double)p->m * (double)p->n * (double)p->k;

    tg_parallel(count * l->row_blocks * l->chunks, 1, terms / (4 * LANES),
                run_parts, l);
}

void KERNEL(run_tiles)(const matmul *p, size_t count)
{
    plan l = {.p = *p};

    plan_tiles(&l);
    run_plan(&l, count);
}

/* b in panels, if it is worth the room. */
static void plan_panels(plan *l, const tg_matmul_sizes *s, real *room)
{
    if (tg_matmul_room(s) == 0)
        return;
    KERNEL(matmul_panels)(&l->p, room);
    l->p.panels = room;
}

void KERNEL(matmul)(const tg_matmul_sizes *s, const real *a, const real *b,
                    real *room, real *y)
{
    plan l = {.p = {.m = s->m,
                    .n = s->n,
                    .k = s->k,
                    .a = make_matrix(a, s->m, s->k, s->a_transposed, s->a_next),
                    .b = make_matrix(b, s->k, s->n, s->b_transposed, s->b_next),
                    .y = y,
                    .y_row = s->n,
                    .y_column = 1,
                    .y_next = s->y_next}};
    size_t results = s->m * s->n;

    if (results == 0 || s->k == 0) {
        for (size_t i = 0; results > 0 && i < s->count; i++)
            memset(y + i * s->y_next, 0, results * sizeof *y);
        return;
    }
    if (results <= TINY && results * s->k <= TINY)
        plan_tiny(&l);
    else
        plan_parts(&l);
    plan_panels(&l, s, room);
    run_plan(&l, s->count);
}
