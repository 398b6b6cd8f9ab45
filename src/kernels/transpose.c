/* Matrices turned over, square by square. */
#include "pack.h"

#include "parallel.h"

/* Lines of the result that are written at a time stay in the first cache. */
enum { AT_ONCE = 128, NUMBERS_PER_NS = 2 };

typedef struct plan {
    size_t m, n, chunks;
    const real *x;
    real *y;
} plan;

/* Up to AT_ONCE columns of one matrix. The last squares begin early. */
static void turn_columns(const plan *l, size_t matrix, size_t column)
{
    size_t m = l->m, n = l->n, left = n - column;
    size_t depth = left < AT_ONCE ? left : AT_ONCE;
    const real *x = l->x + matrix * m * n + column;
    real *y = l->y + matrix * m * n + column * m;
    lines from = {x, x, n, 1, m, depth, m, 0};

    for (size_t i = 0; m >= LANES && i < m; i += LANES) {
        size_t first = i + LANES <= m ? i : m - LANES;
        pack_rows(y + first, &from, first);
    }
    for (size_t i = 0; m < LANES && i < m; i++)
        for (size_t j = 0; j < depth; j++)
            y[j * m + i] = x[i * n + j];
}

static void turn(void *loop, size_t first, size_t last)
{
    const plan *l = loop;

    for (; first < last; first++)
        turn_columns(l, first / l->chunks, first % l->chunks * AT_ONCE);
}

void KERNEL(transpose)(size_t count, size_t m, size_t n, const real *x, real *y)
{
    plan l = {m, n, (n + AT_ONCE - 1) / AT_ONCE, x, y};
    double numbers = (double)count * (double)m * (double)n;

    tg_parallel(count * l.chunks, 1, numbers / NUMBERS_PER_NS, turn, &l);
}
