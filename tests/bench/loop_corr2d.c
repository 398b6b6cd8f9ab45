/* The floor of corr2d: direct loops, a tile of several output rows and vectors
 * of columns held in registers over all taps. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#if defined(__AVX512F__)
enum { BYTES = 64 };
#elif defined(__AVX2__)
enum { BYTES = 32 };
#else
enum { BYTES = 16 };
#endif
enum { LANES = BYTES / 4, ROWS = 4, VECTORS = 4, TAPS = 6, STRIP = 32 };

typedef float vector __attribute__((vector_size(BYTES)));
typedef float loose __attribute__((vector_size(BYTES), aligned(4)));

#define ALWAYS static inline __attribute__((always_inline))

typedef struct image {
    float *p;
    long rows, columns;
} image;

typedef struct correlation {
    image x, k, y, dy, dx, dk, flipped, framed;
    bool backward;
} correlation;

/* Volatile, for gcc would load once more for each use, and a load that crosses
 * a cache line is dearer than a register. */
ALWAYS vector load(const float *p)
{
    return *(const volatile loose *)p;
}

/* ------------------------------------------------------------- forward */

/* Input row r of a tile goes into those of its `rows` output rows i that have a
 * tap r - i: from `low` to below `high`, which are constants at each call. */
ALWAYS void input_row(vector (*y)[VECTORS], const float *x, const float *taps,
                      long width, int low, int high, int vectors)
{
    for (long b = 0; b < width; b++) {
        vector column[VECTORS];
#pragma GCC unroll 8
        for (int v = 0; v < vectors; v++)
            column[v] = load(x + b + v * LANES);
#pragma GCC unroll 8
        for (int i = low; i < high; i++)
#pragma GCC unroll 8
            for (int v = 0; v < vectors; v++)
                y[i][v] += taps[b - i * width] * column[v];
    }
}

/* rows <= k->rows */
ALWAYS void tile(const image *x, const image *k, const image *y, long i, long j,
                 int rows, int vectors)
{
    vector sum[ROWS][VECTORS] = {0};
    const float *from = x->p + i * x->columns + j;
    long h = k->rows, w = k->columns;

#pragma GCC unroll 8
    for (int r = 0; r < rows - 1; r++)
        input_row(sum, from + r * x->columns, k->p + r * w, w, 0, r + 1,
                  vectors);
    for (long r = rows - 1; r < h; r++)
        input_row(sum, from + r * x->columns, k->p + r * w, w, 0, rows,
                  vectors);
#pragma GCC unroll 8
    for (int r = 1; r < rows; r++)
        input_row(sum, from + (h + r - 1) * x->columns, k->p + (h + r - 1) * w,
                  w, r, rows, vectors);
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++)
            *(loose *)(y->p + (i + r) * y->columns + j + v * LANES) = sum[r][v];
}

static void single(const image *x, const image *k, const image *y, long i,
                   long j)
{
    float sum = 0;

    for (long a = 0; a < k->rows; a++)
        for (long b = 0; b < k->columns; b++)
            sum +=
                k->p[a * k->columns + b] * x->p[(i + a) * x->columns + j + b];
    y->p[i * y->columns + j] = sum;
}

ALWAYS void band(const image *x, const image *k, const image *y, long i,
                 int rows)
{
    long j = 0;

    for (; j + VECTORS * LANES <= y->columns; j += VECTORS * LANES)
        tile(x, k, y, i, j, rows, VECTORS);
    for (; j + LANES <= y->columns; j += LANES)
        tile(x, k, y, i, j, rows, 1);
    for (; j < y->columns; j++)
        for (int r = 0; r < rows; r++)
            single(x, k, y, i + r, j);
}

static void correlate(const image *x, const image *k, const image *y)
{
    int rows = k->rows < ROWS ? (int)k->rows : ROWS;

#pragma omp parallel for schedule(static)
    for (long i = 0; i < y->rows; i += rows)
        if (i + rows > y->rows || rows == 1)
            for (long r = i; r < y->rows && r < i + rows; r++)
                band(x, k, y, r, 1);
        else if (rows == 2)
            band(x, k, y, i, 2);
        else if (rows == 3)
            band(x, k, y, i, 3);
        else
            band(x, k, y, i, 4);
}

/* ----------------------------------------------------------- gradients */

/* dk[a + i, b + t] for i < ROWS, t < TAPS, from rows [first, last) of x: a row
 * of x meets ROWS rows of dy, which `framed` holds among zeros. */
static void weights(const correlation *c, double *dk, long a, long b,
                    long first, long last)
{
    const image *x = &c->x, *dy = &c->framed;
    long h = c->k.rows, w = c->k.columns, n = c->y.columns;
    vector sum[ROWS][TAPS] = {0};

    for (long r = first; r < last; r++) {
        const float *row[ROWS];
        for (int i = 0; i < ROWS; i++) /* a tap that is none reads row 0 */
            row[i] = dy->p + w - 1 +
                     (a + i < h ? r - a - i + h - 1 : 0) * dy->columns;
        for (long j = 0; j < n; j += LANES) {
            vector slope[ROWS];
            for (int i = 0; i < ROWS; i++)
                slope[i] = load(row[i] + j);
            for (int t = 0; t < TAPS; t++) {
                vector column = load(x->p + r * x->columns + b + t + j);
                for (int i = 0; i < ROWS; i++)
                    sum[i][t] += slope[i] * column;
            }
        }
    }
    for (int i = 0; i < ROWS && a + i < h; i++)
        for (int t = 0; t < TAPS && b + t < w; t++)
            for (int l = 0; l < LANES; l++)
                dk[(a + i) * w + b + t] += sum[i][t][l];
}

static void weight_gradient(const correlation *c)
{
    size_t taps = (size_t)(c->k.rows * c->k.columns);
    double *dk = calloc(taps, sizeof *dk);

#pragma omp parallel
    {
        double *mine = calloc(taps, sizeof *mine);
#pragma omp for schedule(static)
        for (long r = 0; r < c->x.rows; r += STRIP) {
            long last = r + STRIP < c->x.rows ? r + STRIP : c->x.rows;
            for (long a = 0; a < c->k.rows; a += ROWS)
                for (long b = 0; b < c->k.columns; b += TAPS)
                    weights(c, mine, a, b, r, last);
        }
#pragma omp critical
        for (size_t t = 0; t < taps; t++)
            dk[t] += mine[t];
        free(mine);
    }
    for (size_t t = 0; t < taps; t++)
        c->dk.p[t] = (float)dk[t];
    free(dk);
}

static void frame(const correlation *c)
{
    long h = c->k.rows, w = c->k.columns;

    for (long i = 0; i < c->dy.rows; i++)
        memcpy(c->framed.p + (i + h - 1) * c->framed.columns + w - 1,
               c->dy.p + i * c->dy.columns,
               (size_t)c->dy.columns * sizeof(float));
}

static void flip(const correlation *c)
{
    long taps = c->k.rows * c->k.columns;

    for (long t = 0; t < taps; t++)
        c->flipped.p[t] = c->k.p[taps - 1 - t];
}

static void run(void *env)
{
    correlation *c = env;

    correlate(&c->x, &c->k, &c->y);
    if (!c->backward)
        return;
    frame(c);
    flip(c);
    correlate(&c->framed, &c->flipped, &c->dx);
    weight_gradient(c);
}

/* -------------------------------------------------------------- set-up */

/* Vectors may reach beyond the end, where zeros are, or other rows that meet
 * the zeros of a frame. */
static image image_new(long rows, long columns, unsigned seed)
{
    size_t n = (size_t)(rows * columns);
    image x = {bench_array(n + 2 * TAPS + 2 * LANES, 0), rows, columns};

    if (seed != 0)
        bench_fill(x.p, n, seed);
    return x;
}

static double sum(const image *x)
{
    return bench_sum(x->p, (size_t)(x->rows * x->columns));
}

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv, 2);
    long size = b.n[0], k = b.n[1], m = size - k + 1;
    /* below and beside the frame: rows that a tile of taps reaches, and
     * columns that a vector does */
    long below = k - 1 + ROWS, beside = k - 1 + LANES;
    correlation c = {
        .x = image_new(size, size, 1),
        .k = image_new(k, k, 2),
        .y = image_new(m, m, 0),
        .dy = image_new(m, m, 3),
        .dx = image_new(size, size, 0),
        .dk = image_new(k, k, 0),
        .flipped = image_new(k, k, 0),
        .framed = image_new(m + k - 1 + below, m + k - 1 + beside, 0),
        .backward = bench_mode(&b, "gradients"),
    };
    double seconds = bench_seconds(&b, run, &c);
    double check = sum(&c.y);
    if (c.backward)
        check += sum(&c.dx) + sum(&c.dk);
    return bench_report(&b, 1e3 * seconds, "ms", check);
}
