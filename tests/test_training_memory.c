/* What a step of a whole training costs: LeNet, batches, a bar, an optimiser
 * with its schedule. */
#include "support.h"

#include <stdio.h>

enum { BATCH = 8, EPOCHS = 4 };

typedef struct learner {
    tg_graph *g;
    tg_params *p;
    tg_optim *o;
    tg_tensor *columns[2];
    tg_batches *batches;
    FILE *out;
    tg_progress *bar;
    int64_t step;
} learner;

static tg_tensor *some_labels(int64_t images)
{
    tg_tensor *labels = MADE(tg_tensor_new(TG_I64, TG_SHAPE(images)));

    for (int64_t i = 0; i < images; i++)
        tg_data_i64(labels)[i] = i % 10;
    return labels;
}

static learner new_learner(int64_t images)
{
    learner l = {.g = MADE(tg_graph_new()), .out = tmpfile()};

    ck_assert_ptr_nonnull(l.out);
    l.p = MADE(tg_params_new(TG_F32, 1));
    l.o = MADE(tg_adamw(l.p, (tg_adam_options){.weight_decay = 0.01}));
    l.columns[0] = random_tensor(TG_F32, TG_SHAPE(images, 1, 28, 28), 1);
    l.columns[1] = some_labels(images);
    l.batches = MADE(tg_batches_new(l.columns, 2, BATCH, true, 1));
    l.bar = MADE(tg_progress_new(l.out, "epoch", tg_batches_count(l.batches)));
    return l;
}

static void free_learner(learner *l)
{
    tg_progress_free(l->bar);
    tg_batches_free(l->batches);
    tg_tensor_free(l->columns[0]);
    tg_tensor_free(l->columns[1]);
    tg_optim_free(l->o);
    tg_params_free(l->p);
    tg_graph_free(l->g);
    fclose(l->out);
}

static tg_tensor *stage(const learner *l, const char *name, tg_tensor *x,
                        int64_t channels, int padding)
{
    tg_nn_conv2d_options o = {.conv.padding = {padding, padding}};
    tg_pool2d_options half = {.kernel = {2, 2}};

    x = tg_nn_conv2d(l->g, l->p, name, x, channels, 5, 5, o);
    return tg_max_pool2d(l->g, tg_relu(l->g, x), half);
}

static tg_tensor *lenet(const learner *l, tg_tensor *x)
{
    x = stage(l, "conv1", x, 6, 2);
    x = stage(l, "conv2", x, 16, 0);
    x = tg_reshape(l->g, x, TG_SHAPE(-1, 400));
    x = tg_relu(l->g, tg_nn_linear(l->g, l->p, "fc1", x, 120));
    x = tg_dropout(l->g, x, 0.25);
    x = tg_relu(l->g, tg_nn_linear(l->g, l->p, "fc2", x, 84));
    return tg_nn_linear(l->g, l->p, "fc3", x, 10);
}

static void take_step(learner *l, tg_tensor *const *batch)
{
    tg_tensor *logits = lenet(l, batch[0]);
    tg_tensor *loss = tg_cross_entropy(l->g, logits, batch[1]);

    tg_optim_set_lr(l->o, tg_lr_cosine(1e-3, l->step++, 2, 1000));
    tg_params_zero_grad(l->p);
    EXPECT_OK(tg_backward(l->g, loss));
    tg_clip_grad_norm(l->p, 1);
    EXPECT_OK(tg_optim_step(l->o));
    tg_progress_update(l->bar, tg_batches_index(l->batches), "loss %.3f",
                       tg_item(loss));
    EXPECT_OK(tg_graph_reset(l->g));
}

/* Nothing is allocated after so many steps. */
static void check_epochs(int64_t images, int64_t settled)
{
    learner l = new_learner(images);
    int64_t steps = EPOCHS * tg_batches_count(l.batches);
    tg_tensor *batch[2];
    size_t calls = 0, live = 0;

    while (l.step < steps) {
        if (!tg_batches_next(l.batches, batch))
            continue; /* the next epoch */
        take_step(&l, batch);
        if (l.step == settled) {
            calls = allocator_calls();
            live = live_bytes();
        }
    }
    ck_assert_uint_gt(calls, 0);
    ck_assert_uint_eq(allocator_calls(), calls);
    ck_assert_uint_eq(live_bytes(), live);
    free_learner(&l);
}

TEST(allocates_nothing_after_the_second_step)
{
    for (int threads = 1; threads <= 2; threads++) {
        tg_set_threads(threads);
        check_epochs(6 * BATCH, 2);
    }
}

/* The batch that ends an epoch has shapes of its own, which are new once. */
TEST(allocates_nothing_after_an_epoch_that_ends_with_a_smaller_batch)
{
    check_epochs(6 * BATCH - 3, 6);
}

TEST_MAIN("training_memory", allocates_nothing_after_the_second_step,
          allocates_nothing_after_an_epoch_that_ends_with_a_smaller_batch)
