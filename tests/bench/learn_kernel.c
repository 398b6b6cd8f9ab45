/* One step of learning the kernel [1, -1] from a 6x8 image and its edges, as in
 * examples/learn_kernel.c. Modes: eager, replay; "ten" does ten eager steps and
 * ends, for cold_start. */
#include "tensors.h"

typedef struct experiment {
    tg_graph *g;
    tg_tensor *x, *y, *k, *dk;
} experiment;

static tg_tensor *loss(const experiment *e)
{
    tg_tensor *difference = tg_sub(e->g, tg_corr2d(e->g, e->x, e->k), e->y);

    return tg_sum(e->g, tg_square(e->g, difference));
}

static void descend(tg_tensor *k, const tg_tensor *dk)
{
    float *to = tg_data_f32(k);
    const float *slope = tg_data_f32(dk);

    for (int i = 0; i < 2; i++)
        to[i] -= 0.03F * slope[i];
}

static void eager(void *env)
{
    experiment *e = env;

    tg_zero_grad(e->k);
    bench_ok(tg_backward(e->g, loss(e)));
    descend(e->k, tg_grad(e->k));
    bench_ok(tg_graph_reset(e->g));
}

static void record(experiment *e)
{
    bench_ok(tg_gradients(e->g, loss(e), NULL, 1, &e->k, &e->dk,
                          (tg_gradients_options){.create_graph = true}));
}

static void replay(void *env)
{
    experiment *e = env;

    bench_ok(tg_replay(e->g));
    descend(e->k, e->dk);
}

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv, 0);
    float pixels[6 * 8], edges[6 * 7];
    for (int i = 0; i < 6 * 8; i++)
        pixels[i] = i % 8 < 2 || i % 8 > 5;
    for (int i = 0; i < 6 * 7; i++)
        edges[i] = (float)((i % 7 == 1) - (i % 7 == 5));
    experiment e = {
        .g = tg_graph_new(),
        .x = tg_tensor_f32(TG_SHAPE(6, 8), pixels),
        .y = tg_tensor_f32(TG_SHAPE(6, 7), edges),
        .k = bench_tensor(TG_SHAPE(1, 2), 1, 1, true),
    };
    if (bench_mode(&b, "ten")) {
        for (int i = 0; i < 10; i++)
            eager(&e);
        return tg_data_f32(e.k)[0] > 0 ? 0 : 1;
    }
    bool replays = bench_mode(&b, "replay");
    if (replays)
        record(&e);
    double seconds = bench_seconds(&b, replays ? replay : eager, &e);
    return bench_report(&b, 1e6 * seconds, "us", bench_tensor_sum(e.k));
}
