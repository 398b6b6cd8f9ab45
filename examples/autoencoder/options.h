/* What the command line asks for. */
#ifndef AUTOENCODER_OPTIONS_H
#define AUTOENCODER_OPTIONS_H

#include "training.h"

#include "program/program.h"

typedef struct options {
    training_options training;
    const char *data;                /* a folder */
    const char *load, *save, *image; /* files, or NULL */
    int64_t limit, threads;
} options;

program_request options_read(options *o, int argc, char **argv);

#endif
