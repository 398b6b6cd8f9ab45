/* What the programs of the bench share: arguments, timing, one line of output.
 *
 * A program is called with a mode, numbers that give the size, and options:
 *
 *     corr2d gradients 2048 7 [--seconds S] [--cpu-time] [--tiny]
 *
 * and prints one line, "name figure unit": the median time of the work. With
 * --tiny it does the work once and prints a sum over the results instead, by
 * which tests/bench/run sees that all contenders compute the same. */
#ifndef TINYGRAD_BENCH_H
#define TINYGRAD_BENCH_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { BENCH_NUMBERS = 8 };

typedef struct bench {
    char name[128];   /* program, mode and numbers, joined by _ */
    const char *mode; /* "" without one */
    long n[BENCH_NUMBERS];
    int count; /* of numbers */
    bool tiny;
    double seconds;
    bool cpu_time; /* of the process, rather than wall time */
} bench;

/* Reads the arguments; ends the program unless there are `count` numbers. */
bench bench_begin(int argc, char **argv, int count);
bool bench_mode(const bench *b, const char *mode);

/* The work that is timed: once. */
typedef void bench_work(void *env);
/* The median seconds of one call, after a warm-up; 0 with --tiny, when it is
 * called once. */
double bench_seconds(const bench *b, bench_work *work, void *env);

/* Prints the line. `check` is what is printed with --tiny. Returns 0, for main
 * to return. */
int bench_report(const bench *b, double figure, const char *unit, double check);

/* Peak of the process's memory so far (VmHWM), in 1e6 bytes. */
double bench_peak_memory(void);

/* n numbers in [-0.5, 0.5) that depend on the seed alone. */
void bench_fill(float *x, size_t n, unsigned seed);
/* The same in new memory, zeros for seed 0: aligned to 64 bytes, and large
 * arrays in huge pages where the system has them, for a floor should be low. */
float *bench_array(size_t n, unsigned seed);
/* A sum that changes when elements change places: sum_i x[i] (1 + i mod 7). */
double bench_sum(const float *x, size_t n);

#ifdef __cplusplus
}
#endif
#endif
