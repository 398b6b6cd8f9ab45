#include "images.h"

#include "program/data_set.h"
#include "program/program.h"

#include <stdio.h>

static bool check_shape(const image_set *s, const char *part)
{
    tg_shape shape = tg_tensor_shape(s->file);

    if (shape.ndim == 3 && shape.dim[0] > 0 && shape.dim[1] == SIDE &&
        shape.dim[2] == SIDE)
        return true;
    return refuse("the %s images are %s, not N of %dx%d", part,
                  tg_shape_text(shape).text, SIDE, SIDE);
}

static bool take(image_set *s, int64_t limit)
{
    int64_t count = tg_tensor_shape(s->file).dim[0];
    float *x = tg_data_f32(s->file);

    s->count = limit > 0 && limit < count ? limit : count;
    for (int64_t i = 0; i < s->count * PIXELS; ++i)
        x[i] /= 255;
    s->x = tg_tensor_borrow(TG_F32, TG_SHAPE(s->count, 1, SIDE, SIDE), x);
    return s->x || refuse_tensors();
}

bool images_open(image_set *s, const char *folder, const char *part,
                 int64_t limit)
{
    char name[64];

    snprintf(name, sizeof name, "%s-images-idx3-ubyte", part);
    s->file = data_set_load(folder, name, TG_F32);
    return s->file && check_shape(s, part) && take(s, limit);
}

void images_close(image_set *s)
{
    tg_tensor_free(s->x);
    tg_tensor_free(s->file);
    *s = (image_set){0};
}

static void mean_image(const image_set *s, double *mean)
{
    const float *x = tg_data_f32(s->x);

    for (int64_t i = 0; i < s->count; ++i)
        for (int j = 0; j < PIXELS; ++j)
            mean[j] += x[i * PIXELS + j] / (double)s->count;
}

double images_spread(const image_set *set, const image_set *tests)
{
    const float *x = tg_data_f32(tests->x);
    double mean[PIXELS] = {0}, sum = 0;

    mean_image(set, mean);
    for (int64_t i = 0; i < tests->count; ++i)
        for (int j = 0; j < PIXELS; ++j) {
            double away = x[i * PIXELS + j] - mean[j];
            sum += away * away;
        }
    return sum / (double)(tests->count * PIXELS);
}
