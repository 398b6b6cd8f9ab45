#include "vectors.h"

/* One number, and a step of 0, are worth their own ways. */
#define BINARY(name, operator)                                                 \
    void KERNEL(name)(size_t n, const real *a, size_t sa, const real *b,       \
                      size_t sb, real *y)                                      \
    {                                                                          \
        if (n == 1) {                                                          \
            y[0] = a[0] operator b[0];                                         \
            return;                                                            \
        }                                                                      \
        vec a0 = spread(n > 0 ? a[0] : 0), b0 = spread(n > 0 ? b[0] : 0);      \
        if (sa != 0 && sb != 0)                                                \
            FOR_VECTORS(n, PUT(y, GET(a) operator GET(b)););                   \
        else if (sa != 0)                                                      \
            FOR_VECTORS(n, PUT(y, GET(a) operator b0););                       \
        else if (sb != 0)                                                      \
            FOR_VECTORS(n, PUT(y, a0 operator GET(b)););                       \
        else                                                                   \
            FOR_VECTORS(n, PUT(y, a0 operator b0););                           \
    }

#define UNARY(name, expression)                                                \
    void KERNEL(name)(size_t n, const real *from, real *to)                    \
    {                                                                          \
        FOR_VECTORS(n, {                                                       \
            vec x = GET(from);                                                 \
            PUT(to, expression);                                               \
        });                                                                    \
    }

BINARY(add, +)
BINARY(sub, -)
BINARY(mul, *)
BINARY(div, /)

void KERNEL(repeat)(size_t n, const real *x, size_t sx, real *y)
{
    vec x0 = spread(n > 0 ? x[0] : 0);

    if (sx != 0)
        FOR_VECTORS(n, PUT(y, GET(x)););
    else
        FOR_VECTORS(n, PUT(y, x0););
}

void KERNEL(scaled_mul)(size_t n, double c, const real *a, const real *b,
                        real *y)
{
    vec factor = spread((real)c);

    FOR_VECTORS(n, PUT(y, factor * (GET(a) * GET(b))););
}

UNARY(neg, -x)
UNARY(abs, keep((mask)(x != 0), pick(x < 0, -x, x)))
UNARY(sign, pick(x > 0, spread(1), pick(x < 0, spread(-1), x)))
UNARY(square, x *x)
