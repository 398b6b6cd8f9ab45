#include "validation.h"

#include "program/program.h"

typedef struct validation {
    tg_graph *g;
    tg_tensor *tokens;
    tg_batches *batches;
    gpt_loss loss;
} validation;

static bool validation_open(validation *v, const gpt *m, const word_list *words,
                            int64_t batch)
{
    *v = (validation){.g = tg_graph_new(), .tokens = words_tokens(words, true)};
    v->batches = tg_batches_new(&v->tokens, 1, batch, false, 0);
    tg_graph_set_recording(v->g, false);
    return (gpt_loss_open(&v->loss, m, batch) && v->g && v->batches) ||
           refuse_tensors();
}

static void validation_close(validation *v)
{
    tg_graph_free(v->g);
    tg_batches_free(v->batches);
    tg_tensor_free(v->tokens);
    gpt_loss_close(&v->loss);
}

/* A batch counts by its characters, so that how the words are put into batches
 * does not matter. */
static bool sum_losses(validation *v, double *loss)
{
    tg_tensor *tokens;
    double sum = 0, all = 0;
    int64_t characters;

    while (tg_batches_next(v->batches, &tokens)) {
        tg_tensor *mean = gpt_loss_of(v->g, &v->loss, tokens, &characters);
        sum += (double)characters * tg_item(mean);
        all += (double)characters;
        if (tg_graph_reset(v->g) != TG_OK)
            return refuse_tensors();
    }
    *loss = sum / all;
    return true;
}

bool validate(const gpt *m, const word_list *words, int64_t batch, double *loss)
{
    validation v;
    bool ok = validation_open(&v, m, words, batch) && sum_losses(&v, loss);

    validation_close(&v);
    return ok;
}
