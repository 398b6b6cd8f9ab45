#include "parallel.h"
#include "team.h"
#include "verify.h"

#include <stdatomic.h>

#include <tinygrad/threads.h>

#if defined(_OPENMP)
#include <omp.h>
#endif

/* ThreadSanitizer does not see how an OpenMP runtime lets threads wait. */
#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#define TSAN_ACQUIRE(c) __tsan_acquire(c)
#define TSAN_RELEASE(c) __tsan_release(c)
#define TSAN_UNSEEN __attribute__((no_sanitize("thread")))
#else
#define TSAN_ACQUIRE(c)
#define TSAN_RELEASE(c)
#define TSAN_UNSEEN
#endif

static atomic_int most;
static atomic_size_t cuts;

void tg_set_threads(int n)
{
    atomic_store_explicit(&most, n > 0 ? n : 0, memory_order_relaxed);
}

size_t tg_parallel_cuts(void)
{
    return atomic_load_explicit(&cuts, memory_order_relaxed);
}

#if defined(_OPENMP)

int tg_threads(void)
{
    int n = atomic_load_explicit(&most, memory_order_relaxed);

    return n > 0 ? n : omp_get_max_threads();
}

/* A loop that runs [0, n) in ranges of whole grains. */
typedef struct cut_loop {
    size_t n, grain, ranges;
    tg_piece *piece;
    void *loop;
} cut_loop;

static void run_range(cut_loop *c, size_t r)
{
    TSAN_ACQUIRE(c);
    size_t grains = (c->n - 1) / c->grain + 1;
    size_t count = grains / c->ranges, left = grains % c->ranges;
    size_t first = count * r + (r < left ? r : left);
    size_t last = (first + count + (r < left)) * c->grain;

    c->piece(c->loop, first * c->grain, last < c->n ? last : c->n);
    TSAN_RELEASE(c);
}

/* The team has the same size whatever the loop's is: the runtime ends and
 * starts threads where it changes. */
TSAN_UNSEEN static void run_team(cut_loop *c, int team)
{
    TSAN_RELEASE(c);
#pragma omp parallel for num_threads(team) schedule(static, 1)
    for (size_t r = 0; r < c->ranges; r++)
        run_range(c, r);
    TSAN_ACQUIRE(c);
}

/* Waking a thread and waiting for it takes some microseconds. */
enum { NANOSECONDS_A_THREAD = 20000 };

static size_t ranges_for(size_t n, size_t grain, double cost, size_t threads)
{
    size_t grains = (n - 1) / grain + 1;
    double paid = cost / NANOSECONDS_A_THREAD;

    threads = threads < grains ? threads : grains;
    return paid < (double)threads ? (size_t)paid : threads;
}

/* One loop at a time is cut, so that a program that runs several graphs at
 * once has no more threads at work than it asked for, and so that a loop
 * within a loop is not. */
static bool run_cut(cut_loop *c, double cost)
{
    static atomic_flag taken = ATOMIC_FLAG_INIT;

    if (tg_is_reference() || omp_in_parallel() ||
        atomic_flag_test_and_set_explicit(&taken, memory_order_acquire))
        return false;
    size_t team = tg_team((size_t)tg_threads());
    c->ranges = ranges_for(c->n, c->grain, cost, team);
    if (c->ranges > 1) {
        atomic_fetch_add_explicit(&cuts, 1, memory_order_relaxed);
        run_team(c, (int)team);
    }
    atomic_flag_clear_explicit(&taken, memory_order_release);
    return c->ranges > 1;
}

void tg_parallel(size_t n, size_t grain, double cost, tg_piece *piece,
                 void *loop)
{
    cut_loop c = {.n = n, .grain = grain, .piece = piece, .loop = loop};

    if (n == 0)
        return;
    if (n <= grain || cost < 2.0 * NANOSECONDS_A_THREAD || !run_cut(&c, cost))
        piece(loop, 0, n);
}

#else

int tg_threads(void)
{
    return 1;
}

void tg_parallel(size_t n, size_t grain, double cost, tg_piece *piece,
                 void *loop)
{
    (void)grain, (void)cost;
    if (n > 0)
        piece(loop, 0, n);
}

#endif
