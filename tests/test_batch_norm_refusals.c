#include "support.h"

#include <math.h>

static const double eps = 1e-5, momentum = 0.25;

typedef struct layer {
    tg_tensor *x, *w, *b, *mean, *var;
} layer;

static layer make_layer(tg_dtype dtype, tg_shape x)
{
    tg_shape channels = TG_SHAPE(x.dim[1]);

    return (layer){random_leaf(dtype, x, 1), random_leaf(dtype, channels, 2),
                   random_leaf(dtype, channels, 3),
                   MADE(tg_tensor_new(dtype, channels)),
                   MADE(tg_tensor_full(dtype, channels, 1))};
}

static void free_layer(layer l)
{
    tg_tensor *leaves[] = {l.x, l.w, l.b, l.mean, l.var};

    for (int i = 0; i < 5; i++)
        tg_tensor_free(leaves[i]);
}

static tg_tensor *norm(tg_graph *g, layer l)
{
    return tg_batch_norm(g, l.x, l.w, l.b, l.mean, l.var, momentum, eps);
}

static void refuse_channels(tg_graph *g, layer l, tg_tensor *misfit,
                            tg_status status)
{
    EXPECT_REFUSED(g, norm(g, (layer){l.x, misfit, l.b, l.mean, l.var}), status,
                   "batch_norm");
    EXPECT_REFUSED(g, norm(g, (layer){l.x, l.w, misfit, l.mean, l.var}), status,
                   "batch_norm");
    EXPECT_REFUSED(g, norm(g, (layer){l.x, l.w, l.b, misfit, l.var}), status,
                   "batch_norm");
    EXPECT_REFUSED(g, norm(g, (layer){l.x, l.w, l.b, l.mean, misfit}), status,
                   "batch_norm");
    tg_tensor_free(misfit);
}

TEST(refuses_channels_that_do_not_fit)
{
    tg_graph *g = MADE(tg_graph_new());
    layer l = make_layer(TG_F32, TG_SHAPE(4, 3));
    const tg_shape misfits[] = {TG_SHAPE(4), TG_SHAPE(1), TG_SHAPE(1, 3),
                                TG_SCALAR};

    for (int i = 0; i < 4; i++)
        refuse_channels(g, l, random_tensor(TG_F32, misfits[i], 1),
                        TG_ERR_SHAPE);
    refuse_channels(g, l, random_tensor(TG_F64, TG_SHAPE(3), 1), TG_ERR_DTYPE);
    refuse_channels(g, l, random_tensor(TG_I64, TG_SHAPE(3), 1), TG_ERR_DTYPE);
    EXPECT_VALUES(l.mean, 0, 0, 0);
    EXPECT_VALUES(l.var, 1, 1, 1);
    free_layer(l);
    tg_graph_free(g);
}

static void refuse_batch(tg_graph *g, tg_shape shape)
{
    tg_tensor *x = random_leaf(TG_F32, shape, 1);

    EXPECT_REFUSED(
        g, tg_batch_norm(g, x, TG_NONE, TG_NONE, TG_NONE, TG_NONE, 0.1, eps),
        TG_ERR_SHAPE, "batch_norm");
    tg_tensor_free(x);
}

TEST(refuses_fewer_than_two_values_a_channel)
{
    tg_graph *g = MADE(tg_graph_new());

    refuse_batch(g, TG_SHAPE(1, 3));
    refuse_batch(g, TG_SHAPE(1, 3, 1, 1));
    refuse_batch(g, TG_SHAPE(0, 3));
    refuse_batch(g, TG_SHAPE(2, 3, 0));
    refuse_batch(g, TG_SHAPE(3));
    refuse_batch(g, TG_SCALAR);
    tg_graph_free(g);
}

TEST(refuses_statistics_that_cannot_move)
{
    tg_graph *g = MADE(tg_graph_new());
    layer l = make_layer(TG_F32, TG_SHAPE(4, 3));
    tg_tensor *leaf = random_leaf(TG_F32, TG_SHAPE(3), 1);

    EXPECT_REFUSED(g, norm(g, (layer){l.x, l.w, l.b, leaf, l.var}), TG_ERR_ARG,
                   "batch_norm");
    tg_tensor *result = tg_neg(g, l.mean);
    EXPECT_REFUSED(g, norm(g, (layer){l.x, l.w, l.b, l.mean, result}),
                   TG_ERR_ARG, "batch_norm");
    EXPECT_REFUSED(g, norm(g, (layer){l.x, l.w, l.b, TG_NONE, l.var}),
                   TG_ERR_ARG, "batch_norm");
    EXPECT_REFUSED(g, norm(g, (layer){l.x, l.w, l.b, l.mean, TG_NONE}),
                   TG_ERR_ARG, "batch_norm");
    tg_graph_set_training(g, false);
    EXPECT_REFUSED(g, norm(g, (layer){l.x, l.w, l.b, TG_NONE, TG_NONE}),
                   TG_ERR_ARG, "batch_norm");
    free_layer(l);
    tg_tensor_free(leaf);
    tg_graph_free(g);
}

TEST(refuses_settings_and_failures)
{
    const double wrong[][2] = {{-0.1, 0}, {1.1, 0},   {NAN, 0},
                               {0.1, -1}, {0.1, NAN}, {INFINITY, 0}};
    tg_graph *g = MADE(tg_graph_new());
    layer l = make_layer(TG_F32, TG_SHAPE(4, 3));
    layer missing[] = {l, l, l, l, l};

    for (int i = 0; i < 6; i++)
        EXPECT_REFUSED(g,
                       tg_batch_norm(g, l.x, l.w, l.b, l.mean, l.var,
                                     wrong[i][0], wrong[i][1]),
                       TG_ERR_ARG, "batch_norm");
    missing[0].x = missing[1].w = missing[2].b = NULL;
    missing[3].mean = missing[4].var = NULL;
    for (int i = 0; i < 5; i++) {
        EXPECT_STATUS(tg_fail(g, TG_ERR_IO, "the first failure"), TG_ERR_IO);
        EXPECT_REFUSED(g, norm(g, missing[i]), TG_ERR_IO, "the first failure");
    }
    ck_assert_ptr_null(norm(NULL, l));
    free_layer(l);
    tg_graph_free(g);
}

TEST_MAIN("batch_norm_refusals", refuses_channels_that_do_not_fit,
          refuses_fewer_than_two_values_a_channel,
          refuses_statistics_that_cannot_move, refuses_settings_and_failures)
