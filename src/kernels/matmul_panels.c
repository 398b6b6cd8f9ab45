/* All panels of b, packed once for all rows of a: a row of panels for each part
 * of the terms. */
#include "matmul.h"
#include "pack.h"
#include "parallel.h"

/* So many at a time, for the sake of rows of b that lie in pages of their own.
 */
enum { AT_ONCE = 4 };

typedef struct packing {
    const matmul *p;
    size_t pieces; /* of AT_ONCE panels, in a row */
    real *to;
} packing;

static void pack_piece(const packing *l, size_t part, size_t column)
{
    const matmul *p = l->p;
    const matrix *b = &p->b;
    size_t first = part * depth_of(p->k), left = p->k - first;
    size_t depth = left < depth_of(p->k) ? left : depth_of(p->k);
    size_t columns = p->n - column;

    if (columns > AT_ONCE * PANEL)
        columns = AT_ONCE * PANEL;
    pack(l->to + panel_at(p->n, first, depth, column),
         &(lines){b->x + first * b->row + column * b->column, b->end, b->column,
                  b->row, columns, depth, PANEL, depth * PANEL});
}

static void pack_pieces(void *loop, size_t first, size_t last)
{
    const packing *l = loop;

    for (; first < last; first++)
        pack_piece(l, first / l->pieces, first % l->pieces * AT_ONCE * PANEL);
}

void KERNEL(matmul_panels)(const matmul *p, real *to)
{
    size_t parts = (p->k + depth_of(p->k) - 1) / depth_of(p->k);
    packing l = {p, (p->n + AT_ONCE * PANEL - 1) / (AT_ONCE * PANEL), to};

    /* Half of what it takes: threads that wait for one another once more had
     * better gain something by it. */
    tg_parallel(parts * l.pieces, 1, (double)p->k * (double)p->n / 8,
                pack_pieces, &l);
}
