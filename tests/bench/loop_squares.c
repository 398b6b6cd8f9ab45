/* The floor of squares: everything in one pass over memory. */
#include "bench.h"

enum { LANES = 16, BLOCK = 4096 };

typedef struct distance {
    float *a, *b, *da, *db;
    long size;
    double y;
} distance;

/* Lanes that the compiler can turn into one vector. */
static double block(const distance *d, long first, long last)
{
    float lane[LANES] = {0};

    for (long i = first; i < last; i += LANES)
        for (int l = 0; l < LANES; l++) {
            float difference = d->a[i + l] - d->b[i + l];
            lane[l] += difference * difference;
            d->da[i + l] = 2 * difference;
            d->db[i + l] = -2 * difference;
        }
    double sum = 0;
    for (int l = 0; l < LANES; l++)
        sum += lane[l];
    return sum;
}

static void fused(void *env)
{
    distance *d = env;
    double y = 0;

#pragma omp parallel for reduction(+ : y)
    for (long i = 0; i < d->size; i += BLOCK)
        y += block(d, i, i + BLOCK < d->size ? i + BLOCK : d->size);
    d->y = y;
}

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv, 1);
    size_t n = (size_t)b.n[0] / LANES * LANES;
    distance d = {.a = bench_array(n, 1),
                  .b = bench_array(n, 2),
                  .da = bench_array(n, 0),
                  .db = bench_array(n, 0),
                  .size = (long)n};
    double seconds = bench_seconds(&b, fused, &d);
    return bench_report(&b, 1e3 * seconds, "ms",
                        d.y + bench_sum(d.da, n) + 2 * bench_sum(d.db, n));
}
