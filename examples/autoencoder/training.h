/* Learns to give images back. Refusals are printed. */
#ifndef AUTOENCODER_TRAINING_H
#define AUTOENCODER_TRAINING_H

#include "images.h"

typedef struct training_options {
    int64_t code, epochs, batch;
    double rate; /* of the first step; falls to 0 as a cosine */
    uint64_t seed;
} training_options;

typedef struct training {
    training_options options;
    const image_set *set;
    tg_graph *g;
    tg_params *params;
    tg_optim *adam;
    tg_batches *batches; /* of set->x */
    int64_t step;
} training;

/* Makes all parameters, too, so that a checkpoint can go into them.
 * training_close ends it in any case. */
bool training_open(training *t, const image_set *set, training_options options);
void training_close(training *t);

/* Once through the set; *error becomes the mean over it. */
bool training_epoch(training *t, double *error);

/* The mean squared error of a pixel. */
bool training_test(training *t, const image_set *tests, double *error);
/* What comes back of x: a tensor of the same shape, which lives until the next
 * call, or NULL. */
tg_tensor *training_reconstruct(training *t, tg_tensor *x);

#endif
