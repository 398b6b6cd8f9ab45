/* All that determines how a training goes on, in one file: parameters and
 * running statistics, the optimiser's state, the settings, and how far it is.
 * What is drawn at random (the order of batches, dropout) follows from the seed
 * and the number of the step. */
#ifndef LENET_FASHION_CHECKPOINT_H
#define LENET_FASHION_CHECKPOINT_H

#include "images.h"
#include "options.h"

/* Buffers among the parameters, which are saved with them. */
typedef struct run_state {
    tg_tensor *settings; /* those that change what is learned */
    tg_tensor *step;     /* i64: steps taken */
    tg_tensor *epoch;    /* f64 (2): the loss summed over the images of this
                            epoch so far, and how many were right */
} run_state;

/* The state of a training that begins. False if there is no memory. */
bool run_state_open(run_state *s, tg_params *p, const fashion_options *o,
                    const image_set *set);

/* Refuses, and changes nothing, if the file is of a training with other
 * settings. */
bool checkpoint_load(const run_state *s, tg_params *p, tg_optim *optim,
                     const char *path);

#endif
