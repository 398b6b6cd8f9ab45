/* Which of the compiled instruction sets this machine runs. */
#include "kernels.h"

#include <stdatomic.h>

#define TABLES(set)                                                            \
    extern const tg_kernels_f32 tg_table_f32_##set;                            \
    extern const tg_kernels_f64 tg_table_f64_##set;                            \
    static const tg_kernels set = {#set, &tg_table_f32_##set,                  \
                                   &tg_table_f64_##set};

TABLES(plain)
TABLES(portable)
#if defined(__x86_64__)
TABLES(avx2)
TABLES(avx512)
#endif

const tg_kernels *tg_kernels_plain(void)
{
    return &plain;
}

size_t tg_kernels_all(const tg_kernels *all[], size_t room)
{
    const tg_kernels *found[3] = {&portable};
    size_t n = 1;

#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        found[n++] = &avx2;
    if (n == 2 && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw"))
        found[n++] = &avx512;
#endif
    for (size_t i = 0; i < n && i < room; i++)
        all[i] = found[i];
    return n < room ? n : room;
}

/* Two threads that choose at once choose the same. */
static const tg_kernels *choose(_Atomic(const tg_kernels *) *chosen)
{
    const tg_kernels *all[3] = {&portable};
    const tg_kernels *best = all[tg_kernels_all(all, 3) - 1];

    atomic_store_explicit(chosen, best, memory_order_relaxed);
    return best;
}

const tg_kernels *tg_kernels_best(void)
{
    static _Atomic(const tg_kernels *) chosen;
    const tg_kernels *best =
        atomic_load_explicit(&chosen, memory_order_relaxed);

    return best != NULL ? best : choose(&chosen);
}
