#include "points.h"

#include <math.h>

/* The upper moon is a half circle around (0, 0), the lower one around
 * (1, 1/2). */
static void draw_point(bool lower, double noise, tg_rng *rng, float *x)
{
    double angle = acos(-1) * tg_rng_uniform(rng);
    double across = lower ? 1 - cos(angle) : cos(angle);
    double up = lower ? 0.5 - sin(angle) : sin(angle);

    x[0] = (float)(across + noise * tg_rng_normal(rng));
    x[1] = (float)(up + noise * tg_rng_normal(rng));
}

bool points_draw(points *p, int64_t n, double noise, uint64_t seed)
{
    tg_rng rng = tg_rng_seed(seed);

    p->x = tg_tensor_new(TG_F32, TG_SHAPE(n, 2));
    p->y = tg_tensor_new(TG_F32, TG_SHAPE(n, 1));
    if (!p->x || !p->y)
        return false;
    for (int64_t i = 0; i < n; ++i) {
        bool lower = i % 2;
        draw_point(lower, noise, &rng, tg_data_f32(p->x) + 2 * i);
        tg_data_f32(p->y)[i] = lower ? 1 : -1;
    }
    return true;
}

void points_free(points *p)
{
    tg_tensor_free(p->x);
    tg_tensor_free(p->y);
    *p = (points){0};
}

int64_t points_right(const points *p, const float *score)
{
    const float *y = tg_data_f32(p->y);
    int64_t right = 0;

    for (int64_t i = 0; i < tg_tensor_size(p->y); ++i)
        right += y[i] * score[i] > 0;
    return right;
}
