#include "training.h"

#include "model.h"

#include "program/program.h"

#include <inttypes.h>
#include <stdio.h>

static tg_tensor *through(training *t, tg_tensor *x)
{
    tg_tensor *z = encode(t->g, t->params, x, t->options.code);

    return decode(t->g, t->params, z);
}

/* -------------------------------------------------------------- making */

/* The first run makes the parameters. */
static bool make_parameters(training *t)
{
    tg_tensor *one = tg_tensor_new(TG_F32, TG_SHAPE(1, 1, SIDE, SIDE));
    bool ok = training_reconstruct(t, one);

    tg_tensor_free(one);
    return ok;
}

bool training_open(training *t, const image_set *set, training_options options)
{
    *t = (training){.options = options,
                    .set = set,
                    .g = tg_graph_new(),
                    .params = tg_params_new(TG_F32, options.seed)};
    t->adam = tg_adam(t->params, (tg_adam_options){.lr = options.rate});
    t->batches = tg_batches_new(&set->x, 1, options.batch, true, options.seed);
    if (!t->g || !t->adam || !t->batches)
        return refuse_tensors();
    return make_parameters(t);
}

void training_close(training *t)
{
    tg_batches_free(t->batches);
    tg_optim_free(t->adam);
    tg_graph_free(t->g);
    tg_params_free(t->params);
}

/* ------------------------------------------------------------ training */

static bool step(training *t, tg_tensor *x, double *error)
{
    const training_options *o = &t->options;
    int64_t steps = o->epochs * tg_batches_count(t->batches);
    tg_tensor *loss = tg_mse_loss(t->g, through(t, x), x);

    tg_params_zero_grad(t->params);
    tg_optim_set_lr(t->adam, tg_lr_cosine(o->rate, t->step++, 0, steps));
    *error = tg_item(loss);
    return tg_backward(t->g, loss) == TG_OK &&
           tg_optim_step(t->adam) == TG_OK && tg_graph_reset(t->g) == TG_OK;
}

static bool run_steps(training *t, tg_progress *shown, double *mean)
{
    double error, sum = 0;
    tg_tensor *x;

    while (tg_batches_next(t->batches, &x)) {
        if (!step(t, x, &error))
            return refuse_tensors();
        sum += error * (double)(tg_tensor_size(x) / PIXELS);
        tg_progress_update(shown, tg_batches_index(t->batches), "error %.4f",
                           error);
    }
    *mean = sum / (double)t->set->count;
    return true;
}

bool training_epoch(training *t, double *error)
{
    char label[80];
    int64_t epoch = tg_batches_epoch(t->batches) + 1;

    snprintf(label, sizeof label, "epoch %" PRId64 " of %" PRId64, epoch,
             t->options.epochs);
    tg_progress *shown =
        tg_progress_new(stderr, label, tg_batches_count(t->batches));
    bool ok = shown ? run_steps(t, shown, error) : refuse_tensors();
    tg_progress_free(shown);
    return ok;
}

/* ------------------------------------------------------------- testing */

tg_tensor *training_reconstruct(training *t, tg_tensor *x)
{
    tg_graph_reset(t->g);
    bool recorded = tg_graph_set_recording(t->g, false);
    tg_tensor *y = through(t, x);
    tg_graph_set_recording(t->g, recorded);

    if (!y)
        refuse_tensors();
    return y;
}

bool training_test(training *t, const image_set *tests, double *error)
{
    tg_batches *parts =
        tg_batches_new(&tests->x, 1, t->options.batch, false, 0);
    bool ok = parts || refuse_tensors();
    double sum = 0;
    tg_tensor *x;

    while (ok && tg_batches_next(parts, &x)) {
        tg_tensor *y = training_reconstruct(t, x);
        tg_tensor *loss = tg_mse_loss(t->g, y, x);
        ok = y && (loss || refuse_tensors());
        if (ok)
            sum += tg_item(loss) * (double)(tg_tensor_size(x) / PIXELS);
    }
    tg_graph_reset(t->g);
    tg_batches_free(parts);
    *error = sum / (double)tests->count;
    return ok;
}
