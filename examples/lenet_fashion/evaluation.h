/* How well a model does on images that it has not learned from. */
#ifndef LENET_FASHION_EVALUATION_H
#define LENET_FASHION_EVALUATION_H

#include "models.h"

typedef struct evaluation {
    int64_t images, correct;
    double loss;                    /* the mean over the images */
    int64_t seen[CLASSES][CLASSES]; /* images of class [i] taken for [j] */
} evaluation;

/* On all of the batches, which are at the beginning of an epoch and will be
 * again. The graph is empty and will be again. */
bool evaluate(evaluation *e, const image_model *m, tg_graph *g, tg_params *p,
              tg_batches *batches);

/* In percent; of none it is 0. */
double accuracy(int64_t correct, int64_t images);

/* How many of these logits (N, CLASSES) are largest at their label. */
int64_t count_correct(tg_graph *g, tg_tensor *logits, tg_tensor *labels);

/* Classes in rows as they are, in columns as they were taken for. */
void confusion_print(const evaluation *e, const char *const *names);

#endif
