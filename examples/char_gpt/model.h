/* A decoder-only transformer (Vaswani et al., "Attention is all you need",
 * 2017; Radford et al., GPT-2, 2019): layer norm comes before attention and
 * before the perceptron, and once more at the end. */
#ifndef MODEL_H
#define MODEL_H

#include <tinygrad.h>

#include <stdbool.h>
#include <stdint.h>

typedef struct gpt_sizes {
    int64_t layers, heads, width; /* heads divide the width */
    int64_t block, symbols;       /* places of a sequence, and what is there */
} gpt_sizes;

typedef struct gpt {
    gpt_sizes sizes;
    tg_params *params;
    tg_tensor *mask; /* (block, block): 0, and -inf for what lies ahead */
} gpt;

/* Makes the parameters, too, as PyTorch's layers do. False with
 * tg_error_message(). gpt_close ends it in any case. */
bool gpt_open(gpt *m, gpt_sizes sizes, tg_dtype dtype, uint64_t seed);
void gpt_close(gpt *m);

/* What is thought to come after some places of the sequences:
 * tokens (n, block), i64; places (k), i64, each in [0, n block) -> logits
 * (k, symbols). NULL after a failure. */
tg_tensor *gpt_logits(tg_graph *g, const gpt *m, tg_tensor *tokens,
                      tg_tensor *places);

/* The loss of a batch, with room for what tells padding from characters. */
typedef struct gpt_loss {
    const gpt *model;
    tg_tensor *places, *labels; /* (most words x block), i64 */
} gpt_loss;

/* For batches of so many words at most. As gpt_open and gpt_close. */
bool gpt_loss_open(gpt_loss *l, const gpt *m, int64_t most);
void gpt_loss_close(gpt_loss *l);

/* Words as words.h has them, tokens (n, block + 1): the mean, over all letters
 * and ends of words, of -log of the probability that the model gave them.
 * Their number goes into *characters. NULL after a failure. */
tg_tensor *gpt_loss_of(tg_graph *g, gpt_loss *l, tg_tensor *tokens,
                       int64_t *characters);

#endif
