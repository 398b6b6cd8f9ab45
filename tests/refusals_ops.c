#include "refusals.h"

#include <math.h>

#define REFUSE_BINARY(op)                                                      \
    note_heading(#op);                                                         \
    REFUSE(tg_##op(NULL, x, x));                                               \
    REFUSE(tg_##op(g, TG_NONE, x));                                            \
    REFUSE(tg_##op(g, x, TG_NONE));                                            \
    REFUSE(tg_##op(g, x, s->foreign));                                         \
    REFUSE(tg_##op(g, s->foreign, x));                                         \
    REFUSE(tg_##op(g, x, s->tall));                                            \
    REFUSE(tg_##op(g, s->cube, x));                                            \
    REFUSE(tg_##op(g, s->empty, x));                                           \
    REFUSE(tg_##op(g, x, s->wide));                                            \
    REFUSE(tg_##op(g, s->index, s->index));                                    \
    REFUSE(tg_##op(g, s->index, x))

static void refuse_binary(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x;

    REFUSE_BINARY(add);
    REFUSE_BINARY(sub);
    REFUSE_BINARY(mul);
    REFUSE_BINARY(div);
    REFUSE_BINARY(maximum);
    REFUSE_BINARY(minimum);
}

#define REFUSE_UNARY(op)                                                       \
    note_heading(#op);                                                         \
    REFUSE(tg_##op(NULL, x));                                                  \
    REFUSE(tg_##op(g, TG_NONE));                                               \
    REFUSE(tg_##op(g, s->foreign));                                            \
    REFUSE(tg_##op(g, s->index))

#define REFUSE_WITH_SCALAR(op)                                                 \
    note_heading(#op);                                                         \
    REFUSE(tg_##op(NULL, x, 1));                                               \
    REFUSE(tg_##op(g, TG_NONE, 1));                                            \
    REFUSE(tg_##op(g, s->foreign, 1));                                         \
    REFUSE(tg_##op(g, s->index, 1))

static void refuse_unary(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x;

    REFUSE_WITH_SCALAR(add_scalar);
    REFUSE_WITH_SCALAR(mul_scalar);
    REFUSE_WITH_SCALAR(pow_scalar);
    REFUSE_WITH_SCALAR(leaky_relu);
    REFUSE_UNARY(neg);
    REFUSE_UNARY(abs);
    REFUSE_UNARY(square);
    REFUSE_UNARY(sqrt);
    REFUSE_UNARY(exp);
    REFUSE_UNARY(log);
    REFUSE_UNARY(sin);
    REFUSE_UNARY(cos);
    REFUSE_UNARY(tanh);
    REFUSE_UNARY(sigmoid);
    REFUSE_UNARY(relu);
    REFUSE_UNARY(gelu);
    REFUSE_UNARY(silu);
    REFUSE_UNARY(softplus);
    REFUSE_UNARY(sum);
    REFUSE_UNARY(mean);
}

static void refuse_sum_axes(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x;

    note_heading("sum_axes");
    REFUSE(tg_sum_axes(NULL, x, TG_AXES(0), false));
    REFUSE(tg_sum_axes(g, TG_NONE, TG_AXES(0), false));
    REFUSE(tg_sum_axes(g, s->foreign, TG_AXES(0), false));
    REFUSE(tg_sum_axes(g, s->index, TG_AXES(0), false));
    REFUSE(tg_sum_axes(g, x, TG_AXES(2), false));
    REFUSE(tg_sum_axes(g, x, TG_AXES(-3), false));
    REFUSE(tg_sum_axes(g, x, TG_AXES(INT32_MIN), false));
    REFUSE(tg_sum_axes(g, x, TG_AXES(0, 0), true));
    REFUSE(tg_sum_axes(g, x, TG_AXES(0, -2), true));
    REFUSE(tg_sum_axes(g, s->scalar, TG_AXES(0), true));
    REFUSE(tg_sum_axes(g, x, (tg_axes){.count = -1}, true));
    REFUSE(tg_sum_axes(g, x, (tg_axes){.count = 9}, true));
}

static void refuse_reshape(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x;

    note_heading("reshape");
    REFUSE(tg_reshape(NULL, x, TG_SHAPE(6)));
    REFUSE(tg_reshape(g, TG_NONE, TG_SHAPE(6)));
    REFUSE(tg_reshape(g, s->foreign, TG_SHAPE(6)));
    REFUSE(tg_reshape(g, x, TG_SHAPE(2, 2)));
    REFUSE(tg_reshape(g, x, TG_SCALAR));
    REFUSE(tg_reshape(g, x, TG_SHAPE(4, -1)));
    REFUSE(tg_reshape(g, x, TG_SHAPE(-1, -1)));
    REFUSE(tg_reshape(g, x, TG_SHAPE(-6)));
    REFUSE(tg_reshape(g, x, TG_SHAPE(0, -1)));
    REFUSE(tg_reshape(g, s->empty, TG_SHAPE(0, -1)));
    REFUSE(tg_reshape(g, x, TG_SHAPE(INT64_MAX, 2)));
    REFUSE(tg_reshape(g, x, (tg_shape){.ndim = 9}));
    REFUSE(tg_reshape(g, x, (tg_shape){.ndim = INT32_MIN}));
}

static void refuse_transpose(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x;

    note_heading("transpose");
    REFUSE(tg_transpose(NULL, x));
    REFUSE(tg_transpose(g, TG_NONE));
    REFUSE(tg_transpose(g, s->foreign));
    REFUSE(tg_transpose(g, s->scalar));
    REFUSE(tg_transpose(g, s->vector));
}

static void refuse_broadcast_to(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x;

    note_heading("broadcast_to");
    REFUSE(tg_broadcast_to(NULL, x, TG_SHAPE(2, 3)));
    REFUSE(tg_broadcast_to(g, TG_NONE, TG_SHAPE(2, 3)));
    REFUSE(tg_broadcast_to(g, s->foreign, TG_SHAPE(2, 3)));
    REFUSE(tg_broadcast_to(g, x, TG_SHAPE(3)));
    REFUSE(tg_broadcast_to(g, x, TG_SHAPE(3, 2)));
    REFUSE(tg_broadcast_to(g, x, TG_SHAPE(-1, 2, 3)));
    REFUSE(tg_broadcast_to(g, x, TG_SHAPE(INT64_MAX, 2, 3)));
    REFUSE(tg_broadcast_to(g, s->scalar, TG_SHAPE(INT64_MAX, 2)));
    REFUSE(tg_broadcast_to(g, x, (tg_shape){.ndim = 9}));
    REFUSE(tg_broadcast_to(g, x, (tg_shape){.ndim = INT32_MIN}));
}

static void refuse_slice(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x;

    note_heading("slice");
    REFUSE(tg_slice(NULL, x, 0, 0, 1, 1));
    REFUSE(tg_slice(g, TG_NONE, 0, 0, 1, 1));
    REFUSE(tg_slice(g, s->foreign, 0, 0, 1, 1));
    REFUSE(tg_slice(g, x, 2, 0, 1, 1));
    REFUSE(tg_slice(g, x, -3, 0, 1, 1));
    REFUSE(tg_slice(g, x, INT32_MIN, 0, 1, 1));
    REFUSE(tg_slice(g, x, 0, 0, 1, 0));
    REFUSE(tg_slice(g, x, 0, 0, 1, -1));
    REFUSE(tg_slice(g, x, 0, 0, 1, INT64_MIN));
    REFUSE(tg_slice(g, s->scalar, 0, 0, 1, 1));
}

static void refuse_pad(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x;

    note_heading("pad");
    REFUSE(tg_pad(NULL, x, 0, 1, 1, 0));
    REFUSE(tg_pad(g, TG_NONE, 0, 1, 1, 0));
    REFUSE(tg_pad(g, s->foreign, 0, 1, 1, 0));
    REFUSE(tg_pad(g, x, 2, 1, 1, 0));
    REFUSE(tg_pad(g, x, INT32_MIN, 1, 1, 0));
    REFUSE(tg_pad(g, s->scalar, 0, 1, 1, 0));
    REFUSE(tg_pad(g, x, 0, -1, 1, 0));
    REFUSE(tg_pad(g, x, 0, 1, INT64_MIN, 0));
    REFUSE(tg_pad(g, x, 0, INT64_MAX, INT64_MAX, 0));
    REFUSE(tg_pad(g, x, 0, INT64_MAX - 2, 0, 0));
    REFUSE(tg_pad(g, s->index, 0, 1, 1, 0.5));
    REFUSE(tg_pad(g, s->index, 0, 1, 1, NAN));
}

static void refuse_flip(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x;

    note_heading("flip");
    REFUSE(tg_flip(NULL, x, TG_AXES(0)));
    REFUSE(tg_flip(g, TG_NONE, TG_AXES(0)));
    REFUSE(tg_flip(g, s->foreign, TG_AXES(0)));
    REFUSE(tg_flip(g, x, TG_AXES(2)));
    REFUSE(tg_flip(g, x, TG_AXES(-3)));
    REFUSE(tg_flip(g, x, TG_AXES(INT32_MAX)));
    REFUSE(tg_flip(g, x, TG_AXES(1, 1)));
    REFUSE(tg_flip(g, x, TG_AXES(1, -1)));
    REFUSE(tg_flip(g, s->scalar, TG_AXES(0)));
    REFUSE(tg_flip(g, x, (tg_axes){.count = 9}));
}

static void refuse_matmul(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x;

    note_heading("matmul");
    REFUSE(tg_matmul(NULL, x, s->tall));
    REFUSE(tg_matmul(g, TG_NONE, x));
    REFUSE(tg_matmul(g, x, TG_NONE));
    REFUSE(tg_matmul(g, s->foreign, x));
    REFUSE(tg_matmul(g, x, s->foreign));
    REFUSE(tg_matmul(g, x, x));
    REFUSE(tg_matmul(g, x, s->cube));
    REFUSE(tg_matmul(g, s->scalar, x));
    REFUSE(tg_matmul(g, x, s->scalar));
    REFUSE(tg_matmul(g, x, s->wide));
    REFUSE(tg_matmul(g, s->index, s->index));
}

static void refuse_linear(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x;

    note_heading("linear");
    REFUSE(tg_linear(NULL, x, x, TG_NONE));
    REFUSE(tg_linear(g, TG_NONE, x, TG_NONE));
    REFUSE(tg_linear(g, x, TG_NONE, TG_NONE));
    REFUSE(tg_linear(g, x, s->foreign, TG_NONE));
    REFUSE(tg_linear(g, x, x, s->foreign));
    REFUSE(tg_linear(g, x, s->tall, TG_NONE));
    REFUSE(tg_linear(g, s->scalar, x, TG_NONE));
    REFUSE(tg_linear(g, x, s->cube, TG_NONE));
    REFUSE(tg_linear(g, x, x, s->scalar));
    REFUSE(tg_linear(g, x, x, x));
    REFUSE(tg_linear(g, x, s->wide, TG_NONE));
    REFUSE(tg_linear(g, s->index, s->index, TG_NONE));
}

static void refuse_corr2d(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x;

    note_heading("corr2d");
    REFUSE(tg_corr2d(NULL, x, x));
    REFUSE(tg_corr2d(g, TG_NONE, x));
    REFUSE(tg_corr2d(g, x, TG_NONE));
    REFUSE(tg_corr2d(g, s->foreign, x));
    REFUSE(tg_corr2d(g, x, s->foreign));
    REFUSE(tg_corr2d(g, x, s->tall));
    REFUSE(tg_corr2d(g, x, s->empty));
    REFUSE(tg_corr2d(g, s->empty, x));
    REFUSE(tg_corr2d(g, x, s->vector));
    REFUSE(tg_corr2d(g, s->cube, x));
    REFUSE(tg_corr2d(g, x, s->wide));
    REFUSE(tg_corr2d(g, s->index, s->index));
}

void refuse_ops(scene *s)
{
    refuse_binary(s);
    refuse_unary(s);
    refuse_sum_axes(s);
    refuse_reshape(s);
    refuse_transpose(s);
    refuse_broadcast_to(s);
    refuse_slice(s);
    refuse_pad(s);
    refuse_flip(s);
    refuse_matmul(s);
    refuse_linear(s);
    refuse_corr2d(s);
    refuse_ops_along_axes(s);
    refuse_ops_of_networks(s);
    refuse_ops_on_images(s);
}
