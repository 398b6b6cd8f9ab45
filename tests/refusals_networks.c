#include "refusals.h"

#include <math.h>

static tg_tensor *labels_of(double a, double b)
{
    tg_tensor *labels = TENSOR(TG_I64, TG_SHAPE(2), a, b);

    EXPECT_OK(tg_set_name(labels, "labels"));
    return labels;
}

static void refuse_concat(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x, *xs[] = {x, s->w}, *x_tall[] = {x, s->tall};
    tg_tensor *x_wide[] = {x, s->wide}, *x_cube[] = {x, s->cube};
    tg_tensor *x_none[] = {x, TG_NONE}, *x_foreign[] = {x, s->foreign};

    note_heading("concat");
    REFUSE(tg_concat(NULL, xs, 2, 0));
    REFUSE(tg_concat(g, NULL, 2, 0));
    REFUSE(tg_concat(g, xs, 0, 0));
    REFUSE(tg_concat(g, xs, INT32_MIN, 0));
    REFUSE(tg_concat(g, xs, 2, 2));
    REFUSE(tg_concat(g, xs, 2, INT32_MIN));
    REFUSE(tg_concat(g, &s->scalar, 1, 0));
    REFUSE(tg_concat(g, x_none, 2, 0));
    REFUSE(tg_concat(g, x_foreign, 2, 0));
    REFUSE(tg_concat(g, x_tall, 2, 0));
    REFUSE(tg_concat(g, x_cube, 2, 0));
    REFUSE(tg_concat(g, x_wide, 2, 0));
}

static void refuse_take(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x, *low = labels_of(0, -1), *high = labels_of(2, 0);

    note_heading("take");
    REFUSE(tg_take(NULL, x, s->index));
    REFUSE(tg_take(g, TG_NONE, s->index));
    REFUSE(tg_take(g, x, TG_NONE));
    REFUSE(tg_take(g, s->foreign, s->index));
    REFUSE(tg_take(g, x, s->w));
    REFUSE(tg_take(g, s->scalar, low));
    REFUSE(tg_take(g, x, low));
    REFUSE(tg_take(g, x, high));
    tg_tensor_free(low);
    tg_tensor_free(high);
}

static void refuse_cross_entropy(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x, *low = labels_of(0, -1), *high = labels_of(3, 0);

    note_heading("cross_entropy");
    REFUSE(tg_cross_entropy(NULL, x, low));
    REFUSE(tg_cross_entropy(g, TG_NONE, low));
    REFUSE(tg_cross_entropy(g, x, TG_NONE));
    REFUSE(tg_cross_entropy(g, s->foreign, low));
    REFUSE(tg_cross_entropy(g, x, s->vector));
    REFUSE(tg_cross_entropy(g, s->index, low));
    REFUSE(tg_cross_entropy(g, x, s->index));
    REFUSE(tg_cross_entropy(g, s->tall, low));
    REFUSE(tg_cross_entropy(g, s->vector, low));
    REFUSE(tg_cross_entropy(g, x, low));
    REFUSE(tg_cross_entropy(g, x, high));
    tg_tensor_free(low);
    tg_tensor_free(high);
}

#define REFUSE_LOSS(op)                                                        \
    note_heading(#op);                                                         \
    REFUSE(tg_##op(NULL, x, s->w));                                            \
    REFUSE(tg_##op(g, TG_NONE, x));                                            \
    REFUSE(tg_##op(g, x, TG_NONE));                                            \
    REFUSE(tg_##op(g, x, s->foreign));                                         \
    REFUSE(tg_##op(g, x, s->vector));                                          \
    REFUSE(tg_##op(g, s->scalar, x));                                          \
    REFUSE(tg_##op(g, x, s->tall));                                            \
    REFUSE(tg_##op(g, x, s->wide));                                            \
    REFUSE(tg_##op(g, s->index, s->index))

static void refuse_losses(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x;

    REFUSE_LOSS(mse_loss);
    REFUSE_LOSS(bce_with_logits);
}

static void refuse_layer_norm(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x, *none = TG_NONE;

    note_heading("layer_norm");
    REFUSE(tg_layer_norm(NULL, x, none, none, 0));
    REFUSE(tg_layer_norm(g, none, none, none, 0));
    REFUSE(tg_layer_norm(g, s->foreign, none, none, 0));
    REFUSE(tg_layer_norm(g, s->index, none, none, 0));
    REFUSE(tg_layer_norm(g, s->scalar, none, none, 0));
    REFUSE(tg_layer_norm(g, x, s->w, none, 0));
    REFUSE(tg_layer_norm(g, x, none, s->tall, 0));
    REFUSE(tg_layer_norm(g, x, s->wide, none, 0));
    REFUSE(tg_layer_norm(g, x, none, none, -1));
    REFUSE(tg_layer_norm(g, x, none, none, NAN));
}

static void refuse_batch_norm(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x, *none = TG_NONE, *c = s->vector;

    note_heading("batch_norm");
    REFUSE(tg_batch_norm(NULL, x, none, none, none, none, 0.1, 0));
    REFUSE(tg_batch_norm(g, none, none, none, none, none, 0.1, 0));
    REFUSE(tg_batch_norm(g, s->foreign, none, none, none, none, 0.1, 0));
    REFUSE(tg_batch_norm(g, s->index, none, none, none, none, 0.1, 0));
    REFUSE(tg_batch_norm(g, s->vector, none, none, none, none, 0.1, 0));
    REFUSE(tg_batch_norm(g, s->empty, none, none, none, none, 0.1, 0));
    REFUSE(tg_batch_norm(g, x, s->tall, none, none, none, 0.1, 0));
    REFUSE(tg_batch_norm(g, x, none, s->w, none, none, 0.1, 0));
    REFUSE(tg_batch_norm(g, x, none, none, s->fixed, none, 0.1, 0));
    REFUSE(tg_batch_norm(g, x, none, none, none, s->wide, 0.1, 0));
    REFUSE(tg_batch_norm(g, x, none, none, c, none, 0.1, 0));
    REFUSE(tg_batch_norm(g, x, none, none, c, c, 0.1, 0));
    REFUSE(tg_batch_norm(g, x, none, none, none, none, 1.5, 0));
    REFUSE(tg_batch_norm(g, x, none, none, none, none, 0.1, -1));
    tg_graph_set_training(g, false);
    REFUSE(tg_batch_norm(g, x, none, none, none, none, 0.1, 0.5));
    tg_graph_set_training(g, true);
}

static void refuse_dropout(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x;

    note_heading("dropout");
    REFUSE(tg_dropout(NULL, x, 0.5));
    REFUSE(tg_dropout(g, TG_NONE, 0.5));
    REFUSE(tg_dropout(g, s->foreign, 0.5));
    REFUSE(tg_dropout(g, s->index, 0.5));
    REFUSE(tg_dropout(g, x, -0.1));
    REFUSE(tg_dropout(g, x, 1.1));
    REFUSE(tg_dropout(g, x, NAN));
}

void refuse_ops_of_networks(scene *s)
{
    refuse_concat(s);
    refuse_take(s);
    refuse_cross_entropy(s);
    refuse_losses(s);
    refuse_layer_norm(s);
    refuse_batch_norm(s);
    refuse_dropout(s);
}
