#define _POSIX_C_SOURCE 200809L

#include "bench.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_BATCHES = 1000, MIN_BATCHES = 3 };

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
        else if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc)
            b.seconds = strtod(argv[++i], NULL);
        else if (argv[i][0] == '-')
            refuse(argv[0], "options are --tiny and --seconds S");
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

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double batch(bench_work *work, void *env, long calls)
{
    double start = now();

    for (long i = 0; i < calls; i++)
        work(env);
    return (now() - start) / (double)calls;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Three calls let caches, pools and page tables settle; of what is very slow,
 * fewer. */
static double warm_up(bench_work *work, void *env, double seconds)
{
    double start = now(), once = batch(work, env, 1);

    for (int i = 1; i < 3 && now() - start < 2 * seconds; i++)
        once = batch(work, env, 1);
    return once;
}

static bool enough(size_t batches, double elapsed, double seconds)
{
    if (batches < MIN_BATCHES)
        return batches > 0 && elapsed > 5 * seconds;
    return batches == MAX_BATCHES || elapsed > seconds;
}

double bench_seconds(const bench *b, bench_work *work, void *env)
{
    if (b->tiny) {
        work(env);
        return 0;
    }
    double once = warm_up(work, env, b->seconds);
    long calls = 1 + (long)(b->seconds / 50 / (once + 1e-9));
    double times[MAX_BATCHES];
    double start = now();
    size_t n = 0;
    while (!enough(n, now() - start, b->seconds))
        times[n++] = batch(work, env, calls);
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
    size_t bytes = (n * sizeof(float) + 63) / 64 * 64;
    float *x = aligned_alloc(64, bytes > 0 ? bytes : 64);

    if (x == NULL)
        refuse("bench", "out of memory");
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
