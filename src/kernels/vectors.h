/* Elementwise work on vectors.
 *
 * What is left of an array at its end, shorter than a vector, goes through the
 * same code as whole vectors do, so that a result depends neither on its place
 * in the array nor on where the array was cut. A result may be its own operand:
 * a vector is read before it is written, and no other is. */
#ifndef TINYGRAD_VECTORS_H
#define TINYGRAD_VECTORS_H

#include "kernel.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

/* What comparing vectors gives: all bits of a lane, or none. */
typedef __typeof__(_Generic((real)0, float
                            : (int32_t)0, double
                            : (int64_t)0)) lane_bits;
typedef lane_bits mask __attribute__((vector_size(TG_VECTOR)));

/* As many times the same number. */
static inline vec spread(real x)
{
    return x - (vec){0};
}

/* a where the mask is set, else b. */
static inline vec pick(mask m, vec a, vec b)
{
    return (vec)(((mask)a & m) | ((mask)b & ~m));
}

/* a where the mask is set, else 0. */
static inline vec keep(mask m, vec a)
{
    return (vec)((mask)a & m);
}

/* a where it is larger, or smaller, else b: so NaN of b stays. */
static inline vec above(vec a, vec b)
{
#if TG_VECTOR == 64
    return _Generic(*(real *)0, float
                    : (vec)_mm512_max_ps((__m512)a, (__m512)b), double
                    : (vec)_mm512_max_pd((__m512d)a, (__m512d)b));
#elif TG_VECTOR == 32
    return _Generic(*(real *)0, float
                    : (vec)_mm256_max_ps((__m256)a, (__m256)b), double
                    : (vec)_mm256_max_pd((__m256d)a, (__m256d)b));
#else
    return pick(a > b, a, b);
#endif
}

static inline vec below(vec a, vec b)
{
#if TG_VECTOR == 64
    return _Generic(*(real *)0, float
                    : (vec)_mm512_min_ps((__m512)a, (__m512)b), double
                    : (vec)_mm512_min_pd((__m512d)a, (__m512d)b));
#elif TG_VECTOR == 32
    return _Generic(*(real *)0, float
                    : (vec)_mm256_min_ps((__m256)a, (__m256)b), double
                    : (vec)_mm256_min_pd((__m256d)a, (__m256d)b));
#else
    return pick(a < b, a, b);
#endif
}

/* Doubles, as many as go into a vector, from numbers of either type. */
typedef double wide __attribute__((vector_size(TG_VECTOR)));
enum { WIDE = TG_VECTOR / sizeof(double) };

static inline wide widen(const real *p)
{
#if TG_VECTOR == 64
    return (wide) _Generic(*p, float
                           : _mm512_cvtps_pd(_mm256_loadu_ps((const void *)p)),
                             double
                           : _mm512_loadu_pd((const void *)p));
#elif TG_VECTOR == 32
    return (wide) _Generic(*p, float
                           : _mm256_cvtps_pd(_mm_loadu_ps((const void *)p)),
                             double
                           : _mm256_loadu_pd((const void *)p));
#else
    real v[WIDE];
    memcpy(v, p, sizeof v);
    return (wide){(double)v[0], (double)v[1]};
#endif
}

/* 0 < n < LANES for both. One number is moved as one: processors do not pass a
 * masked store on to the load that follows it. */
#if TG_VECTOR == 64

static inline vec load_part(size_t n, const real *p)
{
    unsigned lanes = (1U << n) - 1;

    if (n == 1)
        return (vec){p[0]};
    return _Generic(*p, float
                    : (vec)_mm512_maskz_loadu_ps((__mmask16)lanes, p), double
                    : (vec)_mm512_maskz_loadu_pd((__mmask8)lanes, p));
}

static inline void store_part(size_t n, real *p, vec v)
{
    unsigned lanes = (1U << n) - 1;

    if (n == 1)
        p[0] = v[0];
    else
        _Generic(*p, float
                 : _mm512_mask_storeu_ps(p, (__mmask16)lanes, (__m512)v), double
                 : _mm512_mask_storeu_pd(p, (__mmask8)lanes, (__m512d)v));
}

#elif TG_VECTOR == 32

static inline __m256i part_mask(size_t n)
{
    static const int32_t ones[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
    size_t words = n * sizeof(real) / sizeof *ones;

    return _mm256_loadu_si256((const void *)(ones + 8 - words));
}

static inline vec load_part(size_t n, const real *p)
{
    const void *from = p;

    if (n == 1)
        return (vec){p[0]};
    return _Generic(*p, float
                    : (vec)_mm256_maskload_ps(from, part_mask(n)), double
                    : (vec)_mm256_maskload_pd(from, part_mask(n)));
}

static inline void store_part(size_t n, real *p, vec v)
{
    void *to = p;

    if (n == 1)
        p[0] = v[0];
    else
        _Generic(*p, float
                 : _mm256_maskstore_ps(to, part_mask(n), (__m256)v), double
                 : _mm256_maskstore_pd(to, part_mask(n), (__m256d)v));
}

#else

static inline vec load_part(size_t n, const real *p)
{
    vec v = {p[0]};

    for (size_t l = 1; l < n; l++)
        v[l] = p[l];
    return v;
}

static inline void store_part(size_t n, real *p, vec v)
{
    for (size_t l = 0; l < n; l++)
        p[l] = v[l];
}

#endif

/* Runs the statements for every vector of [0, n), with its first index i; then,
 * where something is left, for the rest, with `part` for its length, else 0. */
#define FOR_VECTORS(n, ...)                                                    \
    do {                                                                       \
        size_t i = 0;                                                          \
        for (; (n)-i >= LANES; i += LANES) {                                   \
            enum { part = 0 };                                                 \
            __VA_ARGS__                                                        \
        }                                                                      \
        const size_t part = (n)-i;                                             \
        if (part > 0) {                                                        \
            __VA_ARGS__                                                        \
        }                                                                      \
    } while (0)

/* Within it: a vector of p, and of results. */
#define GET(p) (part == 0 ? load((p) + i) : load_part(part, (p) + i))
#define PUT(p, v) (part == 0 ? store((p) + i, v) : store_part(part, (p) + i, v))

#endif
