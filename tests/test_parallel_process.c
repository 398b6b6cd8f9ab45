/* What must not become of a process whose loops are cut into pieces. */
#define _POSIX_C_SOURCE 200809L /* fork, setrlimit */
#include "loop_record.h"
#include "op_table.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

TEST_MAIN("parallel_process", starts_no_thread_for_small_tensors,
          cuts_loops_in_the_child_of_a_program_that_did_not,
          does_without_threads_that_cannot_be_started,
          does_not_wait_for_threads_that_a_fork_left_behind)
