/* Numbers that share a sum, in f32.
 *
 * They lie `step` apart. Where they are not neighbours, those of LANES sums are
 * taken at once, a sum a lane; short rows are first copied, so that this holds
 * for them too. Sums are taken in double. */
#ifndef TINYGRAD_SOFTMAX_LANES_H
#define TINYGRAD_SOFTMAX_LANES_H

#include "math32.h"

/* A row's length from which on it is vectors itself. */
enum { LONG = 33 };

/* Doubles for each lane of a vector. */
typedef struct sums {
    wide low, high;
} sums;

static inline sums add(sums s, vec x)
{
    real lanes[LANES];

    store(lanes, x);
    return (sums){s.low + widen(lanes), s.high + widen(lanes + WIDE)};
}

static inline vec rounded(sums s)
{
    double lanes[LANES];
    real y[LANES];

    memcpy(lanes, &s, sizeof lanes);
    for (int l = 0; l < LANES; l++)
        y[l] = (real)lanes[l];
    return load(y);
}

static inline double total(sums s)
{
    wide both = s.low + s.high;
    double sum = 0;

    for (size_t l = 0; l < WIDE; l++)
        sum += both[l];
    return sum;
}

/* ---- a sum a lane: `part` of the lanes, or all for 0 */

#define FETCH(p) (part == 0 ? load(p) : load_part(part, p))
#define PLACE(p, v) (part == 0 ? store(p, v) : store_part(part, p, v))

MATH vec largest_of(size_t n, size_t step, size_t part, const real *x)
{
    vec most = FETCH(x);

    for (size_t i = 1; i < n; i++)
        most = above(FETCH(x + i * step), most);
    return most;
}

MATH sums sum_exp(size_t n, size_t step, size_t part, const real *x, vec off)
{
    sums s = {0};

    for (size_t i = 0; i < n; i++)
        s = add(s, math_exp(FETCH(x + i * step) - off));
    return s;
}

/* ---- a row of many */

static real largest_of_row(size_t n, const real *x)
{
    real lanes[LANES], most;
    vec best = load(x + n - LANES), other = best;
    size_t i = 0;

    for (; n - i >= 2 * LANES; i += 2 * LANES) {
        best = above(load(x + i), best);
        other = above(load(x + i + LANES), other);
    }
    if (n - i >= LANES)
        best = above(load(x + i), best);
    store(lanes, above(other, best));
    most = lanes[0];
    for (int l = 1; l < LANES; l++)
        most = lanes[l] > most ? lanes[l] : most;
    return most;
}

/* What a part's other lanes hold must not count. */
static inline vec only(size_t part, vec x)
{
    real lanes[LANES] = {0};

    if (part == 0)
        return x;
    store_part(part, lanes, x);
    return load(lanes);
}

static double sum_exp_of_row(size_t n, const real *x, real largest)
{
    vec off = spread(largest);
    sums s = {0};

    FOR_VECTORS(n, s = add(s, only(part, math_exp(GET(x) - off))););
    return total(s);
}

/* ---- short rows */

/* `rows` short rows as the lanes of n vectors. */
MATH void turn(size_t rows, size_t n, const real *x, real lanes[][LANES])
{
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < n; i++)
            lanes[i][r] = x[r * n + i];
}

#endif
