/* Functions of one number and their slopes, as their formulas read. */
#include "kernel.h"

#include <math.h>

/* The C library's function for this type. */
#define FUNCTION(name, x) _Generic((x), float : name##f, double : name)(x)

#define UNARY(name, expression)                                                \
    void KERNEL(name)(size_t n, const real *x, real *y)                        \
    {                                                                          \
        for (size_t i = 0; i < n; i++)                                         \
            y[i] = (expression);                                               \
    }

#define SLOPE(name, from, expression)                                          \
    void KERNEL(name)(size_t n, const real *from, const real *dy, real *dx)    \
    {                                                                          \
        for (size_t i = 0; i < n; i++)                                         \
            dx[i] = (expression);                                              \
    }

/* Neither overflows: the exponential is of a number that is not positive. */
static inline real sigmoid(real x)
{
    real e = FUNCTION(exp, x < 0 ? x : -x);

    return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

static inline real softplus(real x)
{
    real e = FUNCTION(exp, x < 0 ? x : -x);

    return FUNCTION(log1p, e) + (x < 0 ? 0 : x);
}

/* The normal distribution and its density. */
static inline real normal(real x)
{
    return FUNCTION(erfc, -x * (real)0.70710678118654752440) / 2;
}

static inline real density(real x)
{
    return FUNCTION(exp, -x * x / 2) * (real)0.39894228040143267794;
}

static inline real silu_slope(real x)
{
    real s = sigmoid(x);

    return s * (1 + x * (1 - s));
}

UNARY(sqrt, FUNCTION(sqrt, x[i]))
UNARY(exp, FUNCTION(exp, x[i]))
UNARY(log, FUNCTION(log, x[i]))
UNARY(sin, FUNCTION(sin, x[i]))
UNARY(cos, FUNCTION(cos, x[i]))
UNARY(tanh, FUNCTION(tanh, x[i]))
UNARY(sigmoid, sigmoid(x[i]))
UNARY(softplus, softplus(x[i]))
UNARY(silu, x[i] * sigmoid(x[i]))
UNARY(gelu, x[i] * normal(x[i]))

SLOPE(tanh_slope, y, dy[i] * (1 - y[i] * y[i]))
SLOPE(sigmoid_slope, y, dy[i] * y[i] * (1 - y[i]))
SLOPE(silu_slope, x, dy[i] * silu_slope(x[i]))
SLOPE(gelu_slope, x, dy[i] * (normal(x[i]) + x[i] * density(x[i])))

void KERNEL(power)(size_t n, double p, const real *x, real *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = _Generic(*x, float : powf, double : pow)(x[i], (real)p);
}
