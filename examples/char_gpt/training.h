/* How the model learns: AdamW, a rate that rises and falls, clipped gradients,
 * and a look at the words held out now and then. */
#ifndef TRAINING_H
#define TRAINING_H

#include "model.h"
#include "words.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct training_options {
    int64_t steps, batch;   /* words a step */
    int64_t warmup;         /* steps in which the rate rises */
    int64_t validate_every; /* steps */
    double lr, decay, clip; /* the largest norm of the gradients */
    uint64_t seed;          /* of the order of words */
    const char *metrics;    /* a CSV file, or NULL */
} training_options;

/* Trains, with a bar on stderr, and prints on stdout how it went. False after a
 * refusal, which has been printed. */
bool train(const gpt *m, const word_list *words, const training_options *o);

#endif
