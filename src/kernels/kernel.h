/* What every kernel's file needs. The build compiles each for two types and
 * several instruction sets, by
 *   TG_REAL    float or double
 *   TG_SUFFIX  what names are told apart by, such as f32_avx2
 *   TG_VECTOR  the bytes of a vector */
#ifndef TINYGRAD_KERNEL_H
#define TINYGRAD_KERNEL_H

#include "kernels.h"

#include <string.h>

#define TG_PASTE_(a, b) tg_##a##_##b
#define TG_PASTE(a, b) TG_PASTE_(a, b)
#define KERNEL(name) TG_PASTE(name, TG_SUFFIX)

typedef TG_REAL real;

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* Before a loop of a fixed number of turns over an array that is to live in
 * registers. */
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

/* As many numbers as the machine handles at once. */
typedef real vec __attribute__((vector_size(TG_VECTOR)));
enum { LANES = TG_VECTOR / sizeof(real) };

#define DECLARE(name, arguments, ...) void KERNEL(name)(__VA_ARGS__);
TG_KERNELS(DECLARE, real)
#undef DECLARE

/* From and to any address. */
static inline vec load(const real *p)
{
    vec v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void store(real *p, vec v)
{
    memcpy(p, &v, sizeof v);
}

static inline double sum_lanes(vec v)
{
    double sum = 0;
    for (int l = 0; l < LANES; l++)
        sum += (double)v[l];
    return sum;
}

#endif
