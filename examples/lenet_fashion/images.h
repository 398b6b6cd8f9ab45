/* Fashion-MNIST (Xiao, Rasul, Vollgraf, 2017): gray images of 28x28, and what
 * they show. */
#ifndef LENET_FASHION_IMAGES_H
#define LENET_FASHION_IMAGES_H

#include "models.h"

extern const char *const class_names[CLASSES];

typedef struct image_set {
    tg_tensor *images, *labels; /* as they were read */
    /* The first of them: (N, 1, SIDE, SIDE) from 0 to 1, and (N). */
    tg_tensor *columns[2];
    int64_t count;     /* N */
    uint32_t checksum; /* of the columns */
} image_set;

/* Reads PART-images-idx3-ubyte and PART-labels-idx1-ubyte, compressed or not,
 * and takes at most `limit` of them (0: all). Refuses what cannot be read or
 * is something else; image_set_close ends it in any case. */
bool image_set_open(image_set *s, const char *folder, const char *part,
                    int64_t limit);
void image_set_close(image_set *s);

#endif
