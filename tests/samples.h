/* A call of every op, for the tests that go through all of them. */
#ifndef SAMPLES_H
#define SAMPLES_H

#include "support.h"

typedef struct sample {
    const char *name;
    size_t calls; /* of ops; all but the last make one node each */
    tg_function fn;
    int n;
    tg_shape shapes[2];
} sample;

extern const sample samples[];
extern const int n_samples;

/* Makes leaves for the sample, which the caller frees with free_inputs; NULL
 * in place of what could not be made. */
void make_inputs(const sample *s, tg_dtype dtype, uint64_t seed,
                 tg_tensor **inputs);
void free_inputs(const sample *s, tg_tensor **inputs);

#endif
