#define _DEFAULT_SOURCE /* madvise */

#include "bench.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { MAX_BATCHES = 1000, MIN_BATCHES = 3, HUGE_PAGE = 2 << 20 };

static void refuse(const char *program, const char *why)
{
    fprintf(stderr, "%s: %s\n", program, why);
    exit(2);
}

static void append(bench *b, const char *word)
{
    size_t used = strlen(b->name);

    snprintf(b->name + used, sizeof b->name - used, "%s%s", used ? "_" : "",
             word);
}

static void take_word(bench *b, const char *word)
{
    if (!isdigit((unsigned char)word[0]))
        b->mode = word;
    else if (b->count < BENCH_NUMBERS)
        b->n[b->count++] = strtol(word, NULL, 10);
    append(b, word);
}

bench bench_begin(int argc, char **argv, int count)
{
    bench b = {.mode = "", .seconds = 0.3};
    const char *slash = strrchr(argv[0], '/');

    append(&b, slash ? slash + 1 : argv[0]);
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--tiny") == 0)
            b.tiny = true;
        else if (strcmp(argv[i], "--cpu-time") == 0)
            b.cpu_time = true;
        else if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc)
            b.seconds = strtod(argv[++i], NULL);
        else if (argv[i][0] == '-')
            refuse(argv[0], "options are --tiny, --seconds S and --cpu-time");
        else
            take_word(&b, argv[i]);
    if (b.count != count)
        refuse(argv[0], "the numbers that give the size do not fit; see the "
                        "table in tests/bench/run");
    return b;
}

bool bench_mode(const bench *b, const char *mode)
{
    return strcmp(b->mode, mode) == 0;
}

static double now(const bench *b)
{
    struct timespec t;

    clock_gettime(b->cpu_time ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double batch(const bench *b, bench_work *work, void *env, long calls)
{
    double start = now(b);

    for (long i = 0; i < calls; i++)
        work(env);
    return (now(b) - start) / (double)calls;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Three calls let caches, pools and page tables settle; of what is very slow,
 * fewer. */
static double warm_up(const bench *b, bench_work *work, void *env)
{
    double start = now(b), once = batch(b, work, env, 1);

    for (int i = 1; i < 3 && now(b) - start < 2 * b->seconds; i++)
        once = batch(b, work, env, 1);
    return once;
}

static bool enough(size_t batches, double elapsed, double seconds)
{
    if (batches < MIN_BATCHES)
        return batches > 0 && elapsed > 5 * seconds;
    return batches == MAX_BATCHES || elapsed > seconds;
}

/* A batch is short, so that other programs interrupt few of them. */
double bench_seconds(const bench *b, bench_work *work, void *env)
{
    if (b->tiny) {
        work(env);
        return 0;
    }
    long calls = 1 + (long)(b->seconds / 500 / (warm_up(b, work, env) + 1e-9));
    double times[MAX_BATCHES];
    double start = now(b);
    size_t n = 0;
    while (!enough(n, now(b) - start, b->seconds))
        times[n++] = batch(b, work, env, calls);
    qsort(times, n, sizeof *times, ascending);
    return times[n / 2];
}

int bench_report(const bench *b, double figure, const char *unit, double check)
{
    if (b->tiny)
        printf("%s %.9g check\n", b->name, check);
    else
        printf("%s %.6g %s\n", b->name, figure, unit);
    return 0;
}

double bench_peak_memory(void)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    long kibibytes = 0;

    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (sscanf(line, "VmHWM: %ld", &kibibytes) == 1)
            break;
    if (status != NULL)
        fclose(status);
    return (double)kibibytes * 1024e-6;
}

void bench_fill(float *x, size_t n, unsigned seed)
{
    uint32_t state = seed;

    for (size_t i = 0; i < n; i++) {
        state = state * 1664525U + 1013904223U;
        x[i] = (float)(state >> 8) / 16777216.0F - 0.5F;
    }
}

float *bench_array(size_t n, unsigned seed)
{
    size_t page = n * sizeof(float) < HUGE_PAGE ? 64 : HUGE_PAGE;
    size_t bytes = (n * sizeof(float) / page + 1) * page;
    float *x = aligned_alloc(page, bytes);

    if (x == NULL)
        refuse("bench", "out of memory");
#ifdef MADV_HUGEPAGE
    if (page == HUGE_PAGE)
        madvise(x, bytes, MADV_HUGEPAGE);
#endif
    memset(x, 0, bytes);
    if (seed != 0)
        bench_fill(x, n, seed);
    return x;
}

double bench_sum(const float *x, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += x[i] * (double)(1 + i % 7);
    return sum;
}
