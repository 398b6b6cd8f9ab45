/* Kernels that choose between numbers. What is not chosen does not count: no
 * NaN or infinity of it reaches the result. */
#include "vectors.h"

/* NaN goes on, whichever of the two it is. */
static inline vec larger(vec a, vec b)
{
    return pick(a != a, a, above(a, b));
}

static inline vec smaller(vec a, vec b)
{
    return pick(a != a, a, below(a, b));
}

/* dy's share of the one of two numbers that is chosen unless it `lost`. */
static inline vec share(vec dy, mask lost, mask tie)
{
    return keep(~lost, pick(tie, dy / 2, dy));
}

/* The statements with a and b for operands that walk or repeat. */
#define FOR_PAIRS(n, from_a, sa, from_b, sb, ...)                              \
    do {                                                                       \
        vec a0 = spread(n > 0 ? from_a[0] : 0);                                \
        vec b0 = spread(n > 0 ? from_b[0] : 0);                                \
        if (sa != 0 && sb != 0)                                                \
            FOR_VECTORS(n, {                                                   \
                vec a = GET(from_a), b = GET(from_b);                          \
                __VA_ARGS__                                                    \
            });                                                                \
        else if (sa != 0)                                                      \
            FOR_VECTORS(n, {                                                   \
                vec a = GET(from_a), b = b0;                                   \
                __VA_ARGS__                                                    \
            });                                                                \
        else                                                                   \
            FOR_VECTORS(n, {                                                   \
                vec a = a0, b = sb != 0 ? GET(from_b) : b0;                    \
                __VA_ARGS__                                                    \
            });                                                                \
    } while (0)

#define BINARY(name, expression)                                               \
    void KERNEL(name)(size_t n, const real *p, size_t sp, const real *q,       \
                      size_t sq, real *y)                                      \
    {                                                                          \
        FOR_PAIRS(n, p, sp, q, sq, PUT(y, expression););                       \
    }

BINARY(maximum, larger(a, b))
BINARY(minimum, smaller(a, b))
BINARY(equal, keep(a == b, spread(1)))

#define SHARE(name, lost)                                                      \
    void KERNEL(name)(size_t n, const real *dy, const real *p, size_t sp,      \
                      const real *q, size_t sq, real *y)                       \
    {                                                                          \
        FOR_PAIRS(n, p, sp, q, sq, PUT(y, share(GET(dy), lost, a == b)););     \
    }

SHARE(maximum_share, a < b)
SHARE(minimum_share, a > b)

/* Loops for the compiler to turn into vectors, once their steps are known. */
#define SELECT(sa, sb)                                                         \
    for (size_t i = 0; i < n; i++)                                             \
    y[i] = c[i] != 0 ? a[(sa)*i] : b[(sb)*i]

static void copy(size_t n, const real *x, size_t step, real *y)
{
    if (step != 0)
        memmove(y, x, n * sizeof *y);
    else
        for (size_t i = n; i-- > 0;)
            y[i] = x[0];
}

void KERNEL(select)(size_t n, const int64_t *c, size_t sc, const real *a,
                    size_t sa, const real *b, size_t sb, real *y)
{
    if (n > 0 && sc == 0)
        copy(n, c[0] != 0 ? a : b, c[0] != 0 ? sa : sb, y);
    else if (sa != 0 && sb != 0)
        SELECT(1, 1);
    else if (sa != 0)
        SELECT(1, 0);
    else if (sb != 0)
        SELECT(0, 1);
    else
        SELECT(0, 0);
}

#define UNARY(name, expression)                                                \
    void KERNEL(name)(size_t n, const real *from, real *to)                    \
    {                                                                          \
        FOR_VECTORS(n, {                                                       \
            vec x = GET(from);                                                 \
            PUT(to, expression);                                               \
        });                                                                    \
    }

UNARY(relu, keep(~(x <= 0), x))

void KERNEL(relu_slope)(size_t n, const real *x, const real *dy, real *dx)
{
    FOR_VECTORS(n, PUT(dx, keep(~(GET(x) <= 0), GET(dy))););
}

void KERNEL(leaky_relu)(size_t n, double c, const real *from, real *y)
{
    vec slope = spread((real)c);

    FOR_VECTORS(n, {
        vec x = GET(from);
        PUT(y, pick(x > 0, x, slope * x));
    });
}

void KERNEL(leaky_relu_slope)(size_t n, double c, const real *x,
                              const real *share_of, real *dx)
{
    vec slope = spread((real)c);

    FOR_VECTORS(n, {
        vec dy = GET(share_of);
        PUT(dx, pick(GET(x) > 0, dy, slope * dy));
    });
}

void KERNEL(clamp)(size_t n, double low, double high, const real *x, real *y)
{
    vec l = spread((real)low), h = spread((real)high);

    FOR_VECTORS(n, PUT(y, smaller(larger(GET(x), l), h)););
}

void KERNEL(clamp_slope)(size_t n, double low, double high, const real *from,
                         const real *dy, real *dx)
{
    vec l = spread((real)low), h = spread((real)high);

    FOR_VECTORS(n, {
        vec x = GET(from);
        PUT(dx, keep((x >= l) & (x <= h), GET(dy)));
    });
}

static inline real larger_number(real a, real b)
{
    return a > b || a != a ? a : b;
}

static inline real smaller_number(real a, real b)
{
    return a < b || a != a ? a : b;
}

/* As many vectors as hide how long one comparison takes. */
enum { CHAINS = 4 };

/* The last vector overlaps the one before, which changes nothing. */
#define FOLD(name, chosen)                                                     \
    static real name##_of_many(size_t n, const real *x)                        \
    {                                                                          \
        vec best[CHAINS];                                                      \
        real lanes[LANES];                                                     \
        size_t i = 0;                                                          \
        for (int k = 0; k < CHAINS; k++)                                       \
            best[k] = load(x + n - LANES);                                     \
        for (; n - i >= CHAINS * LANES; i += CHAINS * LANES)                   \
            for (int k = 0; k < CHAINS; k++)                                   \
                best[k] = chosen(best[k], load(x + i + (size_t)k * LANES));    \
        for (; n - i >= LANES; i += LANES)                                     \
            best[0] = chosen(best[0], load(x + i));                            \
        best[0] = chosen(chosen(best[0], best[1]), chosen(best[2], best[3]));  \
        store(lanes, best[0]);                                                 \
        for (int half = LANES / 2; half > 0; half /= 2)                        \
            for (int l = 0; l < half; l++)                                     \
                lanes[l] = chosen##_number(lanes[l], lanes[l + half]);         \
        return lanes[0];                                                       \
    }                                                                          \
    static real name##_of_few(size_t n, const real *x)                         \
    {                                                                          \
        real best = x[0];                                                      \
        for (size_t i = 1; i < n; i++)                                         \
            best = chosen##_number(best, x[i]);                                \
        return best;                                                           \
    }                                                                          \
    void KERNEL(name)(size_t rows, size_t n, size_t step, const real *x,       \
                      real *y)                                                 \
    {                                                                          \
        for (size_t r = 0; r < rows; r++, x += step)                           \
            y[r] = n < LANES ? name##_of_few(n, x) : name##_of_many(n, x);     \
    }

FOLD(largest, larger)
FOLD(smallest, smaller)
