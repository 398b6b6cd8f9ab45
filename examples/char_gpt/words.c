#include "words.h"

#include "program/program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HELD_OUT = 10 }; /* one in so many */

typedef char word_text[BLOCK];

/* ------------------------------------------------------------ the file */

/* False at the end of the file. A line that is no word yields "". */
static bool read_line(FILE *file, word_text word)
{
    size_t n = 0;
    bool fits = true;
    int c;

    while ((c = getc(file)) != EOF && c != '\n') {
        fits = fits && n < LONGEST && c >= 'a' && c <= 'z';
        if (fits)
            word[n++] = (char)c;
    }
    word[fits ? n : 0] = '\0';
    return c != EOF || n > 0;
}

/* Makes room for one more word, by doubling: powers of two are full. */
static bool grow(word_list *list)
{
    size_t n = list->count;

    if ((n & (n - 1)) != 0)
        return true;
    word_text *more =
        realloc(list->words, (n ? 2 * n : 1) * sizeof *list->words);
    if (!more)
        return refuse("%s", strerror(ENOMEM));
    list->words = more;
    return true;
}

static bool read_lines(word_list *list, FILE *file, const char *path)
{
    word_text word;

    while (read_line(file, word)) {
        if (*word == '\0')
            continue;
        if (!grow(list))
            return false;
        memcpy(list->words[list->count++], word, sizeof word);
    }
    return !ferror(file) || refuse("%s: %s", path, strerror(errno));
}

static bool read_file(word_list *list, const char *path)
{
    FILE *file = fopen(path, "r");

    if (!file)
        return refuse("%s: %s; Debian's package wamerican installs "
                      "/usr/share/dict/words",
                      path, strerror(errno));
    bool ok = read_lines(list, file, path);
    fclose(file);
    return ok;
}

/* ------------------------------------------------------------ the list */

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void sort_unique(word_list *list)
{
    size_t kept = 0;

    qsort(list->words, list->count, sizeof *list->words, compare);
    for (size_t i = 0; i < list->count; i++)
        if (kept == 0 || strcmp(list->words[kept - 1], list->words[i]) != 0)
            memmove(list->words[kept++], list->words[i], sizeof *list->words);
    list->count = kept;
}

/* The first tenth of a shuffle (Fisher and Yates) is held out. */
static bool hold_out(word_list *list, uint64_t seed)
{
    size_t n = list->count;
    size_t *order = malloc(n * sizeof *order);
    tg_rng rng = tg_rng_seed(seed);

    list->hidden = calloc(n, sizeof *list->hidden);
    if (!order || !list->hidden) {
        free(order);
        return refuse("%s", strerror(ENOMEM));
    }
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    list->held_out = n / HELD_OUT;
    for (size_t i = 0; i < list->held_out; i++) {
        size_t j = i + (size_t)tg_rng_below(&rng, n - i);
        size_t chosen = order[j];
        order[j] = order[i];
        list->hidden[chosen] = true;
    }
    free(order);
    return true;
}

bool words_read(word_list *list, const char *path, uint64_t seed)
{
    *list = (word_list){0};
    if (!read_file(list, path))
        return false;
    if (list->count == 0)
        return refuse("%s: has no line that is a word of 1 to %d letters from "
                      "a to z",
                      path, LONGEST);
    sort_unique(list);
    if (list->count < HELD_OUT)
        return refuse("%s: %zu words are too few, at least %d are needed", path,
                      list->count, HELD_OUT);
    return hold_out(list, seed);
}

void words_free(word_list *list)
{
    free(list->words);
    free(list->hidden);
    *list = (word_list){0};
}

/* ---------------------------------------------------------- characters */

static void encode(const word_text word, int64_t *row)
{
    for (size_t i = 0; word[i] != '\0'; i++)
        row[i + 1] = word[i] - 'a' + 1;
}

tg_tensor *words_tokens(const word_list *list, bool held_out)
{
    size_t n = held_out ? list->held_out : list->count - list->held_out;
    tg_tensor *tokens = tg_tensor_new(TG_I64, TG_SHAPE((int64_t)n, BLOCK + 1));
    int64_t *row = tg_data_i64(tokens);

    for (size_t i = 0; row && i < list->count; i++)
        if (list->hidden[i] == held_out) {
            encode(list->words[i], row);
            row += BLOCK + 1;
        }
    return tokens;
}

word_kind words_kind(const word_list *list, const word_text word)
{
    const word_text *found =
        bsearch(word, list->words, list->count, sizeof *list->words, compare);

    if (!found)
        return WORD_NEW;
    return list->hidden[found - (const word_text *)list->words] ? WORD_HELD_OUT
                                                                : WORD_LEARNED;
}
