#include "conjugate.h"

#include <tinygrad/tensor.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A curvature this far below the largest one is made of rounding. */
static const double singular = 1e-14;

static double dot(int n, const double *a, const double *b)
{
    double sum = 0;

    for (int i = 0; i < n; ++i)
        sum += a[i] * b[i];
    return sum;
}

/* y += a x */
static void add_multiple(int n, double a, const double *x, double *y)
{
    for (int i = 0; i < n; ++i)
        y[i] += a * x[i];
}

/* Gives p length 1, and returns what it was. */
static double normalise(int n, double *p)
{
    double length = sqrt(dot(n, p, p));

    for (int i = 0; i < n; ++i)
        p[i] /= length;
    return length;
}

static double *row(double *rows, const conjugate *c, int i)
{
    return rows + (size_t)i * (size_t)c->n;
}

bool conjugate_new(conjugate *c, int n, const double *b)
{
    size_t size = (size_t)n;

    *c = (conjugate){.n = n};
    c->p = calloc(size * size, sizeof *c->p);
    c->hp = calloc(size * size, sizeof *c->hp);
    c->curvature = calloc(size, sizeof *c->curvature);
    c->rest = calloc(size, sizeof *c->rest);
    c->d = calloc(size, sizeof *c->d);
    if (c->p && c->hp && c->curvature && c->rest && c->d) {
        memcpy(c->rest, b, size * sizeof *b);
        return true;
    }
    conjugate_free(c);
    return false;
}

void conjugate_free(conjugate *c)
{
    free(c->p);
    free(c->hp);
    free(c->curvature);
    free(c->rest);
    free(c->d);
    *c = (conjugate){0};
}

/* Makes p, of length 1, conjugate to the directions known so far and of
 * length 1 again. Returns its length in between. */
static double make_conjugate(const conjugate *c, double *p)
{
    for (int i = 0; i < c->steps; ++i) {
        double share = dot(c->n, p, row(c->hp, c, i)) / c->curvature[i];
        add_multiple(c->n, -share, row(c->p, c, i), p);
    }
    return normalise(c->n, p);
}

/* The steepest way down is the rest. It is at right angles to the directions
 * known so far, so that making it conjugate only lengthens it; if not, it has
 * shrunk to rounding, and d is there. How H curves along what directions are
 * left still counts, for its inverse and for being singular: any will do. */
const double *conjugate_direction(conjugate *c)
{
    double *p = row(c->p, c, c->steps);
    tg_rng rng = tg_rng_seed((uint64_t)c->steps);

    memcpy(p, c->rest, (size_t)c->n * sizeof *p);
    if (normalise(c->n, p) > 0 && make_conjugate(c, p) > 0.5)
        return p;
    for (int i = 0; i < c->n; ++i)
        p[i] = tg_rng_normal(&rng);
    normalise(c->n, p);
    make_conjugate(c, p);
    return p;
}

static double largest(int n, const double *x)
{
    double most = 0;

    for (int i = 0; i < n; ++i)
        most = fmax(most, x[i]);
    return most;
}

bool conjugate_step(conjugate *c, const double *product)
{
    double *p = row(c->p, c, c->steps);
    double curvature = dot(c->n, p, product);
    double length = dot(c->n, p, c->rest) / curvature;

    if (!(curvature > singular * largest(c->steps, c->curvature)))
        return false;
    memcpy(row(c->hp, c, c->steps), product, (size_t)c->n * sizeof *product);
    c->curvature[c->steps++] = curvature;
    add_multiple(c->n, length, p, c->d);
    add_multiple(c->n, -length, product, c->rest);
    c->gain = 0.5 * length * length * curvature;
    return true;
}

double conjugate_inverse(const conjugate *c, int i)
{
    double sum = 0;

    for (int j = 0; j < c->steps; ++j)
        sum += row(c->p, c, j)[i] * row(c->p, c, j)[i] / c->curvature[j];
    return sum;
}
