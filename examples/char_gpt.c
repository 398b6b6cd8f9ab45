/* Learns how English words are spelled, and makes some of its own.
 *
 * A word is a sequence of characters; the model, a decoder-only transformer,
 * says for each place which character comes next, having seen those before it.
 * Trained to give the true ones a high probability, it can be asked for words
 * that nobody wrote, letter by letter. (After Andrej Karpathy's makemore.) */
#include <tinygrad.h>

#include "char_gpt/model.h"
#include "char_gpt/sampling.h"
#include "char_gpt/training.h"
#include "char_gpt/words.h"
#include "program/program.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct settings {
    const char *words, *save, *load;
    int64_t seed, threads;
    gpt_sizes sizes;
    training_options training;
    sampling_options sampling;
} settings;

static const settings defaults = {
    .words = "/usr/share/dict/words",
    .seed = 1,
    .sizes = {.layers = 3,
              .heads = 4,
              .width = 64,
              .block = BLOCK,
              .symbols = SYMBOLS},
    .training = {.steps = 4000,
                 .batch = 64,
                 .warmup = 100,
                 .validate_every = 500,
                 .lr = 3e-3,
                 .decay = 0.01,
                 .clip = 1},
    .sampling = {.count = 20, .temperature = 0.8},
};

static program_request read_options(settings *s, int argc, char **argv)
{
    gpt_sizes *m = &s->sizes;
    training_options *t = &s->training;
    sampling_options *p = &s->sampling;
    const option_row rows[] = {
        {"words", OPTION_TEXT, &s->words, 0, 0, "a list, one word a line"},
        {"steps", OPTION_WHOLE, &t->steps, 0, 1e9, "training steps"},
        {"batch", OPTION_WHOLE, &t->batch, 1, 1e5, "words a step"},
        {"layers", OPTION_WHOLE, &m->layers, 1, 100, "blocks"},
        {"heads", OPTION_WHOLE, &m->heads, 1, 1e3, "heads of attention"},
        {"width", OPTION_WHOLE, &m->width, 1, 1e4, "numbers a character"},
        {"lr", OPTION_NUMBER, &t->lr, 0, 10, "largest learning rate"},
        {"warmup", OPTION_WHOLE, &t->warmup, 0, 1e9,
         "steps in which the rate rises"},
        {"decay", OPTION_NUMBER, &t->decay, 0, 10, "AdamW's weight decay"},
        {"clip", OPTION_NUMBER, &t->clip, 1e-9, 1e9,
         "largest norm of the gradients"},
        {"validate", OPTION_WHOLE, &t->validate_every, 1, 1e9,
         "steps from one look at words held out to the next"},
        {"samples", OPTION_WHOLE, &p->count, 0, 1e5, "words to make up"},
        {"temperature", OPTION_NUMBER, &p->temperature, 0.01, 100,
         "below 1 likely letters are likelier still"},
        {"seed", OPTION_WHOLE, &s->seed, 0, 1e15, "of all that is random"},
        {"threads", OPTION_WHOLE, &s->threads, 0, 1e3,
         "at most; 0: as many as there are cores"},
        {"metrics", OPTION_TEXT, &t->metrics, 0, 0, "losses as CSV"},
        {"load", OPTION_TEXT, &s->load, 0, 0, "a model to start from"},
        {"save", OPTION_TEXT, &s->save, 0, 0, "where to put the model"},
    };
    const program about = {
        "char_gpt",
        "Learns the spelling of a list of words with a small transformer, and "
        "makes words\nof its own. Only lines of 1 to 15 letters from a to z "
        "count. A model, in and out,\nis a file of safetensors.",
        rows, sizeof rows / sizeof *rows};

    return program_begin(&about, argc, argv);
}

/* ------------------------------------------------------------ the model */

static bool check_sizes(const gpt_sizes *s)
{
    return s->width % s->heads == 0 ||
           refuse("--heads %" PRId64 " does not divide --width %" PRId64,
                  s->heads, s->width);
}

static bool save(const gpt *m, const char *path)
{
    return tg_save(m->params, NULL, path) == TG_OK || refuse_tensors();
}

/* Better to know before the training than after it: saves under another name
 * in the same folder. */
static bool check_save(const gpt *m, const char *path)
{
    struct stat found;
    char trial[4096];

    if (!path)
        return true;
    if (stat(path, &found) == 0 && !S_ISREG(found.st_mode))
        return refuse("%s: is there and not a plain file", path);
    if (snprintf(trial, sizeof trial, "%s.trial", path) >= (int)sizeof trial)
        return refuse("%s: the name is too long", path);
    if (!save(m, trial))
        return false;
    return remove(trial) == 0 || refuse("%s: cannot be removed", trial);
}

static bool prepare(gpt *m, const settings *s)
{
    if (!gpt_open(m, s->sizes, TG_F32, (uint64_t)s->seed))
        return refuse_tensors();
    if (s->load &&
        tg_load(m->params, NULL, s->load, (tg_load_options){0}) != TG_OK)
        return refuse_tensors();
    return check_save(m, s->save);
}

/* ---------------------------------------------------------- the program */

static void describe(const gpt *m, const word_list *words)
{
    int64_t count = 0;

    for (size_t i = 0; i < tg_params_count(m->params); i++)
        count += tg_tensor_size(tg_params_at(m->params, i));
    printf("%zu words, %zu of them held out; %" PRId64 " parameters\n",
           words->count, words->held_out, count);
}

static bool run_model(const gpt *m, const word_list *words, const settings *s)
{
    describe(m, words);
    return train(m, words, &s->training) &&
           (s->sampling.count == 0 || sample(m, words, &s->sampling)) &&
           (!s->save || save(m, s->save));
}

static bool printed(void)
{
    return (fflush(stdout) == 0 && !ferror(stdout)) ||
           refuse("stdout: not all could be written");
}

static bool run(const settings *s)
{
    word_list words = {0};
    gpt m = {0};
    bool ok = check_sizes(&s->sizes) &&
              words_read(&words, s->words, (uint64_t)s->seed) &&
              prepare(&m, s) && run_model(&m, &words, s) && printed();

    gpt_close(&m);
    words_free(&words);
    return ok;
}

int main(int argc, char **argv)
{
    settings s = defaults;
    program_request request = read_options(&s, argc, argv);

    if (request != REQUEST_RUN)
        return request == REQUEST_HELP ? 0 : 2;
    s.training.seed = s.sampling.seed = (uint64_t)s.seed;
    tg_set_threads((int)s.threads);
    return run(&s) ? 0 : 2;
}
