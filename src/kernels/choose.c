/* Which of the compiled instruction sets this machine runs. */
#include "kernels.h"
#include "verify.h"

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

const tg_kernels *tg_kernels_best(void)
{
    const tg_kernels *all[3] = {&portable};

    return all[tg_kernels_all(all, 3) - 1];
}

static const tg_kernels choosing;
_Atomic(const tg_kernels *) tg_kernels_chosen = &choosing;
static _Atomic(const tg_kernels *) wanted;

void tg_kernels_use(const tg_kernels *set)
{
    atomic_store(&wanted, set);
    atomic_store(&tg_kernels_chosen, &choosing);
}

/* Two threads that choose at once choose the same. */
static const tg_kernels *choose(const char *kernel)
{
    const tg_kernels *set = atomic_load(&wanted);

    if (set == NULL)
        set = tg_kernels_best();
    if (!tg_is_verifying())
        atomic_store_explicit(&tg_kernels_chosen, set, memory_order_relaxed);
    else if (tg_is_reference())
        set = &plain;
    else
        tg_verify_note(kernel, set->name);
    return set;
}

/* Each kernel once more: chooses, and calls the one that was chosen. */
#define CHOOSE(type, name, arguments, ...)                                     \
    static void choose_##name##_##type(__VA_ARGS__)                            \
    {                                                                          \
        choose(#name)->type->name arguments;                                   \
    }
#define CHOOSE_F32(...) CHOOSE(f32, __VA_ARGS__)
#define CHOOSE_F64(...) CHOOSE(f64, __VA_ARGS__)
TG_KERNELS(CHOOSE_F32, float)
TG_KERNELS(CHOOSE_F64, double)

#define FIELD_F32(name, ...) .name = choose_##name##_f32,
#define FIELD_F64(name, ...) .name = choose_##name##_f64,
static const tg_kernels_f32 choosing_f32 = {TG_KERNELS(FIELD_F32, )};
static const tg_kernels_f64 choosing_f64 = {TG_KERNELS(FIELD_F64, )};
static const tg_kernels choosing = {"choosing", &choosing_f32, &choosing_f64};
