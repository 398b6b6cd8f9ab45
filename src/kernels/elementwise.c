#include "kernel.h"

#define FILL(expression)                                                       \
    for (size_t i = 0; i < n; i++)                                             \
    y[i] = (expression)

/* The ways to walk, each a loop that the compiler turns into vectors. */
#define BINARY(name, operator)                                                 \
    void KERNEL(name)(size_t n, const real *a, size_t sa, const real *b,       \
                      size_t sb, real *y)                                      \
    {                                                                          \
        if (sa != 0 && sb != 0)                                                \
            FILL(a[i] operator b[i]);                                          \
        else if (sa != 0)                                                      \
            FILL(a[i] operator b[0]);                                          \
        else if (sb != 0)                                                      \
            FILL(a[0] operator b[i]);                                          \
        else                                                                   \
            FILL(a[0] operator b[0]);                                          \
    }

#define UNARY(name, expression)                                                \
    void KERNEL(name)(size_t n, const real *x, real *y)                        \
    {                                                                          \
        FILL(expression);                                                      \
    }

BINARY(add, +)
BINARY(sub, -)
BINARY(mul, *)
BINARY(div, /)

UNARY(neg, -x[i])
UNARY(abs, x[i] < 0 ? -x[i] : x[i] == 0 ? 0 : x[i])
UNARY(sign, x[i] > 0 ? 1 : x[i] < 0 ? -1 : x[i])
UNARY(square, x[i] * x[i])
