/* sin and cos of floats, by way of doubles: those hold what is left of an angle
 * when quarter turns are taken off, and more. */
#include "vectors.h"

#include <math.h>

typedef int64_t wide_bits __attribute__((vector_size(TG_VECTOR)));
enum { BLOCK = 64 };

/* Up to here a multiple of the first part of pi / 2, of 33 bits, is exact;
 * beyond it, the C library. */
#define LIMIT 0x1p20F
#define ROUNDING 0x1.8p52

static inline wide pick_wide(wide_bits m, wide a, wide b)
{
    return (wide)(((wide_bits)a & m) | ((wide_bits)b & ~m));
}

static inline void store_rounded(float *y, wide v)
{
#if TG_VECTOR == 64
    _mm256_storeu_ps(y, _mm512_cvtpd_ps((__m512d)v));
#elif TG_VECTOR == 32
    _mm_storeu_ps(y, _mm256_cvtpd_ps((__m256d)v));
#else
    for (size_t l = 0; l < WIDE; l++)
        y[l] = (float)v[l];
#endif
}

/* sin(x + turn pi / 2). */
static inline wide sine(wide x, int turn)
{
    wide shifted = x * 0x1.45f306dc9c883p-1 + ROUNDING, n = shifted - ROUNDING;
    wide_bits quarter = (wide_bits)shifted + turn;
    wide r = x - n * 0x1.921fb544p0 - n * 0x1.0b4611a626331p-34, z = r * r;
    wide s = -0x1.a05bbap-13 + z * 0x1.7cd836p-19;
    wide c = 0x1.a075e8p-16 - z * 0x1.372432p-22;

    s = -0x1.555556p-3 + z * (0x1.111176p-7 + z * s);
    c = 0x1.555556p-5 + z * (-0x1.6c1762p-10 + z * c);
    s = r * (1 + z * s);
    c = 1 + z * (z * c - 0.5);
    wide y = pick_wide(-(quarter & 1), c, s);
    return (wide)((wide_bits)y ^ ((quarter & 2) << 62));
}

static void run_block(const float *x, int turn, float *y)
{
    for (size_t i = 0; i < BLOCK; i += WIDE)
        store_rounded(y + i, sine(widen(x + i), turn));
}

static bool has_far(size_t n, const float *x)
{
    int far = 0;

    for (size_t i = 0; i < n; i++)
        far |= !(fabsf(x[i]) <= LIMIT);
    return far;
}

static void run(size_t n, const float *x, int turn, float *y)
{
    float from[BLOCK] = {0}, to[BLOCK];

    for (size_t first = 0; first < n; first += BLOCK) {
        size_t count = n - first < BLOCK ? n - first : BLOCK;
        memcpy(from, x + first, count * sizeof *x);
        run_block(from, turn, to);
        if (has_far(count, from))
            for (size_t i = 0; i < count; i++)
                if (!(fabsf(from[i]) <= LIMIT))
                    to[i] = turn == 0 ? sinf(from[i]) : cosf(from[i]);
        memcpy(y + first, to, count * sizeof *y);
    }
}

void KERNEL(sin)(size_t n, const real *x, real *y)
{
    run(n, x, 0, y);
}

void KERNEL(cos)(size_t n, const real *x, real *y)
{
    run(n, x, 1, y);
}
