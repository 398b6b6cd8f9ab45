/* What the machine can do. Modes: fma (GF/s, multiply and add counted as two),
 * memory (GB/s read and written by a copy larger than the caches). */
#include "bench.h"

#include <string.h>

#if defined(__AVX512F__)
enum { BYTES = 64 };
#elif defined(__AVX2__)
enum { BYTES = 32 };
#else
enum { BYTES = 16 };
#endif
enum { LANES = BYTES / 4, CHAINS = 12, ROUNDS = 100000, THREADS = 64 };

typedef float vector __attribute__((vector_size(BYTES)));

typedef struct machine {
    float *from, *to;
    size_t n;
    int threads;
    float sink[THREADS];
} machine;

/* As many independent chains as hide the latency, from different starts, which
 * the compiler would join otherwise; a and b keep them finite. */
static float chains(float a, float b)
{
    vector x[CHAINS], va = a - (vector){0}, vb = b - (vector){0};

    for (int c = 0; c < CHAINS; c++)
        x[c] = (float)c - (vector){0};
    for (int i = 0; i < ROUNDS; i++)
        for (int c = 0; c < CHAINS; c++)
            x[c] = x[c] * va + vb;
    for (int c = 1; c < CHAINS; c++)
        x[0] += x[c];
    return x[0][0];
}

static void multiply(void *env)
{
    machine *m = env;

#pragma omp parallel for
    for (int t = 0; t < m->threads; t++)
        m->sink[t] = chains(0.5F, 1);
}

static void copy(void *env)
{
    machine *m = env;
    size_t piece = m->n / (size_t)m->threads;

#pragma omp parallel for
    for (int t = 0; t < m->threads; t++)
        memcpy(m->to + (size_t)t * piece, m->from + (size_t)t * piece,
               piece * sizeof(float));
}

#ifdef _OPENMP
#include <omp.h>
#endif

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv, 0);
    machine m = {.n = b.tiny ? 1000 : 32 << 20, .threads = 1};
#ifdef _OPENMP
    m.threads =
        omp_get_max_threads() < THREADS ? omp_get_max_threads() : THREADS;
#endif
    if (bench_mode(&b, "fma")) {
        double flops = 2.0 * LANES * CHAINS * ROUNDS * m.threads;
        return bench_report(&b, 1e-9 * flops / bench_seconds(&b, multiply, &m),
                            "GF/s", 0);
    }
    m.from = bench_array(m.n, 1);
    m.to = bench_array(m.n, 0);
    double bytes = 2.0 * sizeof(float) * (double)m.n;
    return bench_report(&b, 1e-9 * bytes / bench_seconds(&b, copy, &m), "GB/s",
                        0);
}
