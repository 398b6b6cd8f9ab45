#include "evaluation.h"

#include "program/program.h"

#include <inttypes.h>
#include <stdio.h>

double accuracy(int64_t correct, int64_t images)
{
    return images > 0 ? 100.0 * (double)correct / (double)images : 0;
}

int64_t count_correct(tg_graph *g, tg_tensor *logits, tg_tensor *labels)
{
    const int64_t *taken = tg_data_i64(tg_argmax(g, logits, 1));
    const int64_t *label = tg_data_i64(labels);
    int64_t correct = 0;

    for (int64_t i = 0; taken && i < tg_tensor_size(labels); i++)
        correct += taken[i] == label[i];
    return correct;
}

static void count(evaluation *e, const tg_tensor *taken, const tg_tensor *label)
{
    for (int64_t i = 0; i < tg_tensor_size(label); i++) {
        int64_t from = tg_data_i64(label)[i], to = tg_data_i64(taken)[i];
        e->seen[from][to]++;
        e->correct += from == to;
    }
}

static bool look(evaluation *e, const image_model *m, tg_graph *g, tg_params *p,
                 tg_tensor *const *batch)
{
    tg_tensor *logits = m->logits(g, p, batch[0]);
    tg_tensor *loss = tg_cross_entropy(g, logits, batch[1]);
    tg_tensor *taken = tg_argmax(g, logits, 1);
    int64_t images = tg_tensor_size(batch[1]);

    if (loss && taken) {
        count(e, taken, batch[1]);
        e->loss += tg_item(loss) * (double)images;
        e->images += images;
    }
    return tg_graph_reset(g) == TG_OK || refuse_tensors();
}

bool evaluate(evaluation *e, const image_model *m, tg_graph *g, tg_params *p,
              tg_batches *batches)
{
    tg_tensor *batch[2];
    bool recorded = tg_graph_set_recording(g, false);
    bool trained = tg_graph_set_training(g, false);
    bool ok = true;

    *e = (evaluation){0};
    while (ok && tg_batches_next(batches, batch))
        ok = look(e, m, g, p, batch);
    e->loss /= (double)(e->images > 0 ? e->images : 1);
    tg_graph_set_recording(g, recorded);
    tg_graph_set_training(g, trained);
    return ok;
}

void confusion_print(const evaluation *e, const char *const *names)
{
    printf("%-12s", "taken for");
    for (int j = 0; j < CLASSES; j++)
        printf("%5d", j);
    printf("    right\n");
    for (int i = 0; i < CLASSES; i++) {
        int64_t all = 0;
        printf("%d %-10s", i, names[i]);
        for (int j = 0; j < CLASSES; j++) {
            printf("%5" PRId64, e->seen[i][j]);
            all += e->seen[i][j];
        }
        printf("  %5.1f %%\n", accuracy(e->seen[i][i], all));
    }
}
