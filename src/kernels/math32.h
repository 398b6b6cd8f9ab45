/* Functions of a vector of floats, within 2 units in the last place of what the
 * C library gives in double.
 *
 * No branches: NaN, infinities, zeros of either sign and subnormal numbers go
 * through the same formulas or are picked at the end. The polynomials are
 * minimax fits, their coefficients rounded one after the other. */
#ifndef TINYGRAD_MATH32_H
#define TINYGRAD_MATH32_H

#include "vectors.h"

#include <math.h>

typedef mask ints;
typedef uint32_t wraps __attribute__((vector_size(TG_VECTOR)));

#define MATH static inline __attribute__((always_inline))
#define EVERY(number) spread(number)

MATH vec magnitude(vec x)
{
    return (vec)((ints)x & 0x7fffffff);
}

/* x with the sign of s; x is not negative. */
MATH vec with_sign(vec x, vec s)
{
    return (vec)((ints)x | ((ints)s & ~0x7fffffff));
}

/* Adding it rounds a number below 2^22 to an integer, which stands in the
 * lowest bits of the sum. */
#define ROUNDING 0x1.8p23F

/* e^x = (m + low) 2^n, m between 0.7 and 1.42, with half as many digits again
 * in low. */
typedef struct power_of_e {
    vec m, low;
    ints n;
} power_of_e;

/* Of x + low, low being a small correction; |x| below 120. The upper part of
 * ln 2 has few bits, so that its multiples are exact. */
MATH power_of_e exp_parts(vec x, vec low)
{
    vec shifted = x * 0x1.715476p0F + ROUNDING, n = shifted - ROUNDING;
    vec upper = x - n * 0x1.62e4p-1F, lower = low - n * 0x1.7f7d1cp-20F;
    vec r = upper + lower, m = 1 + upper;
    vec p = 0x1.123afep-7F + r * 0x1.6d7c9ep-10F;

    p = 0x1.5554bep-5F + r * p;
    p = 0x1.55549p-3F + r * p;
    p = 0.5F + r * p;
    return (power_of_e){m, (upper - (m - 1)) + (lower + r * r * p),
                        (ints)shifted - (ints)EVERY(ROUNDING)};
}

/* 2^n for -126 <= n <= 127. */
MATH vec power_of_2(ints n)
{
    return (vec)((n + 127) << 23);
}

/* x, but not above or below a limit; NaN stays. */
MATH vec at_most(vec x, float limit)
{
    return below(EVERY(limit), x);
}

MATH vec at_least(vec x, float limit)
{
    return above(EVERY(limit), x);
}

/* x 2^n, rounded once. */
MATH vec scale(vec x, ints n)
{
#if TG_VECTOR == 64
    return (vec)_mm512_scalef_ps((__m512)x, _mm512_cvtepi32_ps((__m512i)n));
#else
    ints half = n >> 1;

    return x * power_of_2(half) * power_of_2(n - half);
#endif
}

/* Beyond the limits all results are infinite or 0. */
MATH vec math_exp(vec x)
{
    power_of_e e = exp_parts(at_least(at_most(x, 89), -104), EVERY(0));

    return scale(e.m + e.low, e.n);
}

/* log(1 + f) for sqrt(1/2) <= 1 + f <= sqrt(2), plus n ln 2. */
MATH vec log_near_1(vec f, vec n)
{
    vec square = f * f;
    vec p = -0x1.de01dap-4F + f * 0x1.147338p-4F;

    p = 0x1.e6c00ap-4F + f * p;
    p = -0x1.fc28cap-4F + f * p;
    p = 0x1.233ba2p-3F + f * p;
    p = -0x1.555c44p-3F + f * p;
    p = 0x1.99a476p-3F + f * p;
    p = -0x1.000006p-2F + f * p;
    p = 0x1.555548p-2F + f * p;
    p = f * square * p - n * 0x1.bd0106p-13F;
    return n * 0x1.63p-1F + (f + (p - 0.5F * square));
}

MATH vec math_log(vec x)
{
    ints tiny = x < 0x1p-126F;
    ints bits = (ints)pick(tiny, x * 0x1p23F, x);
    /* less the bits of sqrt(1/2) */
    ints n = (ints)((wraps)bits - 0x3f3504f3U) >> 23;
    vec m = (vec)((wraps)bits - ((wraps)n << 23));
    vec y = log_near_1(m - 1, __builtin_convertvector(n - (tiny & 23), vec));
    vec other = pick(x < 0, EVERY((float)NAN), x);

    other = pick(x == 0, EVERY(-(float)INFINITY), other);
    return pick((x > 0) & (x < (float)INFINITY), y, other);
}

/* log(1 + x) for 0 <= x <= 1, at sqrt(2) by way of half of it. */
MATH vec log_1_plus(vec x)
{
    ints large = x > 0x1.a8279ap-2F;
    vec n = (vec)((ints)EVERY(1.0F) & large);

    return log_near_1(pick(large, (x - 1) / 2, x), n);
}

/* A polynomial, or else 1 - 2 / (e^2|x| + 1). */
MATH vec math_tanh(vec x)
{
    vec u = magnitude(x), z = u * u;
    power_of_e parts = exp_parts(at_most(u, 10) * 2, EVERY(0));
    vec e = (parts.m + parts.low) * power_of_2(parts.n);
    vec p = 0x1.5811f6p-6F - z * 0x1.9454f2p-8F;

    p = -0x1.b905c4p-5F + z * p;
    p = 0x1.110c5ep-3F + z * p;
    p = -0x1.555548p-3F * 2 + z * p;
    return with_sign(pick(u < 0.5625F, u + u * z * p, 1 - 2 / (e + 1)), x);
}

/* x / (1 + e^-x) and the like: y / (1 + e^-x), x at least -112 and y = 0 where
 * it would be less. With e^-x = m 2^n it is y / (1 + m 2^n) for n below 0, else
 * y 2^-n / (2^-n + m), so that no term overflows. The sum is rounded once,
 * whichever of its terms is larger. */
MATH vec over_1_plus_exp(vec y, vec x)
{
    power_of_e e = exp_parts(-at_most(x, 80), EVERY(0));
    ints down = e.n & (e.n < 0), up = e.n - down;
    vec a = scale(EVERY(1), -up), factor = power_of_2(down), b = e.m * factor;
    vec sum = a + b, b_in_sum = sum - a;
    vec lost = (a - (sum - b_in_sum)) + (b - b_in_sum) + e.low * factor;

    return scale(y / (sum + lost), -up);
}

MATH vec math_sigmoid(vec x)
{
    return over_1_plus_exp(EVERY(1), at_least(x, -112));
}

MATH vec math_silu(vec x)
{
    vec near = at_least(x, -112), y = over_1_plus_exp(near, near);

    return pick(x == -(float)INFINITY, EVERY((float)NAN), y);
}

/* log(1 + e^x) = log(1 + e^-|x|) + max(x, 0). */
MATH vec math_softplus(vec x)
{
    vec e = math_exp(-magnitude(x));

    return log_1_plus(e) + pick(x < 0, EVERY(0), x);
}

/* Beyond this the normal distribution is 0. */
#define FAR 14.6F

/* e^(-x^2 / 2) for x up to FAR. The upper half of x squares without error, so
 * none grows with x. */
MATH power_of_e exp_half_square(vec x)
{
    vec upper = (vec)((ints)x & ~0xfff);

    return exp_parts(upper * upper * -0.5F, (x - upper) * (x + upper) * -0.5F);
}

/* x P(-x) e^(x^2 / 2) for x from 1 to FAR, P the normal distribution. */
MATH vec gelu_tail(vec x)
{
    vec q = (x - 0x1.c6p0F) / (x + 0x1.c6p0F);
    vec p = 0x1.cabfcp-14F + q * 0x1.b8eb58p-11F;

    p = -0x1.5209b8p-9F + q * p;
    p = -0x1.f3483ep-9F + q * p;
    p = 0x1.820ccp-9F + q * p;
    p = 0x1.6a091p-6F + q * p;
    p = 0x1.46c7dcp-7F + q * p;
    p = -0x1.27aae6p-3F + q * p;
    p = 0x1.81b1fap-3F + q * p;
    return 0x1.4d3978p-2F + q * p;
}

/* (P(x) - 1/2) / x for |x| up to 1, of z = x^2. */
MATH vec normal_middle(vec z)
{
    vec p = 0x1.e26c88p-14F - z * 0x1.122004p-17F;

    p = -0x1.376eacp-10F + z * p;
    p = 0x1.46d558p-7F + z * p;
    p = -0x1.105862p-4F + z * p;
    return 0x1.988454p-2F + z * p;
}

/* x P(x), or max(x, 0) - |x| P(-|x|). */
MATH vec math_gelu(vec x)
{
    vec u = at_most(magnitude(x), FAR);
    power_of_e e = exp_half_square(u);
    vec g = gelu_tail(u), tail = scale(e.m * g + e.low * g, e.n);
    vec middle = x * (0.5F + x * normal_middle(x * x));

    return pick(u < 1, middle, pick(x > 0, x, x * 0) - tail);
}

/* P(-x) e^(x^2 / 2) for x from 0 to FAR. */
MATH vec normal_tail(vec x)
{
    vec over = 1 / (x + 4), q = 1 - 8 * over;
    vec p = 0x1.a1cb98p-13F - q * 0x1.08cc48p-13F;

    p = 0x1.9ec15cp-10F + q * p;
    p = -0x1.ce1772p-9F + q * p;
    p = -0x1.edd9cap-8F + q * p;
    p = 0x1.eedab4p-5F + q * p;
    p = -0x1.7dfedcp-3F + q * p;
    p = 0x1.8c6d84p-2F + q * p;
    p = -0x1.373e3cp-1F + q * p;
    return (0x1.82b4bcp-1F + q * p) * over;
}

/* P(x) + x p(x), p the density. */
MATH vec math_gelu_slope(vec x)
{
    vec u = at_most(magnitude(x), FAR);
    power_of_e parts = exp_half_square(u);
    vec e = scale(parts.m + parts.low, parts.n), tail = e * normal_tail(u);

    return pick(x < 0, tail, 1 - tail) + x * (e * 0x1.988454p-2F);
}

#endif
