/* Two moons: points of two classes that no straight line separates. */
#ifndef MOONS_POINTS_H
#define MOONS_POINTS_H

#include <tinygrad.h>

typedef struct points {
    tg_tensor *x; /* (n, 2) */
    tg_tensor *y; /* (n, 1): -1 in the upper moon, 1 in the lower one */
} points;

/* Half of n in each moon, moved by normal noise of this standard deviation.
 * points_free ends them, half made ones, too. False for want of memory. */
bool points_draw(points *p, int64_t n, double noise, uint64_t seed);
void points_free(points *p);

/* How many of them have a score of their class's sign. */
int64_t points_right(const points *p, const float *score);

#endif
