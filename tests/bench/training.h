/* What the training steps share: parameters, a linear layer, and descent. */
#ifndef TINYGRAD_BENCH_TRAINING_H
#define TINYGRAD_BENCH_TRAINING_H

#include "tensors.h"

enum { MAX_PARAMETERS = 16 };

typedef struct model {
    tg_graph *g;
    tg_tensor *parameter[MAX_PARAMETERS];
    int count;
    tg_tensor *x, *labels, *loss;
    tg_tensor *(*logits)(const struct model *m);
} model;

/* Adds a weight of the given shape and a bias of its `outputs`; numbers of size
 * 1 / sqrt(fan_in). */
void model_add(model *m, tg_shape weight, int64_t outputs, double fan_in);
/* x w + b with weight i of (inputs, outputs), and its bias. */
tg_tensor *model_linear(const model *m, tg_tensor *x, int i);
/* Labels 0 to 9 in turn. */
tg_tensor *model_labels(int64_t n);
/* One step: zero the gradients, forward, backward, descend. */
void model_step(void *env);
/* Times model_step, or runs ten and reports the peak of memory. */
int model_report(const bench *b, model *m);

#endif
