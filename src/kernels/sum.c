#include "vectors.h"

/* A sum is made of blocks, in each of which every lane adds a few numbers
 * before it goes on in double. Number i of a block goes to lane i % WIDTH, so
 * a sum has the same bits in every instruction set. */
enum {
    WIDTH = 128 / sizeof(real),
    VECTORS = WIDTH / LANES,
    BLOCK = 32 * WIDTH,
    HALF = WIDTH / 2,
    WIDES = HALF / WIDE,
    FEW = 24
};

/* To the lanes' own sums so far, in double; two lanes share one. */
static inline void add_block(size_t n, const real *x, wide sums[WIDES])
{
    vec lanes[VECTORS] = {0};
    real flat[WIDTH];
    size_t i = 0;

    for (; n - i >= WIDTH; i += WIDTH)
        for (int k = 0; k < VECTORS; k++)
            lanes[k] += load(x + i + (size_t)k * LANES);
    for (int k = 0; k < VECTORS && i < n; k++) {
        lanes[k] += n - i >= LANES ? load(x + i) : load_part(n - i, x + i);
        i += n - i >= LANES ? LANES : n - i;
    }
    memcpy(flat, lanes, sizeof flat);
    for (int k = 0; k < WIDES; k++)
        sums[k] += widen(flat + k * WIDE) + widen(flat + HALF + k * WIDE);
}

static inline void add_blocks(size_t n, const real *x, wide sums[WIDES])
{
    for (; n > BLOCK; n -= BLOCK, x += BLOCK)
        add_block(BLOCK, x, sums);
    add_block(n, x, sums);
}

/* Halves are added until one number is left. */
static inline double total(const wide sums[WIDES])
{
    wide at[WIDES];
    double flat[WIDE];

    memcpy(at, sums, sizeof at);
    for (int half = WIDES / 2; half > 0; half /= 2)
        for (int k = 0; k < half; k++)
            at[k] += at[k + half];
    memcpy(flat, at, sizeof flat);
    for (int half = WIDE / 2; half > 0; half /= 2)
        for (int l = 0; l < half; l++)
            flat[l] += flat[l + half];
    return flat[0];
}

/* Rows that are too short for lanes. */
static double sum_few(size_t n, const real *x)
{
    double even = 0, odd = 0;

    for (size_t i = 0; i + 1 < n; i += 2) {
        even += (double)x[i];
        odd += (double)x[i + 1];
    }
    return n % 2 != 0 ? even + odd + (double)x[n - 1] : even + odd;
}

static double sum(size_t n, const real *x)
{
    wide sums[WIDES] = {0};

    if (n <= FEW)
        return sum_few(n, x);
    add_blocks(n, x, sums);
    return total(sums);
}

void KERNEL(sum)(size_t n, const real *x, double *y)
{
    *y = sum(n, x);
}

void KERNEL(sum_blocks)(size_t n, const real *x, double *numbers)
{
    wide sums[WIDES];

    memcpy(sums, numbers, sizeof sums);
    add_blocks(n, x, sums);
    memcpy(numbers, sums, sizeof sums);
}

void KERNEL(sum_numbers)(const double *numbers, double *y)
{
    wide sums[WIDES];

    memcpy(sums, numbers, sizeof sums);
    *y = total(sums);
}

void KERNEL(sum_rows)(size_t rows, size_t n, size_t step, const real *x,
                      double *sums)
{
    for (size_t r = 0; r < rows; r++)
        sums[r] += sum(n, x + r * step);
}

/* Columns are summed in double, PANEL vectors of them at once. */
enum { PANEL = 8, NARROW = 32 };

static inline __attribute__((always_inline)) void
add_panel(size_t rows, size_t width, size_t step, const real *x, double *sums)
{
    wide lanes[PANEL];

    memcpy(lanes, sums, width * sizeof *lanes);
    for (size_t r = 0; r < rows; r++)
        for (size_t k = 0; k < width; k++)
            lanes[k] += widen(x + r * step + k * WIDE);
    memcpy(sums, lanes, width * sizeof *lanes);
}

static void add_columns(size_t rows, size_t n, size_t step, const real *x,
                        double *sums)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < n; i++)
            sums[i] += (double)x[r * step + i];
}

/* Rows of few numbers, one right behind the other: WIDE rows at once are n
 * vectors, whose lanes keep to their columns. */
static void add_narrow(size_t rows, size_t n, const real *x, double *sums)
{
    wide lanes[NARROW];
    double flat[NARROW * WIDE];

    memset(lanes, 0, n * sizeof *lanes);
    for (size_t r = 0; r < rows; r += WIDE, x += WIDE * n)
        for (size_t k = 0; k < n; k++)
            lanes[k] += widen(x + k * WIDE);
    memcpy(flat, lanes, n * sizeof *lanes);
    for (size_t r = 0; r < WIDE; r++)
        for (size_t k = 0; k < n; k++)
            sums[k] += flat[r * n + k];
}

void KERNEL(sum_columns)(size_t rows, size_t n, size_t step, const real *x,
                         double *sums)
{
    size_t i = 0, whole = rows / WIDE * WIDE;

    if (n <= NARROW && step == n) {
        add_narrow(whole, n, x, sums);
        x += whole * n;
        rows -= whole;
    }
    for (; n - i >= PANEL * WIDE; i += PANEL * WIDE)
        add_panel(rows, PANEL, step, x + i, sums + i);
    for (; n - i >= WIDE; i += WIDE)
        add_panel(rows, 1, step, x + i, sums + i);
    add_columns(rows, n - i, step, x + i, sums + i);
}

void KERNEL(round_sums)(size_t n, const double *sums, real *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (real)sums[i];
}
