/* Trains a small network on made-up images and prints a checksum of every bit
 * of its parameters. Usage: determinism THREADS */
#include <tinygrad.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IMAGES = 32, STEPS = 5, PARAMETERS = 4 };

typedef struct model {
    tg_tensor *x, *labels, *p[PARAMETERS];
} model;

/* Numbers in [-1, 1) that are the same everywhere. */
static tg_tensor *draw(tg_shape shape, uint32_t seed, double size)
{
    tg_tensor *t = tg_tensor_new(TG_F32, shape);
    float *data = tg_data_f32(t);

    for (int64_t i = 0; i < tg_tensor_size(t); i++) {
        seed = seed * 1664525 + 1013904223;
        data[i] = (float)(((double)(seed >> 8) * 0x1p-23 - 1) * size);
    }
    return t;
}

static model new_model(void)
{
    model m = {.x = draw(TG_SHAPE(IMAGES, 3, 32, 32), 1, 1),
               .labels = tg_tensor_new(TG_I64, TG_SHAPE(IMAGES)),
               .p = {draw(TG_SHAPE(16, 3, 5, 5), 2, 0.1),
                     draw(TG_SHAPE(16), 3, 0.1),
                     draw(TG_SHAPE(16 * 16 * 16, 10), 4, 0.02),
                     draw(TG_SHAPE(10), 5, 0.1)}};
    int64_t *label = tg_data(m.labels);

    for (int i = 0; i < IMAGES; i++)
        label[i] = i % 10;
    for (int i = 0; i < PARAMETERS; i++)
        tg_set_requires_grad(m.p[i], true);
    return m;
}

static void free_model(model *m)
{
    tg_tensor_free(m->x);
    tg_tensor_free(m->labels);
    for (int i = 0; i < PARAMETERS; i++)
        tg_tensor_free(m->p[i]);
}

static tg_tensor *loss(tg_graph *g, const model *m)
{
    tg_conv2d_options conv = {.padding = {2, 2}};
    tg_pool2d_options pool = {.kernel = {2, 2}};
    tg_tensor *y = tg_conv2d(g, m->x, m->p[0], m->p[1], conv);

    y = tg_avg_pool2d(g, tg_gelu(g, y), pool);
    y = tg_reshape(g, y, TG_SHAPE(IMAGES, 16 * 16 * 16));
    y = tg_add(g, tg_matmul(g, y, m->p[2]), m->p[3]);
    return tg_cross_entropy(g, y, m->labels);
}

static tg_status step(tg_graph *g, model *m)
{
    tg_status s = tg_backward(g, loss(g, m));

    for (int i = 0; i < PARAMETERS && s == TG_OK; i++) {
        float *p = tg_data_f32(m->p[i]), *dp = tg_data_f32(tg_grad(m->p[i]));
        for (int64_t k = 0; k < tg_tensor_size(m->p[i]); k++)
            p[k] -= 0.1F * dp[k];
        tg_zero_grad(m->p[i]);
    }
    tg_graph_reset(g);
    return s;
}

static uint64_t checksum(const model *m)
{
    uint64_t sum = 0xCBF29CE484222325;

    for (int i = 0; i < PARAMETERS; i++) {
        const float *data = tg_data_f32(m->p[i]);
        for (int64_t k = 0; k < tg_tensor_size(m->p[i]); k++) {
            uint32_t bits;
            memcpy(&bits, &data[k], sizeof bits);
            sum = (sum ^ bits) * 0x100000001B3;
        }
    }
    return sum;
}

int main(int argc, char **argv)
{
    model m = new_model();
    tg_graph *g = tg_graph_new();
    tg_status s = TG_OK;

    tg_set_threads(argc > 1 ? atoi(argv[1]) : 1);
    for (int i = 0; i < STEPS && s == TG_OK; i++)
        s = step(g, &m);
    if (s == TG_OK)
        printf("%016" PRIx64 "\n", checksum(&m));
    else
        fprintf(stderr, "%s\n", tg_error_message());
    tg_graph_free(g);
    free_model(&m);
    return s == TG_OK ? 0 : 1;
}
