/* The command line of learn_filter. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

#include "program/program.h"

enum { DEFAULT_NAME_SIZE = 512 };

typedef struct filter_options {
    const char *in, *out;
    int rows, columns;                /* of the kernel; both odd */
    bool offset;                      /* learn a constant that is added, too */
    const char *kernel_image, *image; /* what to write */
    char default_name[2][DEFAULT_NAME_SIZE]; /* where these two are kept if not
                                                given */
} filter_options;

program_request filter_options_read(filter_options *o, int argc, char **argv);

#endif
