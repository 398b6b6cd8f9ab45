/* What the example programs share: a command line that is a table, and
 * refusals of one line. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "--name VALUE". What *value holds before is the default. */
typedef enum option_kind {
    OPTION_FLAG,   /* bool *: no value, sets it */
    OPTION_WHOLE,  /* int64_t *, within [low, high] */
    OPTION_NUMBER, /* double *, within [low, high] */
    OPTION_TEXT    /* const char **, not empty */
} option_kind;

typedef struct option_row {
    const char *name;
    option_kind kind;
    void *value;
    double low, high;
    const char *help; /* one line */
} option_row;

typedef struct program {
    const char *name;    /* as it calls itself in messages */
    const char *summary; /* for --help: some lines */
    const option_row *options;
    size_t count;
} program;

typedef enum program_request {
    REQUEST_RUN,
    REQUEST_HELP, /* has been printed: end with 0 */
    REQUEST_WRONG /* the reason has been printed: end with 2 */
} program_request;

/* Reads the command line into the options' values. */
program_request program_begin(const program *p, int argc, char **argv);

/* For a program that reads its command line itself. */
void program_set_name(const char *name);

/* Prints one line, "name: ...", on stderr; returns false. */
bool refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same with what the library said last. */
bool refuse_tensors(void);

/* Whether there is a file, or a folder, that opens for reading; if not, errno
 * says why. */
bool opens(const char *path);

#endif
