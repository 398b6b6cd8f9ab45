#include "support_memory.h"
#include "support.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif
#ifndef RUNNING_ON_VALGRIND
#define RUNNING_ON_VALGRIND 0
#endif

/* Every block carries its size, so that what the library says of it can be
 * compared with the truth. */
typedef union header {
    size_t size;
    max_align_t align;
} header;

static atomic_size_t live, peak, calls, wrong_sizes;
/* The call number that fails, 0 for none; and whether those after it do. */
static atomic_size_t failing_call;
static atomic_bool failing_for_good, has_failed;

static bool must_fail(size_t call)
{
    size_t first = failing_call;
    bool fails = first && (call == first || (failing_for_good && call > first));

    if (fails)
        has_failed = true;
    return fails;
}

static void count_bytes(size_t old_size, size_t new_size)
{
    size_t now =
        atomic_fetch_add(&live, new_size - old_size) + new_size - old_size;

    size_t before = peak;
    while (now > before && !atomic_compare_exchange_weak(&peak, &before, now))
        ;
}

/* NaN in f32 and f64, so that a value nobody wrote does not pass for one;
 * valgrind knows better than that which bytes were never written. */
static void spoil(char *from, size_t size)
{
    if (!RUNNING_ON_VALGRIND)
        memset(from, 0xff, size);
}

static void *counting_realloc(void *ctx, void *p, size_t old_size,
                              size_t new_size)
{
    (void)ctx;
    header *block = p ? (header *)p - 1 : NULL;
    size_t true_size = block ? block->size : 0;

    if (old_size != true_size || (!p && !new_size))
        wrong_sizes++;
    if (new_size == 0) {
        free(block);
        count_bytes(true_size, 0);
        return NULL;
    }
    if (must_fail(++calls) || new_size > SIZE_MAX - sizeof *block)
        return NULL;
    block = realloc(block, sizeof *block + new_size);
    if (!block)
        return NULL;
    block->size = new_size;
    count_bytes(true_size, new_size);
    char *bytes = (char *)(block + 1);
    if (new_size > true_size)
        spoil(bytes + true_size, new_size - true_size);
    return bytes;
}

void begin_counting(void)
{
    live = peak = calls = wrong_sizes = 0;
    fail_allocation(0, false);
    tg_set_allocator((tg_allocator){counting_realloc, NULL});
}

void end_counting(void)
{
    ck_assert_msg(wrong_sizes == 0,
                  "the library gave its allocator a wrong old size");
    ck_assert_msg(live == 0, "the test ends with %zu bytes allocated",
                  (size_t)live);
}

size_t live_bytes(void)
{
    return live;
}

size_t peak_bytes(void)
{
    return peak;
}

size_t allocator_calls(void)
{
    return calls;
}

void fail_allocation(size_t k, bool for_good)
{
    failing_call = k ? calls + k : 0;
    failing_for_good = for_good;
    has_failed = false;
}

bool allocation_failed(void)
{
    return has_failed;
}

static void run_to_success(test_program program, void *env, tg_graph *g,
                           size_t k)
{
    tg_status status = program(g, env);

    ck_assert_msg(status == TG_OK,
                  "after allocation %zu had failed the program no longer "
                  "runs: %s: %s",
                  k, tg_status_name(status), tg_error_message());
}

/* Whether the program has a k-th allocation, and if so, that it survives the
 * failure of it. */
static bool survives_failure(test_program program, void *env, size_t k,
                             bool for_good)
{
    size_t live_before = live_bytes();
    fail_allocation(k, for_good);
    tg_graph *g = tg_graph_new();
    tg_status status = g ? program(g, env) : TG_ERR_NOMEM;
    bool failed = allocation_failed();

    fail_allocation(0, false);
    ck_assert_msg(status == (failed ? TG_ERR_NOMEM : TG_OK),
                  "allocation %zu failing %s: %s: %s", k,
                  for_good ? "for good" : "once", tg_status_name(status),
                  tg_error_message());
    ck_assert_msg(!failed || *tg_error_message(),
                  "allocation %zu failing leaves no message", k);
    if (!g)
        g = MADE(tg_graph_new());
    tg_graph_reset(g);
    run_to_success(program, env, g, k);
    tg_graph_free(g);
    ck_assert_msg(live_bytes() == live_before,
                  "allocation %zu failing %s leaks %zu bytes", k,
                  for_good ? "for good" : "once", live_bytes() - live_before);
    return failed;
}

void check_out_of_memory(test_program program, void *env)
{
    for (int for_good = 0; for_good < 2; for_good++) {
        size_t k = 1;
        while (survives_failure(program, env, k, for_good))
            k++;
        ck_assert_msg(k > 1, "the program allocates nothing");
    }
}
