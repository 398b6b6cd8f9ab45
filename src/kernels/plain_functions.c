/* Functions of one number and their slopes, as their formulas read: by the C
 * library, in double. This is also how they are computed in f64. */
#include "kernel.h"

#include <math.h>

#define UNARY(name, expression)                                                \
    void KERNEL(name)(size_t n, const real *from, real *to)                    \
    {                                                                          \
        for (size_t i = 0; i < n; i++) {                                       \
            double x = (double)from[i];                                        \
            to[i] = (real)(expression);                                        \
        }                                                                      \
    }

#define SLOPE(name, of, expression)                                            \
    void KERNEL(name)(size_t n, const real *from, const real *shares,          \
                      real *to)                                                \
    {                                                                          \
        for (size_t i = 0; i < n; i++) {                                       \
            double of = (double)from[i], dy = (double)shares[i];               \
            to[i] = (real)(expression);                                        \
        }                                                                      \
    }

/* Neither overflows: the exponential is of a number that is not positive. */
static inline double sigmoid(double x)
{
    double e = exp(x < 0 ? x : -x);

    return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

static inline double softplus(double x)
{
    return log1p(exp(x < 0 ? x : -x)) + (x < 0 ? 0 : x);
}

/* The normal distribution and its density. */
static inline double normal(double x)
{
    return erfc(-x * 0.70710678118654752440) / 2;
}

static inline double density(double x)
{
    return exp(-x * x / 2) * 0.39894228040143267794;
}

static inline double silu_slope(double x)
{
    double s = sigmoid(x);

    return s * (1 + x * (1 - s));
}

UNARY(sqrt, sqrt(x))
UNARY(exp, exp(x))
UNARY(log, log(x))
UNARY(sin, sin(x))
UNARY(cos, cos(x))
UNARY(tanh, tanh(x))
UNARY(sigmoid, sigmoid(x))
UNARY(softplus, softplus(x))
UNARY(silu, x *sigmoid(x))
UNARY(gelu, x *normal(x))

SLOPE(tanh_slope, y, dy *(1 - y * y))
SLOPE(sigmoid_slope, y, dy *y *(1 - y))
SLOPE(silu_slope, x, dy *silu_slope(x))
SLOPE(gelu_slope, x, dy *(normal(x) + x * density(x)))

void KERNEL(power)(size_t n, double p, const real *x, real *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (real)pow((double)x[i], (double)(real)p);
}
