#include "options.h"

#include "program/picture.h"

static const fashion_options defaults = {
    .data = "/usr/share/datasets/fashion-mnist",
    .epochs = 10,
    .batch = 64,
    .warmup = 200,
    .seed = 1,
    .lr = 2e-3,
    .decay = 0.01,
    .save_every = 200,
};

static bool check(fashion_options *o, const char *model)
{
    o->model = image_model_find(model);
    if (!o->model)
        return false;
    if (o->resume && !o->checkpoint)
        return refuse("--resume: from which --checkpoint?");
    if (o->checkpoint && !o->resume && opens(o->checkpoint))
        return refuse("--checkpoint %s: is there already, --resume goes on "
                      "with it",
                      o->checkpoint);
    return picture_possible(o->kernels);
}

program_request fashion_options_read(fashion_options *o, int argc, char **argv)
{
    const char *model = "lenet";
    const option_row rows[] = {
        {"model", OPTION_TEXT, &model, 0, 0, "lenet or cnn"},
        {"data", OPTION_TEXT, &o->data, 0, 0, "the folder of the four files"},
        {"epochs", OPTION_WHOLE, &o->epochs, 1, 1e4, "times through the set"},
        {"batch", OPTION_WHOLE, &o->batch, 1, 1e5, "images a step"},
        {"lr", OPTION_NUMBER, &o->lr, 0, 10, "largest learning rate"},
        {"warmup", OPTION_WHOLE, &o->warmup, 0, 1e9,
         "steps in which the rate rises; then it falls to 0"},
        {"decay", OPTION_NUMBER, &o->decay, 0, 10, "AdamW's weight decay"},
        {"seed", OPTION_WHOLE, &o->seed, 0, 1e15, "of all that is random"},
        {"limit", OPTION_WHOLE, &o->limit, 0, 1e9,
         "at most so many images of each set; 0: all"},
        {"threads", OPTION_WHOLE, &o->threads, 0, 1e3,
         "at most; 0: as many as there are cores"},
        {"checkpoint", OPTION_TEXT, &o->checkpoint, 0, 0,
         "where the training is kept"},
        {"save-every", OPTION_WHOLE, &o->save_every, 1, 1e9,
         "steps from one save to the next"},
        {"resume", OPTION_FLAG, &o->resume, 0, 0,
         "go on where the checkpoint ends"},
        {"metrics", OPTION_TEXT, &o->metrics, 0, 0,
         "a row for each epoch as CSV"},
        {"kernels", OPTION_TEXT, &o->kernels, 0, 0,
         "the first layer's kernels as PNG"},
    };
    const program about = {
        "lenet_fashion",
        "Learns from Fashion-MNIST what is worn, and tests itself on images "
        "that it has\nnot seen. SIGINT (Ctrl-C) and SIGTERM save the training "
        "and end it with status 0;\nresumed with the same options, it ends "
        "with "
        "the same bits as if nothing had\nhappened.",
        rows, sizeof rows / sizeof *rows};

    *o = defaults;
    program_request request = program_begin(&about, argc, argv);
    if (request == REQUEST_RUN && !check(o, model))
        return REQUEST_WRONG;
    return request;
}
