/* The time to start a process that learns the kernel in ten steps, and to see
 * it end: `learn_kernel ten` beside this program. */
#define _POSIX_C_SOURCE 200809L /* posix_spawn */

#include "bench.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

static void start(void *program)
{
    char *argv[] = {program, "ten", NULL};
    pid_t child;
    int status;

    if (posix_spawn(&child, program, NULL, NULL, argv, environ) != 0 ||
        waitpid(child, &status, 0) < 0 || status != 0) {
        fprintf(stderr, "%s: did not run\n", (char *)program);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv, 0);
    const char *slash = strrchr(argv[0], '/');
    int folder = slash ? (int)(slash - argv[0]) : 1;
    b.cpu_time = false; /* for the work is another process's */
    char program[4096];
    snprintf(program, sizeof program, "%.*s/%slearn_kernel", folder,
             slash ? argv[0] : ".", bench_mode(&b, "loop") ? "loop_" : "");
    return bench_report(&b, 1e3 * bench_seconds(&b, start, program), "ms", 0);
}
