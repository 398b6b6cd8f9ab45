/* The loss on the words that were held out. */
#ifndef VALIDATION_H
#define VALIDATION_H

#include "model.h"
#include "words.h"

/* Per character; `batch` words at a time. False after a refusal, which has been
 * printed. */
bool validate(const gpt *m, const word_list *words, int64_t batch,
              double *loss);

#endif
