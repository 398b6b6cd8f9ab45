#include "lanes.h"

#include "tile.h"

/* The share of a tile's rows. */
static __attribute__((noinline)) void fetch_share(const strip *s, size_t first,
                                                  size_t rows)
{
    size_t last = first + rows < s->rows ? first + rows : s->rows;

    fetch_runs(s->soon, s->soon->count * first / s->rows,
               s->soon->count * last / s->rows);
    stay();
}

/* `rows` rows of sums, of which the last ones may not exist. */
ALWAYS_INLINE void put_tile(int rows, int group, int columns, const strip *s,
                            size_t first)
{
    size_t left = s->rows - first;
    factors f = {.offset = s->column,
                 .depth = s->columns,
                 .panel = s->panel,
                 .pitch = (size_t)columns * LANES};
    vec sums[MOST_ROWS][MOST_COLUMNS] = {0};
    real *to = s->sums + first * f.pitch;

    for (size_t r = 0; r < (size_t)rows; r++)
        f.x[r] = s->at + s->row[first + (r < left ? r : 0)];
    if (s->soon != NULL)
        fetch_share(s, first, (size_t)rows);
    multiply_groups(rows, group, columns, &f, sums);
#pragma GCC unroll 20
    for (size_t r = 0; r < (size_t)rows; r++, to += f.pitch) {
        if (r == left)
            return;
#pragma GCC unroll 4
        for (int c = 0; c < columns; c++) {
            vec sum = sums[r][c];
            store(to + c * LANES, s->first ? sum : sum + load(to + c * LANES));
        }
    }
}

ALWAYS_INLINE void put_tiles(int rows, int group, int columns, const strip *s)
{
    for (size_t r = 0; r < s->rows; r += (size_t)rows)
        put_tile(rows, group, columns, s, r);
}

/* Tiles of pairs need half the registers for addresses, and so are larger: they
 * serve where rows are neighbours two by two, and no more of them are idle. */
static inline bool suits_pairs(const strip *s)
{
    if ((s->rows + 19) / 20 * 20 > (s->rows + 13) / 14 * 14)
        return false;
    for (size_t r = 0; r + 1 < s->rows; r += 2)
        if (s->row[r + 1] != s->row[r] + 1)
            return false;
    return s->rows % 2 == 0;
}

void KERNEL(multiply_strip)(const strip *s)
{
    switch (s->width / LANES) {
#if TG_VECTOR == 64
    case 4:
        put_tiles(7, 1, 4, s);
        break;
    case 3:
        put_tiles(8, 1, 3, s);
        break;
    case 2:
        put_tiles(14, 1, 2, s);
        break;
    default:
        if (suits_pairs(s))
            put_tiles(20, 2, 1, s);
        else
            put_tiles(14, 1, 1, s);
#else
    case 2:
        put_tiles(6, 1, 2, s);
        break;
    default:
        put_tiles(12, 1, 1, s);
#endif
    }
}
