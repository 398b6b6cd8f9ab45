/* Fashion-MNIST (Xiao, Rasul, Vollgraf, 2017), or other gray images of 28x28.
 * Refusals are printed. */
#ifndef AUTOENCODER_IMAGES_H
#define AUTOENCODER_IMAGES_H

#include <tinygrad.h>

enum { SIDE = 28, PIXELS = SIDE * SIDE };

typedef struct image_set {
    tg_tensor *file; /* as it was read */
    tg_tensor *x;    /* the first of them: (N, 1, SIDE, SIDE), 0 to 1 */
    int64_t count;   /* N */
} image_set;

/* Reads PART-images-idx3-ubyte, compressed or not, and takes at most `limit`
 * images (0: all). images_close ends it in any case. */
bool images_open(image_set *s, const char *folder, const char *part,
                 int64_t limit);
void images_close(image_set *s);

/* The mean squared error of a pixel of `tests` if each image is taken to be
 * the mean of `set`. */
double images_spread(const image_set *set, const image_set *tests);

#endif
