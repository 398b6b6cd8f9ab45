/* Functions of one number and their slopes, on vectors of floats; in f64 they
 * are the C library's, in plain_functions.c. */
#include "math32.h"

#define UNARY(name, expression)                                                \
    void KERNEL(name)(size_t n, const real *from, real *to)                    \
    {                                                                          \
        FOR_VECTORS(n, {                                                       \
            vec x = GET(from);                                                 \
            PUT(to, expression);                                               \
        });                                                                    \
    }

#define SLOPE(name, x, expression)                                             \
    void KERNEL(name)(size_t n, const real *at, const real *shares, real *to)  \
    {                                                                          \
        FOR_VECTORS(n, {                                                       \
            vec x = GET(at), dy = GET(shares);                                 \
            PUT(to, expression);                                               \
        });                                                                    \
    }

MATH vec math_silu_slope(vec x)
{
    vec s = math_sigmoid(x);

    return s * (1 + x * (1 - s));
}

UNARY(exp, math_exp(x))
UNARY(log, math_log(x))
UNARY(tanh, math_tanh(x))
UNARY(sigmoid, math_sigmoid(x))
UNARY(softplus, math_softplus(x))
UNARY(silu, math_silu(x))
UNARY(gelu, math_gelu(x))

SLOPE(tanh_slope, y, dy *(1 - y * y))
SLOPE(sigmoid_slope, y, dy *y *(1 - y))
SLOPE(silu_slope, x, dy *math_silu_slope(x))
SLOPE(gelu_slope, x, dy *math_gelu_slope(x))

/* Lane by lane, for the compiler to put together. */
MATH vec square_root(vec x)
{
    real lanes[LANES];

    store(lanes, x);
    for (int l = 0; l < LANES; l++)
        lanes[l] = __builtin_sqrtf(lanes[l]);
    return load(lanes);
}

UNARY(sqrt, square_root(x))
