/* What the command line asks for. */
#ifndef LENET_FASHION_OPTIONS_H
#define LENET_FASHION_OPTIONS_H

#include "models.h"
#include "program/program.h"

typedef struct fashion_options {
    const image_model *model;
    int64_t epochs, batch, warmup, seed, limit;
    double lr, decay;
    /* These do not change what is learned. */
    const char *data, *checkpoint, *metrics, *kernels;
    int64_t save_every, threads;
    bool resume;
} fashion_options;

program_request fashion_options_read(fashion_options *o, int argc, char **argv);

#endif
