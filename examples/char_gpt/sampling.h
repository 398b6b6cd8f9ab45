/* New words, drawn from what the model learned. */
#ifndef SAMPLING_H
#define SAMPLING_H

#include "model.h"
#include "words.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct sampling_options {
    int64_t count;
    double temperature; /* logits are divided by it */
    uint64_t seed;
} sampling_options;

/* Prints so many words, and which of them the list has. False after a refusal,
 * which has been printed. */
bool sample(const gpt *m, const word_list *words, const sampling_options *o);

#endif
