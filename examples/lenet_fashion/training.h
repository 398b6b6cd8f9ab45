/* The training, from its first step or from where a checkpoint ends. */
#ifndef LENET_FASHION_TRAINING_H
#define LENET_FASHION_TRAINING_H

#include "checkpoint.h"
#include "evaluation.h"
#include "images.h"

typedef struct training {
    const fashion_options *options;
    tg_graph *g;
    tg_params *params;
    tg_optim *optim;
    tg_batches *batches, *tests;
    run_state state;
    tg_metrics *metrics; /* or NULL */
    int64_t images;      /* of an epoch */
    evaluation last;     /* the latest test; of no images if there was none */
} training;

/* Makes it, and goes to the checkpoint's step if that is asked for. Saves a
 * first time, since a path that cannot be written is better known before the
 * training than after it. training_close ends it in any case. */
bool training_open(training *t, const fashion_options *o, const image_set *set,
                   const image_set *tests);
void training_close(training *t);

/* Takes the steps that are left, until a signal, with a test at the end of each
 * epoch; then the state is saved. */
bool training_run(training *t);
bool training_test(training *t);
bool training_is_over(const training *t);
int64_t training_step(const training *t);
int64_t training_steps(const training *t); /* all of them */

#endif
