/* A list of words, and words as tensors of characters. */
#ifndef WORDS_H
#define WORDS_H

#include <tinygrad.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A word is one sequence of BLOCK predictions. Character 0 stands before its
 * first letter, behind its last, and in what is left; 1 to 26 are a to z. */
enum { BLOCK = 16, SYMBOLS = 27, LONGEST = BLOCK - 1 };

typedef struct word_list {
    size_t count, held_out; /* all words, and those among them not learned */
    char (*words)[BLOCK];   /* in strcmp's order, each once */
    bool *hidden;           /* of each word: is it held out? */
} word_list;

/* Reads the lines that are words: 1 to LONGEST letters from a to z and nothing
 * else. One in ten of them, chosen by the seed, is held out. A refusal has been
 * printed if it returns false. words_free ends the list in any case. */
bool words_read(word_list *list, const char *path, uint64_t seed);
void words_free(word_list *list);

/* Those held out, or the others: (n, BLOCK + 1) characters, the first of each
 * row is 0. */
tg_tensor *words_tokens(const word_list *list, bool held_out);

/* What the list knows about a word. */
typedef enum word_kind { WORD_NEW, WORD_LEARNED, WORD_HELD_OUT } word_kind;
word_kind words_kind(const word_list *list, const char word[BLOCK]);

#endif
