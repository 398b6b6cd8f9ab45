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
ALWAYS_INLINE void put_tile(int rows, int group, int taps, int columns,
                            const strip *s, size_t first)
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
    if (taps > 1)
        multiply_runs(rows, group, taps, &f, sums);
    else
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

ALWAYS_INLINE void put_tiles(int rows, int columns, const strip *s)
{
    for (size_t r = 0; r < s->rows; r += (size_t)rows)
        put_tile(rows, 1, 1, columns, s, r);
}

#if TG_VECTOR == 64

/* Groups of rows need fewer registers for addresses, so that tiles are larger,
 * and runs of taps need fewer loads. */
ALWAYS_INLINE void put_groups(int group, int taps, const strip *s)
{
    for (size_t r = 0; r < s->rows; r += 20)
        put_tile(20, group, taps, 1, s, r);
}

/* Whether numbers are neighbours, so many by so many. */
static bool are_runs(const ptrdiff_t *at, size_t n, size_t length)
{
    if (n % length != 0)
        return false;
    for (; n > 0; n -= length, at += length)
        for (size_t i = 1; i < length; i++)
            if (at[i] != at[0] + (ptrdiff_t)i)
                return false;
    return true;
}

/* A single column. */
static void put_narrow(const strip *s)
{
    bool idle = (s->rows + 19) / 20 * 20 > (s->rows + 13) / 14 * 14;

    if (idle || !are_runs(s->row, s->rows, 2))
        put_tiles(14, 1, s);
    else if (are_runs(s->column, s->columns, 5))
        if (are_runs(s->row, s->rows, 10))
            put_groups(10, 5, s);
        else
            put_groups(2, 5, s);
    else if (are_runs(s->column, s->columns, 3))
        put_groups(2, 3, s);
    else
        put_groups(2, 1, s);
}

#endif

void KERNEL(multiply_strip)(const strip *s)
{
    switch (s->width / LANES) {
#if TG_VECTOR == 64
    case 4:
        put_tiles(7, 4, s);
        break;
    case 3:
        put_tiles(8, 3, s);
        break;
    case 2:
        put_tiles(14, 2, s);
        break;
    default:
        put_narrow(s);
#else
    case 2:
        put_tiles(6, 2, s);
        break;
    default:
        put_tiles(12, 1, s);
#endif
    }
}
