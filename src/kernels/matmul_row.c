/* One row times a matrix: read once, so nothing is packed. */
#include "matmul.h"

/* Sums over so many terms begin anew; DOT counts vectors. */
enum { RUN = 256, DOT = 128 };

/* ---- rows of b are neighbours: they are added up */

static void add_four(size_t n, const real *a, const real *b, size_t step,
                     real *restrict sums)
{
    const real *c = b + step, *d = c + step, *e = d + step;

    for (size_t j = 0; j < n; j++)
        sums[j] += a[0] * b[j] + a[1] * c[j] + a[2] * d[j] + a[3] * e[j];
}

static void add_one(size_t n, real a, const real *b, real *restrict sums)
{
    for (size_t j = 0; j < n; j++)
        sums[j] += a * b[j];
}

static void add_terms(const matmul *p, size_t k, size_t last, size_t column,
                      size_t n, real *restrict sums)
{
    const real *a = p->a.x, *b = p->b.x + column;

    for (; k + 4 <= last; k += 4)
        add_four(n, a + k, b + k * p->b.row, p->b.row, sums);
    for (; k < last; k++)
        add_one(n, a[k], b + k * p->b.row, sums);
}

static void add_rows(const matmul *p, size_t column, size_t n)
{
    real sums[MATMUL_CHUNK], *y = p->y + column;

    memset(y, 0, n * sizeof *y);
    for (size_t k = 0; k < p->k; k += RUN) {
        memset(sums, 0, sizeof sums);
        add_terms(p, k, p->k - k < RUN ? p->k : k + RUN, column, n, sums);
        for (size_t j = 0; j < n; j++)
            y[j] += sums[j];
    }
}

/* ---- columns of b are neighbours: each is a scalar product */

static double dot_tail(const real *a, const real *b, size_t n)
{
    double sum = 0;

    for (size_t k = 0; k < n; k++)
        sum += (double)a[k] * (double)b[k];
    return sum;
}

/* Halves are added before lanes are. */
static double sum_halves(vec v)
{
    real sums[LANES];

    store(sums, v);
    for (int n = LANES / 2; n >= 4; n /= 2)
        for (int l = 0; l < n; l++)
            sums[l] += sums[n + l];
    double sum = 0;
    for (int l = 0; l < 4 && l < (int)LANES; l++)
        sum += (double)sums[l];
    return sum;
}

/* Four columns, `step` apart, times n vectors of a. */
static void dot_four(const real *a, const real *b, size_t step, size_t n,
                     double *totals)
{
    vec sums[4] = {0}, more[4] = {0};
    size_t k = 0;

    for (; k + 2 <= n; k += 2, a += 2 * LANES, b += 2 * LANES)
        for (size_t c = 0; c < 4; c++) {
            sums[c] += load(a) * load(b + c * step);
            more[c] += load(a + LANES) * load(b + c * step + LANES);
        }
    for (size_t c = 0; k < n && c < 4; c++)
        sums[c] += load(a) * load(b + c * step);
    for (size_t c = 0; c < 4; c++)
        totals[c] += sum_halves(sums[c] + more[c]);
}

static double dot_one(const real *a, const real *b, size_t n)
{
    vec sums = {0};

    for (size_t k = 0; k < n; k++)
        sums += load(a + k * LANES) * load(b + k * LANES);
    return sum_halves(sums);
}

static void dot_columns(const matmul *p, size_t j, size_t count)
{
    double totals[4] = {0};
    size_t n = p->k / LANES, step = p->b.column;
    const real *a = p->a.x, *b = p->b.x + j * step;

    for (size_t k = 0; k < n; k += DOT) {
        size_t vectors = n - k < DOT ? n - k : DOT;
        if (count == 4)
            dot_four(a + k * LANES, b + k * LANES, step, vectors, totals);
        else
            totals[0] += dot_one(a + k * LANES, b + k * LANES, vectors);
    }
    for (size_t c = 0, k = n * LANES; c < count; c++)
        p->y[j + c] =
            (real)(totals[c] + dot_tail(a + k, b + c * step + k, p->k - k));
}

void KERNEL(matmul_row)(const matmul *p, const area *at)
{
    size_t j = at->column, last = at->last_column;

    if (p->b.column == 1 && p->n > 1) {
        for (; j < last; j += MATMUL_CHUNK)
            add_rows(p, j, last - j < MATMUL_CHUNK ? last - j : MATMUL_CHUNK);
        return;
    }
    for (; j + 4 <= last; j += 4)
        dot_columns(p, j, 4);
    for (; j < last; j++)
        dot_columns(p, j, 1);
}
