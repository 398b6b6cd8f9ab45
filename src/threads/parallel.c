#include "parallel.h"

#include <stdatomic.h>

#include <tinygrad/threads.h>

#if defined(_OPENMP)
#include <omp.h>
#else
#define omp_get_max_threads() 1
#define omp_in_parallel() 1
#endif

static atomic_int most;

void tg_set_threads(int n)
{
    atomic_store_explicit(&most, n > 0 ? n : 0, memory_order_relaxed);
}

int tg_threads(void)
{
#if defined(_OPENMP)
    int n = atomic_load_explicit(&most, memory_order_relaxed);

    return n > 0 ? n : omp_get_max_threads();
#else
    return 1;
#endif
}

/* Waking a thread and waiting for it takes some microseconds. */
enum { NANOSECONDS_A_THREAD = 20000 };

static size_t threads_for(size_t grains, double cost)
{
    size_t n = grains;

    if (cost < 2.0 * NANOSECONDS_A_THREAD || omp_in_parallel())
        return 1;
    if ((double)n > cost / NANOSECONDS_A_THREAD)
        n = (size_t)(cost / NANOSECONDS_A_THREAD);
    return n < (size_t)tg_threads() ? n : (size_t)tg_threads();
}

/* Range t of as many as there are threads, in whole grains. */
static void run_range(size_t t, size_t threads, size_t n, size_t grain,
                      tg_piece *piece, void *loop)
{
    size_t grains = (n + grain - 1) / grain;
    size_t first = grains / threads * t, count = grains / threads;
    size_t left = grains % threads;

    first += t < left ? t : left;
    count += t < left;
    size_t last = (first + count) * grain;
    piece(loop, first * grain, last < n ? last : n);
}

void tg_parallel(size_t n, size_t grain, double cost, tg_piece *piece,
                 void *loop)
{
    size_t threads = n > 0 ? threads_for((n - 1) / grain + 1, cost) : 0;

    if (threads == 1)
        piece(loop, 0, n);
    if (threads <= 1)
        return;
#pragma omp parallel for num_threads((int)threads) schedule(static, 1)
    for (size_t t = 0; t < threads; t++)
        run_range(t, threads, n, grain, piece, loop);
}
