#define _POSIX_C_SOURCE 200809L
#include "training.h"

#include "char_gpt/validation.h"
#include "program/program.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

typedef struct trainer {
    const gpt *model;
    const word_list *words;
    const training_options *options;
    tg_graph *g;
    tg_tensor *tokens; /* of the words to learn */
    tg_batches *batches;
    gpt_loss loss;
    tg_optim *optim;
    tg_progress *bar;
    tg_metrics *metrics;
    double mean;     /* of the losses of the last steps, with fading weights */
    double held_out; /* the last validation's loss */
    double seconds;  /* spent in steps */
} trainer;

static double now(void)
{
    struct timespec t;

    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* -------------------------------------------------------------- steps */

static tg_tensor *next_words(trainer *t)
{
    tg_tensor *tokens;

    while (!tg_batches_next(t->batches, &tokens))
        ; /* false once an epoch */
    return tokens;
}

static tg_status update(trainer *t, int64_t step)
{
    const training_options *o = t->options;
    tg_params *params = t->model->params;

    tg_clip_grad_norm(params, o->clip);
    tg_optim_set_lr(t->optim, tg_lr_cosine(o->lr, step, o->warmup, o->steps));
    tg_status s = tg_optim_step(t->optim);
    tg_params_zero_grad(params);
    return s;
}

static bool learn_batch(trainer *t, int64_t step)
{
    int64_t characters;
    tg_tensor *loss = gpt_loss_of(t->g, &t->loss, next_words(t), &characters);
    double value = loss ? tg_item(loss) : NAN;

    if (tg_backward(t->g, loss) != TG_OK || update(t, step) != TG_OK ||
        tg_graph_reset(t->g) != TG_OK)
        return refuse_tensors();
    if (!isfinite(value))
        return refuse("step %" PRId64 ": the loss is no number any more; try "
                      "a smaller --lr",
                      step + 1);
    t->mean = step == 0 ? value : 0.95 * t->mean + 0.05 * value;
    return true;
}

/* ------------------------------------------------------------- reports */

static bool look(trainer *t)
{
    return validate(t->model, t->words, t->options->batch, &t->held_out);
}

static bool report(trainer *t, int64_t done)
{
    if (!look(t))
        return false;
    if (isatty(STDERR_FILENO))
        fputc('\n', stderr); /* the bar goes on below */
    printf("step %5" PRId64 ": loss %.4f, on words held out %.4f\n", done,
           t->mean, t->held_out);
    fflush(stdout);
    double row[] = {(double)done, t->mean, t->held_out};
    return !t->metrics || tg_metrics_write(t->metrics, row) == TG_OK ||
           refuse_tensors();
}

static bool learn_all(trainer *t)
{
    const training_options *o = t->options;

    for (int64_t step = 0; step < o->steps; step++) {
        double begin = now();
        if (!learn_batch(t, step))
            return false;
        t->seconds += now() - begin;
        tg_progress_update(t->bar, step + 1, "loss %.3f", t->mean);
        if (((step + 1) % o->validate_every == 0 || step + 1 == o->steps) &&
            !report(t, step + 1))
            return false;
    }
    return o->steps > 0 || look(t);
}

static void conclude(const trainer *t)
{
    int64_t steps = t->options->steps;

    if (steps > 0)
        printf("%" PRId64 " steps of %" PRId64 " words in %.1f s, %.1f ms a "
               "step\n",
               steps, t->options->batch, t->seconds,
               1e3 * t->seconds / (double)steps);
    printf("validation loss %.4f per character\n", t->held_out);
}

static bool open_metrics(trainer *t)
{
    static const char *const columns[] = {"step", "loss", "validation_loss"};

    if (!t->options->metrics)
        return true;
    t->metrics = tg_metrics_open(t->options->metrics, 3, columns, false);
    return t->metrics || refuse_tensors();
}

static bool open_trainer(trainer *t)
{
    const training_options *o = t->options;
    tg_adam_options adam = {
        .lr = o->lr, .beta1 = 0.9, .beta2 = 0.99, .weight_decay = o->decay};

    t->g = tg_graph_new();
    t->tokens = words_tokens(t->words, false);
    t->batches = tg_batches_new(&t->tokens, 1, o->batch, true, o->seed);
    t->optim = tg_adamw(t->model->params, adam);
    t->bar = tg_progress_new(stderr, "learning", o->steps);
    if (gpt_loss_open(&t->loss, t->model, o->batch) && t->g && t->batches &&
        t->optim && t->bar)
        return open_metrics(t);
    return refuse_tensors();
}

static void close_trainer(trainer *t)
{
    tg_metrics_close(t->metrics);
    tg_progress_free(t->bar);
    tg_optim_free(t->optim);
    gpt_loss_close(&t->loss);
    tg_batches_free(t->batches);
    tg_tensor_free(t->tokens);
    tg_graph_free(t->g);
}

bool train(const gpt *m, const word_list *words, const training_options *o)
{
    trainer t = {.model = m, .words = words, .options = o};
    bool ok = open_trainer(&t) && learn_all(&t);

    close_trainer(&t); /* ends the bar's line */
    if (ok)
        conclude(&t);
    return ok;
}
