#include "images.h"

#include "program/data_set.h"
#include "program/program.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *const class_names[CLASSES] = {
    "T-shirt", "trouser", "pullover", "dress", "coat",
    "sandal",  "shirt",   "sneaker",  "bag",   "ankle boot"};

/* What there is one of for each image: "images-idx3", "labels-idx1". */
static tg_tensor *load(const char *folder, const char *part, const char *kind,
                       tg_dtype dtype)
{
    char name[64];

    snprintf(name, sizeof name, "%s-%s-ubyte", part, kind);
    return data_set_load(folder, name, dtype);
}

/* ---- is it what it should be? */

static bool check_shapes(const image_set *s, const char *part)
{
    tg_shape images = tg_tensor_shape(s->images);
    tg_shape labels = tg_tensor_shape(s->labels);

    if (images.ndim != 3 || images.dim[1] != SIDE || images.dim[2] != SIDE ||
        images.dim[0] < 1)
        return refuse("the %s images are %s, not N of %dx%d", part,
                      tg_shape_text(images).text, SIDE, SIDE);
    if (labels.ndim != 1 || labels.dim[0] != images.dim[0])
        return refuse("the %s labels are %s, one for each image is (%" PRId64
                      ")",
                      part, tg_shape_text(labels).text, images.dim[0]);
    return true;
}

static bool check_labels(const image_set *s, const char *part)
{
    const int64_t *label = tg_data_i64(s->labels);

    for (int64_t i = 0; i < tg_tensor_size(s->labels); i++)
        if (label[i] < 0 || label[i] >= CLASSES)
            return refuse("%s label %" PRId64 " is %" PRId64 ", not 0 to %d",
                          part, i, label[i], CLASSES - 1);
    return true;
}

/* ---- the set */

static void scale(tg_tensor *images)
{
    float *x = tg_data_f32(images);

    for (int64_t i = 0; i < tg_tensor_size(images); i++)
        x[i] /= 255;
}

/* FNV-1a, but on words of 4 bytes. */
static uint32_t checksum(uint32_t hash, const tg_tensor *t)
{
    const char *bytes = tg_data(t);
    size_t size = (size_t)tg_tensor_size(t) * tg_dtype_size(tg_tensor_dtype(t));

    for (size_t i = 0; i < size; i += sizeof hash) {
        uint32_t word;
        memcpy(&word, bytes + i, sizeof word);
        hash = (hash ^ word) * 16777619U;
    }
    return hash;
}

static bool take(image_set *s, int64_t limit)
{
    int64_t n = tg_tensor_size(s->labels);

    s->count = limit > 0 && limit < n ? limit : n;
    s->columns[0] = tg_tensor_borrow(TG_F32, TG_SHAPE(s->count, 1, SIDE, SIDE),
                                     tg_data(s->images));
    s->columns[1] =
        tg_tensor_borrow(TG_I64, TG_SHAPE(s->count), tg_data(s->labels));
    if (!s->columns[0] || !s->columns[1])
        return refuse_tensors();
    s->checksum = checksum(checksum(2166136261U, s->columns[0]), s->columns[1]);
    return true;
}

bool image_set_open(image_set *s, const char *folder, const char *part,
                    int64_t limit)
{
    *s = (image_set){.images = load(folder, part, "images-idx3", TG_F32)};
    if (!s->images)
        return false;
    s->labels = load(folder, part, "labels-idx1", TG_I64);
    if (!s->labels || !check_shapes(s, part) || !check_labels(s, part))
        return false;
    scale(s->images);
    return take(s, limit);
}

void image_set_close(image_set *s)
{
    tg_tensor_free(s->columns[0]);
    tg_tensor_free(s->columns[1]);
    tg_tensor_free(s->images);
    tg_tensor_free(s->labels);
}
