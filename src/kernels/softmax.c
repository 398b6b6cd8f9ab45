/* Exponentials that share a sum. The largest number is taken off first, so that
 * none overflows. An infinite one makes the shares NaN, as in PyTorch. */
#include "softmax_lanes.h"

MATH void softmax_lanes(size_t n, size_t step, size_t part, const real *x,
                        const real *unused, real *y)
{
    vec off = largest_of(n, step, part, x);
    sums s = {0};

    (void)unused;
    for (size_t i = 0; i < n; i++) {
        vec e = math_exp(FETCH(x + i * step) - off);
        PLACE(y + i * step, e);
        s = add(s, e);
    }
    vec over = 1 / rounded(s);
    for (size_t i = 0; i < n; i++)
        PLACE(y + i * step, FETCH(y + i * step) * over);
}

MATH void log_softmax_lanes(size_t n, size_t step, size_t part, const real *x,
                            const real *unused, real *y)
{
    vec off = largest_of(n, step, part, x);
    vec rest = math_log(rounded(sum_exp(n, step, part, x, off)));

    (void)unused;
    for (size_t i = 0; i < n; i++)
        PLACE(y + i * step, FETCH(x + i * step) - off - rest);
}

MATH void softmax_slope_lanes(size_t n, size_t step, size_t part, const real *y,
                              const real *dy, real *dx)
{
    sums s = {0};

    for (size_t i = 0; i < n; i++)
        s = add(s, FETCH(y + i * step) * FETCH(dy + i * step));
    vec mean = rounded(s);
    for (size_t i = 0; i < n; i++)
        PLACE(dx + i * step,
              FETCH(y + i * step) * (FETCH(dy + i * step) - mean));
}

MATH void log_softmax_slope_lanes(size_t n, size_t step, size_t part,
                                  const real *y, const real *dy, real *dx)
{
    sums s = {0};

    for (size_t i = 0; i < n; i++)
        s = add(s, FETCH(dy + i * step));
    vec sum = rounded(s);
    for (size_t i = 0; i < n; i++)
        PLACE(dx + i * step,
              FETCH(dy + i * step) - math_exp(FETCH(y + i * step)) * sum);
}

static void softmax_row(size_t n, const real *x, const real *unused, real *y)
{
    vec off = spread(largest_of_row(n, x));
    sums s = {0};

    (void)unused;
    FOR_VECTORS(n, {
        vec e = math_exp(GET(x) - off);
        PUT(y, e);
        s = add(s, only(part, e));
    });
    vec over = spread((real)(1 / total(s)));
    FOR_VECTORS(n, PUT(y, GET(y) * over););
}

static void log_softmax_row(size_t n, const real *x, const real *unused,
                            real *y)
{
    real most = largest_of_row(n, x);
    vec off = spread(most),
        rest = spread(logf((real)sum_exp_of_row(n, x, most)));

    (void)unused;
    FOR_VECTORS(n, PUT(y, GET(x) - off - rest););
}

static void softmax_slope_row(size_t n, const real *y, const real *dy, real *dx)
{
    sums s = {0};

    FOR_VECTORS(n, s = add(s, GET(y) * GET(dy)););
    vec mean = spread((real)total(s));
    FOR_VECTORS(n, PUT(dx, GET(y) * (GET(dy) - mean)););
}

static void log_softmax_slope_row(size_t n, const real *y, const real *dy,
                                  real *dx)
{
    sums s = {0};

    FOR_VECTORS(n, s = add(s, GET(dy)););
    vec sum = spread((real)total(s));
    FOR_VECTORS(n, PUT(dx, GET(dy) - math_exp(GET(y)) * sum););
}

/* ---- all of an array */

typedef void lanes_loop(size_t n, size_t step, size_t part, const real *a,
                        const real *b, real *y);
typedef void row_loop(size_t n, const real *a, const real *b, real *y);

MATH void run_short_rows(size_t rows, size_t n, const real *a, const real *b,
                         real *y, lanes_loop *lanes)
{
    real p[LONG][LANES] = {{0}}, q[LONG][LANES] = {{0}};

    for (size_t r = 0; r < rows; r += LANES) {
        size_t count = rows - r < LANES ? rows - r : LANES;
        turn(count, n, a + r * n, p);
        if (b != NULL)
            turn(count, n, b + r * n, q);
        lanes(n, LANES, 0, p[0], q[0], p[0]);
        for (size_t l = 0; l < count; l++)
            for (size_t i = 0; i < n; i++)
                y[(r + l) * n + i] = p[i][l];
    }
}

MATH void run_columns(size_t n, size_t step, size_t width, const real *a,
                      const real *b, real *y, lanes_loop *lanes)
{
    size_t i = 0;

    for (; width - i >= LANES; i += LANES)
        lanes(n, step, 0, a + i, b + i, y + i);
    if (i < width)
        lanes(n, step, width - i, a + i, b + i, y + i);
}

MATH void run_all(size_t blocks, size_t n, size_t step, size_t width,
                  const real *a, const real *b, real *y, lanes_loop *lanes,
                  row_loop *row)
{
    if (n == 0)
        return;
    if (step == 1 && n < LONG) {
        run_short_rows(blocks, n, a, b, y, lanes);
        return;
    }
    for (size_t k = 0; k < blocks; k++) {
        size_t first = k * n * step;
        if (step == 1)
            row(n, a + first, (b == NULL ? a : b) + first, y + first);
        else
            run_columns(n, step, width, a + first, (b == NULL ? a : b) + first,
                        y + first, lanes);
    }
}

#define SHARES(name)                                                           \
    void KERNEL(name)(size_t blocks, size_t n, size_t step, size_t width,      \
                      const real *x, real *y)                                  \
    {                                                                          \
        run_all(blocks, n, step, width, x, NULL, y, name##_lanes, name##_row); \
    }

#define SLOPE(name)                                                            \
    void KERNEL(name)(size_t blocks, size_t n, size_t step, size_t width,      \
                      const real *y, const real *dy, real *dx)                 \
    {                                                                          \
        run_all(blocks, n, step, width, y, dy, dx, name##_lanes, name##_row);  \
    }

SHARES(softmax)
SHARES(log_softmax)
SLOPE(softmax_slope)
SLOPE(log_softmax_slope)
