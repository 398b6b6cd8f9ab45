/* What the tests of the kernels share. */
#ifndef ARRAYS_H
#define ARRAYS_H

#include "kernels.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

/* Arrays of both types, f32 values, so that both are the same numbers. */
typedef struct arrays {
    size_t n;
    float *f32;
    double *f64;
} arrays;

static inline arrays make(size_t n, uint64_t seed)
{
    arrays a = {n, malloc((n + 1) * sizeof(float)),
                malloc((n + 1) * sizeof(double))};
    uint64_t state = seed;

    for (size_t i = 0; i < n; i++) {
        a.f32[i] = (float)(random_bits(&state) >> 40) * 0x1p-23F - 1;
        a.f64[i] = (double)a.f32[i];
    }
    return a;
}

static inline void release(arrays a)
{
    free(a.f32);
    free(a.f64);
}

/* |got - expected| within 16 units in the last place of `scale`. */
static inline void compare(const char *set, arrays got, arrays expected,
                           double scale)
{
    size_t i = 0;

    for (; i < got.n; i++) {
        double e32 = fabs((double)got.f32[i] - (double)expected.f32[i]);
        double e64 = fabs(got.f64[i] - expected.f64[i]);
        if (!(e32 <= 16 * 0x1p-24 * scale) || !(e64 <= 16 * 0x1p-53 * scale))
            break;
    }
    ck_assert_msg(got.n > 0 && i == got.n, "%s differs at %zu", set, i);
}

/* Runs body once for each set, with `set` and `plain` to call. */
#define FOR_EACH_SET(body)                                                     \
    do {                                                                       \
        const tg_kernels *sets[4], *plain = tg_kernels_plain();                \
        size_t count = tg_kernels_all(sets, 4);                                \
        ck_assert_uint_ge(count, 1);                                           \
        for (size_t turn = 0; turn < count; turn++) {                          \
            const tg_kernels *set = sets[turn];                                \
            (void)plain;                                                       \
            body                                                               \
        }                                                                      \
    } while (0)

#endif
