/* Training data and how a training fares: minibatches, a progress bar, metrics
 * as CSV. */
#ifndef TINYGRAD_DATA_H
#define TINYGRAD_DATA_H

#include <stdio.h>

#include <tinygrad/tensor.h>

TG_BEGIN_DECLS

/* ---------------------------------------------------------- minibatches */

/* Shuffled minibatches of n tensors (columns) that share their first axis:
 * row i of each belongs together. The order of an epoch depends on the seed and
 * the epoch's number alone. */
typedef struct tg_batches tg_batches;

/* Columns of any dtype, which must outlive the batches. NULL without a column,
 * for a batch size below 1 (TG_ERR_ARG), or if the first axes differ, are
 * missing or empty (TG_ERR_SHAPE). A column that is NULL yields NULL and leaves
 * the message of what failed to make it. */
TG_API tg_batches *tg_batches_new(tg_tensor *const *columns, int n,
                                  int64_t batch_size, bool shuffle,
                                  uint64_t seed);
/* Fills batch[0..n) with the next rows, in tensors that b owns and fills again
 * at the next call (a graph that has recorded them will then refuse to run
 * backward). The last batch of an epoch has the rows that are left. False at
 * the end of an epoch; the call after that starts the next one. */
TG_API bool tg_batches_next(tg_batches *b, tg_tensor **batch);
TG_API int64_t tg_batches_count(const tg_batches *b); /* batches an epoch */
/* Where the next batch lies: epoch 0, 1, ... and the batch's number in it. */
TG_API int64_t tg_batches_epoch(const tg_batches *b);
TG_API int64_t tg_batches_index(const tg_batches *b);
/* Goes there, to resume. TG_ERR_ARG if there is no such place; the index may
 * be tg_batches_count, the end of the epoch. */
TG_API tg_status tg_batches_seek(tg_batches *b, int64_t epoch, int64_t index);
TG_API void tg_batches_free(tg_batches *b);

/* --------------------------------------------------------- progress bar */

/* On a terminal a bar that is drawn anew, at most ten times a second; elsewhere
 * a plain line now and then; nothing if out is NULL. */
typedef struct tg_progress tg_progress;

/* Ends are counted from 0 to total; a total of 0 is unknown. The label is
 * copied. */
TG_API tg_progress *tg_progress_new(FILE *out, const char *label,
                                    int64_t total);
/* Shows done of total, rate, time left and what the format says ("loss %.3f",
 * or NULL). Shown always when done is total. Does nothing if p is NULL. */
TG_API void tg_progress_update(tg_progress *p, int64_t done, const char *format,
                               ...) TG_PRINTF(3, 4);
TG_API void tg_progress_free(tg_progress *p); /* ends the bar's line */

/* -------------------------------------------------------------- metrics */

/* Rows of numbers in a CSV file: a header, then a line a row, written out at
 * once so that a killed program loses none. */
typedef struct tg_metrics tg_metrics;

/* Creates the file, or with append goes on at its end if it has this header.
 * TG_ERR_IO if it cannot be written, TG_ERR_FORMAT if the header is another,
 * TG_ERR_ARG for no column or one whose name needs quotes. */
TG_API tg_metrics *tg_metrics_open(const char *path, int n,
                                   const char *const *columns, bool append);
/* One number a column, in the fewest digits that read back as the same. */
TG_API tg_status tg_metrics_write(tg_metrics *m, const double *values);
TG_API void tg_metrics_close(tg_metrics *m);

TG_END_DECLS

#endif
