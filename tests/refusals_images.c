#include "refusals.h"

static void refuse_conv2d(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *image = s->image, *filter = s->filter, *none = TG_NONE;
    tg_conv2d_options o = {0}, two = {.groups = 2}, far = {.dilation = {1, 5}};
    tg_conv2d_options back = {.stride = {-1, 1}}, less = {.groups = -1};
    tg_conv2d_options more = {.output_padding = {1, 0}};

    note_heading("conv2d");
    REFUSE(tg_conv2d(NULL, image, filter, none, o));
    REFUSE(tg_conv2d(g, none, filter, none, o));
    REFUSE(tg_conv2d(g, image, none, none, o));
    REFUSE(tg_conv2d(g, s->foreign, filter, none, o));
    REFUSE(tg_conv2d(g, image, filter, s->foreign, o));
    REFUSE(tg_conv2d(g, s->x, filter, none, o));
    REFUSE(tg_conv2d(g, image, s->cube, none, o));
    REFUSE(tg_conv2d(g, filter, image, none, o));
    REFUSE(tg_conv2d(g, image, s->index, none, o));
    REFUSE(tg_conv2d(g, image, s->wide, none, o));
    REFUSE(tg_conv2d(g, image, filter, s->tall, o));
    REFUSE(tg_conv2d(g, image, filter, none, two));
    REFUSE(tg_conv2d(g, image, filter, none, far));
    REFUSE(tg_conv2d(g, image, filter, none, back));
    REFUSE(tg_conv2d(g, image, filter, none, less));
    REFUSE(tg_conv2d(g, image, filter, none, more));
}

static void refuse_conv_transpose2d(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *image = s->image, *none = TG_NONE;
    tg_tensor *weight = random_leaf(TG_F32, TG_SHAPE(2, 3, 2, 2), 1);
    tg_conv2d_options o = {0}, three = {.groups = 3}, cut = {.padding = {9, 0}};
    tg_conv2d_options more = {.output_padding = {1, 0}};

    EXPECT_OK(tg_set_name(weight, "weight"));
    note_heading("conv_transpose2d");
    REFUSE(tg_conv_transpose2d(NULL, image, weight, none, o));
    REFUSE(tg_conv_transpose2d(g, none, weight, none, o));
    REFUSE(tg_conv_transpose2d(g, image, none, none, o));
    REFUSE(tg_conv_transpose2d(g, s->foreign, weight, none, o));
    REFUSE(tg_conv_transpose2d(g, image, s->cube, none, o));
    REFUSE(tg_conv_transpose2d(g, image, s->filter, none, o));
    REFUSE(tg_conv_transpose2d(g, image, s->wide, none, o));
    REFUSE(tg_conv_transpose2d(g, image, weight, s->tall, o));
    REFUSE(tg_conv_transpose2d(g, image, weight, none, three));
    REFUSE(tg_conv_transpose2d(g, image, weight, none, cut));
    REFUSE(tg_conv_transpose2d(g, image, weight, none, more));
    tg_tensor_free(weight);
}

#define REFUSE_POOL(op)                                                        \
    note_heading(#op);                                                         \
    REFUSE(tg_##op(NULL, image, o));                                           \
    REFUSE(tg_##op(g, TG_NONE, o));                                            \
    REFUSE(tg_##op(g, s->foreign, o));                                         \
    REFUSE(tg_##op(g, s->index, o));                                           \
    REFUSE(tg_##op(g, s->cube, o));                                            \
    REFUSE(tg_##op(g, image, none));                                           \
    REFUSE(tg_##op(g, image, back));                                           \
    REFUSE(tg_##op(g, image, most));                                           \
    REFUSE(tg_##op(g, image, large))

static void refuse_pools(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *image = s->image;
    tg_pool2d_options o = {.kernel = {2, 2}}, none = {0};
    tg_pool2d_options back = {.kernel = {2, 2}, .stride = {1, -1}};
    tg_pool2d_options most = {.kernel = {2, 2}, .padding = {2, 0}};
    tg_pool2d_options large = {.kernel = {5, 2}};

    REFUSE_POOL(max_pool2d);
    REFUSE_POOL(avg_pool2d);
}

void refuse_ops_on_images(scene *s)
{
    refuse_conv2d(s);
    refuse_conv_transpose2d(s);
    refuse_pools(s);
}
