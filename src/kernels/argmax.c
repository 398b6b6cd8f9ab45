/* Where the largest of some numbers is: the first of them, or the first NaN. */
#include "vectors.h"

/* ---- neighbours: the largest first, then where it is */

enum { SCAN = 4 * LANES };

static bool has(const real *x, real largest)
{
    mask found = {0};

    for (size_t i = 0; i < SCAN; i += LANES) {
        vec v = load(x + i);
        found |=
            largest == largest ? (mask)(v == spread(largest)) : (mask)(v != v);
    }
    mask any = {0};
    return memcmp(&found, &any, sizeof any) != 0;
}

static int64_t first_in_row(size_t n, const real *x)
{
    real most;
    size_t i = 0;

    KERNEL(largest)(1, n, n, x, &most);
    while (n - i > SCAN && !has(x + i, most))
        i += SCAN;
    while (most == most ? x[i] != most : x[i] == x[i])
        i++;
    return (int64_t)i;
}

/* ---- columns: LANES at once */

static void first_in_columns(size_t n, size_t step, size_t part, const real *x,
                             int64_t *y)
{
    vec most = part == 0 ? load(x) : load_part(part, x);
    mask at = {0}, row = {0};

    for (size_t i = 1; i < n; i++) {
        const real *p = x + i * step;
        vec v = part == 0 ? load(p) : load_part(part, p);
        mask better = (v > most) | ((v != v) & (most == most));
        row += 1;
        most = pick(better, v, most);
        at = (row & better) | (at & ~better);
    }
    for (size_t l = 0; l < (part == 0 ? LANES : part); l++)
        y[l] = (int64_t)at[l];
}

static int64_t first_in_column(size_t n, size_t step, const real *x)
{
    size_t first = 0;

    for (size_t i = 1; i < n && x[first * step] == x[first * step]; i++)
        if (!(x[i * step] <= x[first * step]))
            first = i;
    return (int64_t)first;
}

void KERNEL(argmax)(size_t blocks, size_t n, size_t step, size_t width,
                    const real *x, int64_t *y)
{
    for (size_t k = 0; k < blocks; k++, x += n * step, y += step) {
        size_t i = 0;
        if (step == 1 && n > LANES)
            y[i++] = first_in_row(n, x);
        for (; step > 1 && n <= INT32_MAX && i < width; i += LANES)
            first_in_columns(n, step, width - i < LANES ? width - i : 0, x + i,
                             y + i);
        for (; i < width; i++)
            y[i] = first_in_column(n, step, x + i);
    }
}
