#include "training.h"

#include "interrupt.h"
#include "metrics.h"

#include <inttypes.h>
#include <stdio.h>

int64_t training_step(const training *t)
{
    return *tg_data_i64(t->state.step);
}

int64_t training_steps(const training *t)
{
    return t->options->epochs * tg_batches_count(t->batches);
}

bool training_is_over(const training *t)
{
    return training_step(t) == training_steps(t);
}

static bool save(const training *t)
{
    return !t->options->checkpoint ||
           tg_save(t->params, t->optim, t->options->checkpoint) == TG_OK ||
           refuse_tensors();
}

/* ---- making */

/* The parameters are made by a first run, before a checkpoint can go into
 * them. */
static bool make_parameters(training *t, const image_set *set)
{
    tg_tensor *one = tg_tensor_borrow(TG_F32, TG_SHAPE(1, 1, SIDE, SIDE),
                                      tg_data(set->images));

    tg_graph_set_training(t->g, false);
    t->options->model->logits(t->g, t->params, one);
    tg_graph_set_training(t->g, true);
    tg_status s = tg_graph_reset(t->g);
    tg_tensor_free(one);
    return s == TG_OK || refuse_tensors();
}

static bool make(training *t, const image_set *set, const image_set *tests)
{
    const fashion_options *o = t->options;
    uint64_t seed = (uint64_t)o->seed;

    t->g = tg_graph_new();
    t->params = tg_params_new(TG_F32, seed);
    t->optim = tg_adamw(
        t->params, (tg_adam_options){.lr = o->lr, .weight_decay = o->decay});
    t->batches = tg_batches_new(set->columns, 2, o->batch, true, seed);
    t->tests = tg_batches_new(tests->columns, 2, o->batch, false, 0);
    if (!t->g || !t->optim || !t->batches || !t->tests)
        return refuse_tensors();
    return make_parameters(t, set) &&
           run_state_open(&t->state, t->params, o, set);
}

static bool go_on(training *t)
{
    if (!checkpoint_load(&t->state, t->params, t->optim,
                         t->options->checkpoint))
        return false;
    int64_t step = training_step(t), count = tg_batches_count(t->batches);
    if (step < 0 || step > training_steps(t))
        return refuse("%s: there is no step %" PRId64, t->options->checkpoint,
                      step);
    return tg_batches_seek(t->batches, step / count, step % count) == TG_OK ||
           refuse_tensors();
}

bool training_open(training *t, const fashion_options *o, const image_set *set,
                   const image_set *tests)
{
    *t = (training){.options = o, .images = set->count};
    if (!make(t, set, tests) || (o->resume && !go_on(t)) || !save(t))
        return false;
    if (!o->metrics)
        return true;
    t->metrics = epoch_metrics_open(o->metrics, training_step(t));
    return t->metrics != NULL;
}

void training_close(training *t)
{
    tg_metrics_close(t->metrics);
    tg_batches_free(t->tests);
    tg_batches_free(t->batches);
    tg_optim_free(t->optim);
    tg_params_free(t->params);
    tg_graph_free(t->g);
}

/* ---- a step */

/* Adds the step to what is known of the epoch. */
static void count_step(training *t, tg_tensor *logits, tg_tensor *labels,
                       const tg_tensor *loss)
{
    double *sums = tg_data_f64(t->state.epoch);

    sums[0] += tg_item(loss) * (double)tg_tensor_size(labels);
    sums[1] += (double)count_correct(t->g, logits, labels);
    ++*tg_data_i64(t->state.step);
}

/* The rate and what is drawn depend on the number of the step alone. */
static void prepare(training *t)
{
    const fashion_options *o = t->options;
    int64_t step = training_step(t);

    tg_graph_seed(t->g, (uint64_t)o->seed << 32 ^ (uint64_t)step);
    tg_optim_set_lr(t->optim,
                    tg_lr_cosine(o->lr, step, o->warmup, training_steps(t)));
}

static bool take_step(training *t, tg_tensor *const *batch)
{
    prepare(t);
    tg_tensor *logits = t->options->model->logits(t->g, t->params, batch[0]);
    tg_tensor *loss = tg_cross_entropy(t->g, logits, batch[1]);
    tg_params_zero_grad(t->params);
    if (tg_backward(t->g, loss) != TG_OK || tg_optim_step(t->optim) != TG_OK)
        return refuse_tensors();
    count_step(t, logits, batch[1], loss);
    return tg_graph_reset(t->g) == TG_OK || refuse_tensors();
}

/* ---- an epoch */

/* Where this process entered the epoch, and where it ends. */
typedef struct epoch_view {
    tg_progress *bar;
    int64_t first, count; /* batches */
} epoch_view;

static int64_t images_seen(const training *t)
{
    int64_t seen = tg_batches_index(t->batches) * t->options->batch;

    return seen < t->images ? seen : t->images;
}

/* The bar is of this process's batches, or else its rate would be wrong. */
static void show_progress(const training *t, const epoch_view *e)
{
    const double *sums = tg_data_f64(t->state.epoch);
    int64_t seen = images_seen(t);

    tg_progress_update(e->bar, tg_batches_index(t->batches) - e->first,
                       "loss %.3f, %.1f %% right", sums[0] / (double)seen,
                       accuracy((int64_t)sums[1], seen));
}

/* To the end of the epoch or a signal. At the end nothing is saved yet: the
 * test belongs to it. */
static bool take_steps(training *t, const epoch_view *e)
{
    tg_tensor *batch[2];

    while (tg_batches_index(t->batches) < e->count && !interrupted()) {
        if (!tg_batches_next(t->batches, batch) || !take_step(t, batch))
            return false;
        show_progress(t, e);
        bool due = training_step(t) % t->options->save_every == 0;
        if (due && tg_batches_index(t->batches) < e->count && !save(t))
            return false;
    }
    return true;
}

static void report(const training *t, const epoch_row *r)
{
    printf("epoch %.0f of %" PRId64 ": loss %.4f, %.2f %% right; "
           "test: loss %.4f, %.2f %% right\n",
           r->epoch, t->options->epochs, r->loss, r->accuracy, r->test_loss,
           r->test_accuracy);
    fflush(stdout);
}

/* The test, a row, new sums, and on to the next. */
static bool end_epoch(training *t)
{
    double *sums = tg_data_f64(t->state.epoch);
    int64_t next = tg_batches_epoch(t->batches) + 1;

    if (!training_test(t))
        return false;
    epoch_row row = {.step = (double)training_step(t),
                     .epoch = (double)next,
                     .lr = tg_optim_lr(t->optim),
                     .loss = sums[0] / (double)t->images,
                     .accuracy = accuracy((int64_t)sums[1], t->images),
                     .test_loss = t->last.loss,
                     .test_accuracy =
                         accuracy(t->last.correct, t->last.images)};
    report(t, &row);
    if (t->metrics && !epoch_metrics_write(t->metrics, &row))
        return false;
    sums[0] = sums[1] = 0;
    return tg_batches_seek(t->batches, next, 0) == TG_OK || refuse_tensors();
}

static bool run_epoch(training *t)
{
    epoch_view e = {.first = tg_batches_index(t->batches),
                    .count = tg_batches_count(t->batches)};
    char label[64];

    snprintf(label, sizeof label, "epoch %" PRId64,
             tg_batches_epoch(t->batches) + 1);
    e.bar = tg_progress_new(stderr, label, e.count - e.first);
    bool ok = take_steps(t, &e);
    tg_progress_free(e.bar);
    if (ok && tg_batches_index(t->batches) == e.count)
        ok = end_epoch(t);
    return ok && save(t);
}

bool training_run(training *t)
{
    bool ok = true;

    while (ok && !training_is_over(t) && !interrupted())
        ok = run_epoch(t);
    return ok;
}

bool training_test(training *t)
{
    return evaluate(&t->last, t->options->model, t->g, t->params, t->tests);
}
