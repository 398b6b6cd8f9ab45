/* A picture of the kernels of a first layer. */
#ifndef LENET_FASHION_KERNELS_H
#define LENET_FASHION_KERNELS_H

#include <tinygrad.h>

/* Kernels (N, 1, rows, columns) side by side, one scale for all: zero is gray,
 * and white as far above it as black is below. */
bool kernels_draw(const tg_tensor *kernels, const char *path);

#endif
