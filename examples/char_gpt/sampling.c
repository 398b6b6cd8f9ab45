#include "sampling.h"

#include "program/program.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct sampler {
    const gpt *model;
    const sampling_options *options;
    tg_graph *g;
    tg_rng rng;
    tg_tensor *tokens, *places; /* (count, BLOCK) and (count), i64 */
} sampler;

/* Draws a character with the given probabilities, or a letter if a word begins.
 * Their sum is 1 but for rounding: the last one takes what is missing. */
static int64_t draw(tg_rng *rng, const float *probability, bool begins)
{
    double sum = begins ? 1 - probability[0] : 1;
    double left = sum * tg_rng_uniform(rng);
    int64_t i = begins;

    while (i < SYMBOLS - 1 && (left -= probability[i]) >= 0)
        i++;
    return i;
}

/* The probabilities (count, SYMBOLS) of what comes at place t + 1. */
static const float *predict(sampler *s, int64_t t)
{
    int64_t *places = tg_data_i64(s->places);

    for (int64_t i = 0; i < s->options->count; i++)
        places[i] = i * BLOCK + t;
    tg_tensor *logits = gpt_logits(s->g, s->model, s->tokens, s->places);
    tg_tensor *warm = tg_mul_scalar(s->g, logits, 1 / s->options->temperature);
    return tg_data_f32(tg_softmax(s->g, warm, -1));
}

/* One more letter for each word that has not ended; the first is one. */
static bool extend(sampler *s, int64_t t)
{
    const float *probability = predict(s, t);

    if (!probability)
        return refuse_tensors();
    for (int64_t i = 0; i < s->options->count; i++) {
        int64_t *row = tg_data_i64(s->tokens) + i * BLOCK;
        if (t == 0 || row[t] != 0)
            row[t + 1] = draw(&s->rng, probability + i * SYMBOLS, t == 0);
    }
    return tg_graph_reset(s->g) == TG_OK || refuse_tensors();
}

static bool draw_words(sampler *s)
{
    for (int64_t t = 0; t < LONGEST; t++)
        if (!extend(s, t))
            return false;
    return true;
}

static void spell(const int64_t *row, char word[BLOCK])
{
    int64_t i = 0;

    for (; i < LONGEST && row[i + 1] != 0; i++)
        word[i] = (char)('a' + row[i + 1] - 1);
    word[i] = '\0';
}

static void print_words(const sampler *s, const word_list *words)
{
    static const char mark[] = {
        [WORD_NEW] = ' ', [WORD_LEARNED] = '*', [WORD_HELD_OUT] = '+'};
    enum { COLUMNS = 4 };
    char word[BLOCK];

    printf("%" PRId64 " words of its own; * it has learned, + is in the list "
           "but was held out:\n",
           s->options->count);
    for (int64_t i = 0; i < s->options->count; i++) {
        bool ends = (i + 1) % COLUMNS == 0 || i + 1 == s->options->count;
        spell(tg_data_i64(s->tokens) + i * BLOCK, word);
        printf("%c%-*s%s", mark[words_kind(words, word)], ends ? 0 : LONGEST,
               word, ends ? "\n" : " ");
    }
}

bool sample(const gpt *m, const word_list *words, const sampling_options *o)
{
    sampler s = {.model = m,
                 .options = o,
                 .g = tg_graph_new(),
                 .rng = tg_rng_seed(o->seed),
                 .tokens = tg_tensor_new(TG_I64, TG_SHAPE(o->count, BLOCK)),
                 .places = tg_tensor_new(TG_I64, TG_SHAPE(o->count))};
    bool ok = (s.g && s.tokens && s.places) || refuse_tensors();

    tg_graph_set_recording(s.g, false);
    ok = ok && draw_words(&s);
    if (ok)
        print_words(&s, words);
    tg_graph_free(s.g);
    tg_tensor_free(s.tokens);
    tg_tensor_free(s.places);
    return ok;
}
