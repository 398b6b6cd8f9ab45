#include "options.h"

static const options defaults = {
    .training = {.code = 32, .epochs = 5, .batch = 64, .rate = 5e-3},
    .data = "/usr/share/datasets/fashion-mnist",
};

program_request options_read(options *o, int argc, char **argv)
{
    training_options *t = &o->training;
    int64_t seed = 1;
    const option_row rows[] = {
        {"data", OPTION_TEXT, &o->data, 0, 0, "the folder of the images"},
        {"code", OPTION_WHOLE, &t->code, 1, PIXELS,
         "numbers that an image is made into"},
        {"epochs", OPTION_WHOLE, &t->epochs, 0, 1e4, "times through the set"},
        {"batch", OPTION_WHOLE, &t->batch, 1, 1e5, "images a step"},
        {"rate", OPTION_NUMBER, &t->rate, 0, 10,
         "of the first step; falls to 0 as a cosine"},
        {"seed", OPTION_WHOLE, &seed, 0, 1e15, "of all that is random"},
        {"limit", OPTION_WHOLE, &o->limit, 0, 1e9,
         "at most so many images of each set; 0: all"},
        {"threads", OPTION_WHOLE, &o->threads, 0, 1e3,
         "at most; 0: as many as there are cores"},
        {"load", OPTION_TEXT, &o->load, 0, 0, "a checkpoint to begin from"},
        {"save", OPTION_TEXT, &o->save, 0, 0,
         "where to keep a checkpoint after each epoch"},
        {"image", OPTION_TEXT, &o->image, 0, 0,
         "a PNG file: test images over what came back of them"},
    };
    const program p = {
        "autoencoder",
        "Learns to make images of Fashion-MNIST into a few numbers, and those "
        "into images.",
        rows, sizeof rows / sizeof *rows};

    *o = defaults;
    program_request request = program_begin(&p, argc, argv);
    t->seed = (uint64_t)seed;
    return request;
}
