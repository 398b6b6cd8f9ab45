/* The plane as the perceptron divides it, with the points on it. Refusals are
 * printed. */
#ifndef MOONS_MAP_H
#define MOONS_MAP_H

#include "net.h"
#include "points.h"

bool map_print(net *n, const points *p);
bool map_write(net *n, const points *p, const char *path); /* a PNG file */

#endif
