/* Two networks that see what is worn. */
#ifndef LENET_FASHION_MODELS_H
#define LENET_FASHION_MODELS_H

#include <tinygrad.h>

enum { SIDE = 28, CLASSES = 10 };

typedef struct image_model {
    const char *name;
    /* x (N, 1, SIDE, SIDE) -> logits (N, CLASSES) */
    tg_tensor *(*logits)(tg_graph *g, tg_params *p, tg_tensor *x);
} image_model;

extern const image_model image_models[];
extern const int n_image_models;

/* The one of this name; refuses any other, and returns NULL. */
const image_model *image_model_find(const char *name);

/* What both call the weight of their first layer, (kernels, 1, rows, columns).
 */
extern const char first_kernels[];

#endif
