/* Loops that are cut into pieces, and what must not become of the process. */
#define _POSIX_C_SOURCE 200809L /* fork, setrlimit */
#include "op_table.h"
#include "parallel.h"
#include "verify.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

/* A cost that pays for as many threads as there are. */
static const double DEAR = 1e12;

enum { MOST = 1000 };

/* How often each index was done, and by whom each piece was. */
typedef struct record {
    size_t grain;
    int done[MOST];
    pthread_mutex_t lock;
    pthread_t thread[MOST];
    size_t first[MOST], pieces;
} record;

static void start(record *r, size_t grain)
{
    memset(r, 0, sizeof *r);
    r->grain = grain;
    pthread_mutex_init(&r->lock, NULL);
}

static void note(void *loop, size_t first, size_t last)
{
    record *r = loop;

    for (size_t i = first; i < last; i++)
        r->done[i]++;
    pthread_mutex_lock(&r->lock);
    r->first[r->pieces] = first;
    r->thread[r->pieces++] = pthread_self();
    pthread_mutex_unlock(&r->lock);
}

static size_t distinct(const record *r)
{
    size_t count = 0;

    for (size_t i = 0; i < r->pieces; i++) {
        size_t k = 0;
        while (k < i && !pthread_equal(r->thread[k], r->thread[i]))
            k++;
        count += k == i;
    }
    return count;
}

static size_t expected_threads(size_t n)
{
    return tg_threads() > 1 ? n : 1;
}

TEST(does_every_index_once_in_whole_grains)
{
    const size_t grains[] = {1, 2, 7, 64, 1000, 5000};
    static record r;

    for (int threads = 1; threads <= 8; threads++) {
        tg_set_threads(threads);
        for (size_t g = 0; g < sizeof grains / sizeof *grains; g++)
            for (size_t n = 0; n <= MOST; n += n < 9 ? 1 : 99) {
                start(&r, grains[g]);
                tg_parallel(n, grains[g], DEAR, note, &r);
                for (size_t i = 0; i < MOST; i++)
                    ck_assert_int_eq(r.done[i], i < n);
                for (size_t p = 0; p < r.pieces; p++)
                    ck_assert_uint_eq(r.first[p] % grains[g], 0);
                ck_assert_uint_le(r.pieces, (size_t)threads);
            }
    }
}
END_TEST

TEST(runs_on_as_many_threads_as_asked)
{
    static record r;

    for (int threads = 1; threads <= 8; threads++) {
        size_t cuts = tg_parallel_cuts();
        tg_set_threads(threads);
        start(&r, 1);
        tg_parallel(MOST, 1, DEAR, note, &r);
        ck_assert_uint_eq(distinct(&r), expected_threads((size_t)threads));
        ck_assert_uint_eq(tg_parallel_cuts() - cuts, distinct(&r) > 1);
    }
}
END_TEST

TEST(cuts_no_more_than_pays)
{
    static record r;

    tg_set_threads(4);
    for (int microseconds = 0; microseconds <= 100; microseconds++) {
        start(&r, 1);
        tg_parallel(MOST, 1, microseconds * 1e3, note, &r);
        ck_assert_uint_le(r.pieces, (size_t)(1 + microseconds / 20));
        if (microseconds < 40)
            ck_assert(pthread_equal(r.thread[0], pthread_self()));
    }
}
END_TEST

static void nest(void *loop, size_t first, size_t last)
{
    for (size_t i = first; i < last; i++) {
        record *r = (record *)loop + i;
        tg_parallel(MOST, 1, DEAR, note, r);
        ck_assert_uint_eq(r->pieces, 1);
    }
}

TEST(cuts_no_loop_within_a_loop)
{
    static record r[4];

    tg_set_threads(4);
    for (int i = 0; i < 4; i++)
        start(&r[i], 1);
    tg_parallel(4, 1, DEAR, nest, r);
    for (int i = 0; i < 4; i++)
        for (size_t k = 0; k < MOST; k++)
            ck_assert_int_eq(r[i].done[k], 1);
}
END_TEST

TEST(cuts_no_loop_in_a_parallel_region_of_the_program)
{
    static record r[4];

    tg_set_threads(4);
    for (int i = 0; i < 4; i++)
        start(&r[i], 1);
#pragma omp parallel for num_threads(4)
    for (int i = 0; i < 4; i++)
        tg_parallel(MOST, 1, DEAR, note, &r[i]);
#if defined(_OPENMP)
    for (int i = 0; i < 4; i++)
        ck_assert_uint_eq(r[i].pieces, 1);
#endif
}
END_TEST

TEST(cuts_nothing_for_a_reference)
{
    static record r;

    tg_set_threads(4);
    start(&r, 1);
    tg_set_reference(true);
    tg_parallel(MOST, 1, DEAR, note, &r);
    tg_set_reference(false);
    ck_assert_uint_eq(r.pieces, 1);
    start(&r, 1);
    tg_parallel(MOST, 1, DEAR, note, &r);
    ck_assert_uint_eq(r.pieces, expected_threads(4));
}
END_TEST

static void *run_loops(void *arg)
{
    static const int loops = 50;
    record *r = arg;

    for (int i = 0; i < loops; i++) {
        start(r, 1);
        tg_parallel(MOST, 1, DEAR, note, r);
        for (size_t k = 0; k < MOST; k++)
            ck_assert_int_eq(r->done[k], 1);
    }
    return NULL;
}

TEST(serves_several_threads_at_once)
{
    enum { THREADS = 8 };
    static record r[THREADS];
    pthread_t thread[THREADS];

    tg_set_threads(3);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, run_loops, &r[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
}
END_TEST

/* ---- the process lives on */

/* Runs in a child that must end by itself, with 0. */
static void in_child(void (*run)(void))
{
    int status;
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        alarm(20);
        run();
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0,
                  "the child ended with %s %d",
                  WIFSIGNALED(status) ? "signal" : "status",
                  WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static size_t loop_pieces(void)
{
    static record r;

    start(&r, 1);
    tg_parallel(MOST, 1, DEAR, note, &r);
    for (size_t i = 0; i < MOST; i++)
        if (r.done[i] != 1)
            return 0;
    return r.pieces;
}

static void run_alone(void)
{
    if (loop_pieces() != 1)
        _exit(1);
}

static void run_together(void)
{
    if (loop_pieces() != expected_threads(4))
        _exit(1);
}

TEST(cuts_loops_in_the_child_of_a_program_that_did_not)
{
    tg_set_threads(4);
    in_child(run_together);
}
END_TEST

TEST(does_not_wait_for_threads_that_a_fork_left_behind)
{
    tg_set_threads(4);
    run_together();
    in_child(run_alone);
    run_together();
}
END_TEST

#if !defined(SANITIZED)
static long virtual_bytes(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    if (file == NULL || fscanf(file, "%ld", &pages) != 1)
        _exit(2);
    fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

/* Stacks for some threads, but not for all. */
static void run_out_of_stacks(void)
{
    struct rlimit limit, stack;

    if (getrlimit(RLIMIT_STACK, &stack) != 0 || stack.rlim_cur == RLIM_INFINITY)
        stack.rlim_cur = 8 << 20;
    limit.rlim_cur = limit.rlim_max =
        (rlim_t)virtual_bytes() + 5 * stack.rlim_cur;
    if (setrlimit(RLIMIT_AS, &limit) != 0)
        _exit(3);
    void *more = malloc(6 * (size_t)stack.rlim_cur);
    free(more);
    if (more != NULL) /* an emulator that does not know the limit */
        return;
    for (int i = 0; i < 3; i++)
        if (loop_pieces() != 1)
            _exit(1);
}

TEST(does_without_threads_that_cannot_be_started)
{
    tg_set_threads(8);
    in_child(run_out_of_stacks);
}
END_TEST
#else
TEST(does_without_threads_that_cannot_be_started)
{
}
END_TEST
#endif

/* ---- a program of small tensors */

static int threads_of_process(void)
{
    char line[128];
    int count = 1;
    FILE *file = fopen("/proc/self/status", "r");

    while (file != NULL && fgets(line, sizeof line, file))
        sscanf(line, "Threads: %d", &count);
    if (file != NULL)
        fclose(file);
    return count;
}

static void call_once(const op_info *op, uint64_t *state, tg_dtype dtype)
{
    tg_tensor *in[MAX_INPUTS];
    tg_graph *g = MADE(tg_graph_new());
    op_case c;

    op->draw(state, &c);
    make_case_inputs(&c, dtype, 1, in);
    tg_tensor *y = MADE(op->call(g, in, &c));
    if (tg_requires_grad(y))
        EXPECT_OK(tg_backward_from(g, y, NULL));
    tg_graph_free(g);
    free_case_inputs(&c, in);
}

TEST(starts_no_thread_for_small_tensors)
{
    int before = threads_of_process();
    uint64_t state = 1;

    tg_set_threads(4);
    for (int t = 0; op_tables[t]; t++)
        for (const op_info *op = op_tables[t]; op->name; op++)
            for (int i = 0; i < 20; i++)
                call_once(op, &state, i % 2 ? TG_F32 : TG_F64);
    ck_assert_uint_eq(tg_parallel_cuts(), 0);
    ck_assert_int_eq(threads_of_process(), before);
}
END_TEST

TEST_MAIN("parallel", starts_no_thread_for_small_tensors,
          cuts_loops_in_the_child_of_a_program_that_did_not,
          does_without_threads_that_cannot_be_started,
          does_every_index_once_in_whole_grains,
          runs_on_as_many_threads_as_asked, cuts_no_more_than_pays,
          cuts_no_loop_within_a_loop,
          cuts_no_loop_in_a_parallel_region_of_the_program,
          cuts_nothing_for_a_reference, serves_several_threads_at_once,
          does_not_wait_for_threads_that_a_fork_left_behind)
