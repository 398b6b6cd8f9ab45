#include "training.h"

#include <math.h>

void model_add(model *m, tg_shape weight, int64_t outputs, double fan_in)
{
    float scale = (float)(2 / sqrt(fan_in));
    unsigned seed = 10 + (unsigned)m->count;

    m->parameter[m->count++] = bench_tensor(weight, seed, scale, true);
    m->parameter[m->count++] =
        bench_tensor(TG_SHAPE(outputs), seed + 1, scale, true);
}

tg_tensor *model_linear(const model *m, tg_tensor *x, int i)
{
    return tg_add(m->g, tg_matmul(m->g, x, m->parameter[i]),
                  m->parameter[i + 1]);
}

tg_tensor *model_labels(int64_t n)
{
    tg_tensor *labels = tg_tensor_new(TG_I64, TG_SHAPE(n));

    for (int64_t i = 0; i < n; i++)
        tg_data_i64(labels)[i] = i % 10;
    return labels;
}

static void descend(tg_tensor *parameter)
{
    float *p = tg_data_f32(parameter);
    const float *slope = tg_data_f32(tg_grad(parameter));
    int64_t n = tg_tensor_size(parameter);

    for (int64_t i = 0; i < n; i++)
        p[i] -= 0.01F * slope[i];
}

void model_step(void *env)
{
    model *m = env;

    bench_ok(tg_graph_reset(m->g));
    for (int i = 0; i < m->count; i++)
        tg_zero_grad(m->parameter[i]);
    m->loss = tg_cross_entropy(m->g, m->logits(m), m->labels);
    bench_ok(tg_backward(m->g, m->loss));
    for (int i = 0; i < m->count; i++)
        descend(m->parameter[i]);
}

int model_report(const bench *b, model *m)
{
    if (bench_mode(b, "memory")) {
        for (int i = 0; i < 10; i++)
            model_step(m);
        return bench_report(b, bench_peak_memory(), "MB", 0);
    }
    double seconds = bench_seconds(b, model_step, m);
    double check = tg_item(m->loss);
    for (int i = 0; i < m->count; i++)
        check += bench_tensor_sum(m->parameter[i]);
    return bench_report(b, 1e3 * seconds, "ms", check);
}
