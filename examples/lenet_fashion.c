/* Learns from Fashion-MNIST what is worn: a small network of one's choice goes
 * through the images, epoch by epoch, and is tested on others after each.
 *
 * The training can end at any step, by a signal or by being killed, and goes on
 * as if nothing had happened: all that determines a step is in the checkpoint,
 * or follows from the seed and the step's number. */
#include <tinygrad.h>

#include "lenet_fashion/images.h"
#include "lenet_fashion/interrupt.h"
#include "lenet_fashion/kernels.h"
#include "lenet_fashion/options.h"
#include "lenet_fashion/training.h"
#include "program/program.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int64_t count_parameters(const tg_params *p)
{
    int64_t count = 0;

    for (size_t i = 0; i < tg_params_count(p); i++) {
        const tg_tensor *t = tg_params_at(p, i);
        count += tg_requires_grad(t) ? tg_tensor_size(t) : 0;
    }
    return count;
}

static void describe(const training *t, const image_set *set,
                     const image_set *tests)
{
    printf("%s: %" PRId64 " parameters; %" PRId64
           " images to learn from, %" PRId64 " for the test\n",
           t->options->model->name, count_parameters(t->params), set->count,
           tests->count);
    if (t->options->resume)
        printf("going on after step %" PRId64 " of %" PRId64 "\n",
               training_step(t), training_steps(t));
    fflush(stdout);
}

static void tell_stop(const training *t)
{
    const char *path = t->options->checkpoint;

    printf("stopped after step %" PRId64 " of %" PRId64 "; ", training_step(t),
           training_steps(t));
    if (path)
        printf("saved in %s, --resume goes on\n", path);
    else
        printf("nothing is saved without a --checkpoint\n");
}

/* A training that was over already when it was resumed has no test yet. */
static bool tell_end(training *t)
{
    if (t->last.images == 0 && !training_test(t))
        return false;
    confusion_print(&t->last, class_names);
    printf("%" PRId64 " of %" PRId64 " right: %.2f %%\n", t->last.correct,
           t->last.images, accuracy(t->last.correct, t->last.images));
    return !t->options->kernels ||
           kernels_draw(tg_params_find(t->params, first_kernels),
                        t->options->kernels);
}

static bool learn(training *t, const image_set *set, const image_set *tests)
{
    describe(t, set, tests);
    if (!training_run(t))
        return false;
    if (training_is_over(t))
        return tell_end(t);
    tell_stop(t);
    return true;
}

static bool run(const fashion_options *o)
{
    image_set set = {0}, tests = {0};
    training t = {0};
    bool ok = image_set_open(&set, o->data, "train", o->limit) &&
              image_set_open(&tests, o->data, "t10k", o->limit) &&
              training_open(&t, o, &set, &tests) && learn(&t, &set, &tests);

    training_close(&t);
    image_set_close(&tests);
    image_set_close(&set);
    if (fflush(stdout) != 0 || ferror(stdout))
        return refuse("standard output: %s", strerror(errno));
    return ok;
}

int main(int argc, char **argv)
{
    fashion_options o;
    program_request request = fashion_options_read(&o, argc, argv);

    if (request != REQUEST_RUN)
        return request == REQUEST_HELP ? 0 : 2;
    tg_set_threads((int)o.threads);
    return interrupt_watch() && run(&o) ? 0 : 2;
}
