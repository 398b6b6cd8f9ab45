/* An autoencoder of Fashion-MNIST: strided convolutions make an image into a
 * code of a few numbers, transposed convolutions make the code into an image,
 * and both learn that it be the same image. The error is the mean of the
 * squared difference of a pixel, where 0 is black and 1 is white. */
#include <tinygrad.h>

#include "autoencoder/images.h"
#include "autoencoder/options.h"
#include "autoencoder/sheet.h"
#include "autoencoder/training.h"
#include "program/output.h"
#include "program/picture.h"
#include "program/program.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct sets {
    image_set training, test;
} sets;

static bool say(void)
{
    return fflush(stdout) == 0 ||
           refuse("standard output: %s", strerror(errno));
}

/* --------------------------------------------------------- checkpoints */

static bool load(training *t, const char *path)
{
    return !path ||
           tg_load(t->params, NULL, path, (tg_load_options){0}) == TG_OK ||
           refuse_tensors();
}

static bool save(const training *t, const char *path)
{
    return !path || tg_save(t->params, NULL, path) == TG_OK || refuse_tensors();
}

/* Whether it could be saved; to be asked before the training, not after. A
 * checkpoint that is there stays until there is a better one. */
static bool can_save(const training *t, const char *path)
{
    char part[4096];

    if (!path)
        return true;
    if (!output_possible(path))
        return false;
    snprintf(part, sizeof part, "%s.part", path);
    bool ok = save(t, part);
    remove(part);
    return ok;
}

/* ------------------------------------------------------------ the work */

static bool learn(const options *o, training *t, const sets *s)
{
    double error, test;

    for (int64_t i = 1; i <= o->training.epochs; ++i) {
        if (!training_epoch(t, &error) || !training_test(t, &s->test, &test) ||
            !save(t, o->save))
            return false;
        printf("epoch %" PRId64 " of %" PRId64 ": error %.5f, test %.5f\n", i,
               o->training.epochs, error, test);
        if (!say())
            return false;
    }
    return true;
}

/* Where the training begins: at what chance or a checkpoint knows. */
static bool begin(const options *o, training *t, const sets *s)
{
    double test;

    if (!load(t, o->load) || !can_save(t, o->save) ||
        !training_test(t, &s->test, &test))
        return false;
    printf("%" PRId64 " images, and %" PRId64 " for the test; %" PRId64
           " numbers for %d pixels\n",
           s->training.count, s->test.count, o->training.code, PIXELS);
    printf("the mean image in place of each: test %.5f\n",
           images_spread(&s->training, &s->test));
    printf("before the first step: test %.5f\n", test);
    return say();
}

static bool draw(const options *o, training *t, const image_set *tests)
{
    int64_t count = tests->count < SHEET_IMAGES ? tests->count : SHEET_IMAGES;

    if (!o->image)
        return true;
    tg_tensor *x =
        tg_tensor_f32(TG_SHAPE(count, 1, SIDE, SIDE), tg_data_f32(tests->x));
    tg_tensor *y = x ? training_reconstruct(t, x) : NULL;
    bool ok = x ? y && sheet_write(x, y, o->image) : refuse_tensors();
    tg_tensor_free(x);
    if (ok)
        printf("wrote %s\n", o->image);
    return ok && say();
}

/* --------------------------------------------------------- the program */

static bool run(const options *o, training *t, sets *s)
{
    if (!picture_possible(o->image))
        return false;
    tg_set_threads((int)o->threads);
    if (!images_open(&s->training, o->data, "train", o->limit) ||
        !images_open(&s->test, o->data, "t10k", o->limit))
        return false;
    return training_open(t, &s->training, o->training) && begin(o, t, s) &&
           learn(o, t, s) && draw(o, t, &s->test);
}

int main(int argc, char **argv)
{
    options o;
    program_request request = options_read(&o, argc, argv);
    training t = {0};
    sets s = {0};

    if (request != REQUEST_RUN)
        return request == REQUEST_HELP ? 0 : 2;
    bool ok = run(&o, &t, &s);
    training_close(&t);
    images_close(&s.training);
    images_close(&s.test);
    return ok ? 0 : 2;
}
