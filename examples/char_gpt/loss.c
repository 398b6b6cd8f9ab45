#include "model.h"

bool gpt_loss_open(gpt_loss *l, const gpt *m, int64_t most)
{
    tg_shape room = TG_SHAPE(most * m->sizes.block);

    *l = (gpt_loss){.model = m,
                    .places = tg_tensor_new(TG_I64, room),
                    .labels = tg_tensor_new(TG_I64, room)};
    return l->places && l->labels;
}

void gpt_loss_close(gpt_loss *l)
{
    tg_tensor_free(l->places);
    tg_tensor_free(l->labels);
    *l = (gpt_loss){0};
}

/* In each row the first 0 after the one in front ends the word; what follows is
 * padding. Returns how many characters are to be predicted. */
static int64_t find_characters(gpt_loss *l, const tg_tensor *tokens)
{
    int64_t n = tg_tensor_shape(tokens).dim[0], t = l->model->sizes.block;
    int64_t *places = tg_data_i64(l->places), *labels = tg_data_i64(l->labels);
    int64_t count = 0;

    for (int64_t i = 0; i < n; i++) {
        const int64_t *row = tg_data_i64(tokens) + i * (t + 1);
        for (int64_t j = 0; j < t && (j == 0 || row[j] != 0); j++) {
            places[count] = i * t + j;
            labels[count++] = row[j + 1];
        }
    }
    tg_tensor_touch(l->places);
    tg_tensor_touch(l->labels);
    return count;
}

/* The lengths of words differ from batch to batch, so that the number of
 * characters does, too: their share of the room is cut out on the graph, whose
 * memory is used again, and nothing is allocated. */
tg_tensor *gpt_loss_of(tg_graph *g, gpt_loss *l, tg_tensor *tokens,
                       int64_t *characters)
{
    int64_t count = *characters = find_characters(l, tokens);
    tg_tensor *inputs = tg_slice(g, tokens, 1, 0, l->model->sizes.block, 1);
    tg_tensor *places = tg_slice(g, l->places, 0, 0, count, 1);
    tg_tensor *labels = tg_slice(g, l->labels, 0, 0, count, 1);

    return tg_cross_entropy(g, gpt_logits(g, l->model, inputs, places), labels);
}
