/* A file that is written whole or not at all: it is made beside its path,
 * under a name that ends with ".part", and then put in place of what was there
 * before. Refusals are printed. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

typedef struct output {
    FILE *file; /* to write into, between begin and end */
    const char *path;
    char part[4096];
} output;

/* Refuses a path that is no plain file, or where nothing can be made. */
bool output_begin(output *o, const char *path);
/* Puts the file in place if it is whole, and removes it otherwise. Returns
 * whether it is there now. */
bool output_end(output *o, bool whole);

/* Whether a file could be written there; to be asked before hours of work, not
 * after. Leaves nothing. NULL, no file wanted, is fine. */
bool output_possible(const char *path);

#endif
