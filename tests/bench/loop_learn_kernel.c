/* The floor of learn_kernel: the same step by hand. A call does a hundred, so
 * that the call itself does not count. */
#include "bench.h"

#include <string.h>

enum { H = 6, W = 8, N = 7, STEPS = 100 };

typedef struct experiment {
    /* aligned: how fast the loop is would depend on where the stack begins */
    _Alignas(64) float x[H * W];
    _Alignas(64) float y[H * N];
    _Alignas(64) float k[2];
    int steps;
    volatile float loss;
} experiment;

static void step(experiment *e)
{
    _Alignas(64) float d[H * N];
    float dk[2] = {0, 0}, loss = 0;

    for (int i = 0; i < H; i++)
        for (int j = 0; j < N; j++)
            d[i * N + j] = e->x[i * W + j] * e->k[0] +
                           e->x[i * W + j + 1] * e->k[1] - e->y[i * N + j];
    for (int i = 0; i < H * N; i++)
        loss += d[i] * d[i];
    for (int i = 0; i < H; i++)
        for (int j = 0; j < N; j++) {
            dk[0] += 2 * d[i * N + j] * e->x[i * W + j];
            dk[1] += 2 * d[i * N + j] * e->x[i * W + j + 1];
        }
    e->loss = loss;
    e->k[0] -= 0.03F * dk[0];
    e->k[1] -= 0.03F * dk[1];
}

static void steps(void *env)
{
    experiment *e = env;

    for (int i = 0; i < e->steps; i++)
        step(e);
}

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv, 0);
    experiment e = {.steps = b.tiny ? 1 : STEPS};
    for (int i = 0; i < H * W; i++)
        e.x[i] = i % W < 2 || i % W > 5;
    for (int i = 0; i < H * N; i++)
        e.y[i] = (float)((i % N == 1) - (i % N == 5));
    bench_fill(e.k, 2, 1);
    if (bench_mode(&b, "ten")) {
        for (int i = 0; i < 10; i++)
            step(&e);
        return e.k[0] > 0 ? 0 : 1;
    }
    double seconds = bench_seconds(&b, steps, &e) / e.steps;
    return bench_report(&b, 1e6 * seconds, "us", bench_sum(e.k, 2));
}
