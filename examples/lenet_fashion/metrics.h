/* A row for each epoch. */
#ifndef LENET_FASHION_METRICS_H
#define LENET_FASHION_METRICS_H

#include <tinygrad.h>

typedef struct epoch_row {
    double step, epoch, lr, loss, accuracy, test_loss, test_accuracy;
} epoch_row;

/* With a step, goes on with the rows that are there, but for those of later
 * steps, which will be taken again; without one (0) begins anew. */
tg_metrics *epoch_metrics_open(const char *path, int64_t step);
bool epoch_metrics_write(tg_metrics *m, const epoch_row *row);

#endif
