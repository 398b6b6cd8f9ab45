#include "refusals.h"

#include <string.h>

static void refuse_life(scene *s)
{
    tg_graph *g = s->g;
    tg_mark ahead = {.node = 1, .memory = 64};

    note_heading("graphs");
    REFUSE_STATUS(tg_graph_reset(NULL));
    REFUSE_STATUS(tg_graph_status(NULL));
    REFUSE_STATUS(tg_graph_rewind(NULL, ahead));
    REFUSE_STATUS(tg_graph_rewind(g, ahead));
    REFUSE_STATUS(tg_replay(NULL));
    REFUSE(tg_detach(NULL, s->x));
    REFUSE(tg_detach(g, TG_NONE));
    REFUSE(tg_detach(g, s->foreign));
}

static void refuse_backward(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x, *scalar = s->scalar, *fixed = s->fixed;

    note_heading("backward");
    REFUSE_STATUS(tg_backward(NULL, scalar));
    REFUSE_STATUS(tg_backward(g, TG_NONE));
    REFUSE_STATUS(tg_backward(g, x));
    REFUSE_STATUS(tg_backward(g, s->empty));
    REFUSE_STATUS(tg_backward(g, s->foreign));
    REFUSE_STATUS(tg_backward(g, tg_sum(g, fixed)));
    REFUSE_STATUS(tg_backward(g, s->index));
    REFUSE_STATUS(tg_backward_from(g, x, s->tall));
    REFUSE_STATUS(tg_backward_from(g, x, s->wide));
    REFUSE_STATUS(tg_backward_from(g, x, TG_NONE));
    REFUSE_STATUS(tg_backward_from(g, x, s->foreign));
    REFUSE_STATUS(tg_backward_from(g, fixed, NULL));
    REFUSE_STATUS(tg_backward_from(NULL, x, NULL));
    tg_tensor *y = tg_mul(g, x, x);
    EXPECT_OK(tg_tensor_copy(x, s->w));
    REFUSE_STATUS(tg_backward_from(g, y, NULL));
}

static void ignore(const tg_backward_step *step, void *env)
{
    (void)step, (void)env;
}

static void refuse_observer(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x;

    note_heading("backward, observed");
    REFUSE_STATUS(tg_backward_observe(NULL, x, NULL, ignore, NULL));
    REFUSE_STATUS(tg_backward_observe(g, x, NULL, NULL, NULL));
    REFUSE_STATUS(tg_backward_observe(g, s->fixed, NULL, ignore, NULL));
    REFUSE_STATUS(tg_backward_observe(g, x, s->tall, ignore, NULL));
    REFUSE_STATUS(tg_backward_observe(g, s->foreign, NULL, ignore, NULL));
}

static void refuse_gradients(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x, *scalar = s->scalar, *none = TG_NONE;
    tg_tensor *fixed = s->fixed, *w = s->w, *foreign = s->foreign, *dx = NULL;
    const tg_gradients_options o = {0};

    note_heading("gradients");
    REFUSE_STATUS(tg_gradients(NULL, scalar, NULL, 1, &x, &dx, o));
    REFUSE_STATUS(tg_gradients(g, x, NULL, 1, &x, &dx, o));
    REFUSE_STATUS(tg_gradients(g, x, s->tall, 1, &x, &dx, o));
    REFUSE_STATUS(tg_gradients(g, x, s->wide, 1, &x, &dx, o));
    REFUSE_STATUS(tg_gradients(g, scalar, NULL, 0, &x, &dx, o));
    REFUSE_STATUS(tg_gradients(g, scalar, NULL, -1, &x, &dx, o));
    REFUSE_STATUS(tg_gradients(g, scalar, NULL, 1, NULL, &dx, o));
    REFUSE_STATUS(tg_gradients(g, scalar, NULL, 1, &x, NULL, o));
    REFUSE_STATUS(tg_gradients(g, scalar, NULL, 1, &none, &dx, o));
    REFUSE_STATUS(tg_gradients(g, scalar, NULL, 1, &fixed, &dx, o));
    REFUSE_STATUS(tg_gradients(g, scalar, NULL, 1, &foreign, &dx, o));
    REFUSE_STATUS(tg_gradients(g, tg_sum(g, x), NULL, 1, &w, &dx, o));
    REFUSE_STATUS(tg_gradients(g, tg_sum(g, fixed), NULL, 1, &x, &dx, o));
}

static tg_status fill(const tg_call *call)
{
    memset(tg_data(call->out), 0, sizeof(float));
    return TG_OK;
}

static tg_status refuse_to_run(const tg_call *call)
{
    (void)call;
    return TG_ERR_UNSUPPORTED;
}

static tg_status give_nothing(tg_graph *g, const tg_call *call, tg_tensor *dy,
                              tg_tensor **dx)
{
    (void)g, (void)call, (void)dy, (void)dx;
    return TG_OK;
}

static tg_status give_dy(tg_graph *g, const tg_call *call, tg_tensor *dy,
                         tg_tensor **dx)
{
    (void)g, (void)call;
    dx[0] = dy;
    return TG_OK;
}

static tg_status give_up(tg_graph *g, const tg_call *call, tg_tensor *dy,
                         tg_tensor **dx)
{
    (void)g, (void)call, (void)dy, (void)dx;
    return TG_ERR_FORMAT;
}

static const tg_op one_way = {.name = "one_way", .forward = fill};
static const tg_op stubborn = {.name = "stubborn", .forward = refuse_to_run};
static const tg_op empty_handed = {
    .name = "empty_handed", .forward = fill, .backward = give_nothing};
static const tg_op careless = {
    .name = "careless", .forward = fill, .backward = give_dy};
static const tg_op weary = {
    .name = "weary", .forward = fill, .backward = give_up};
static const tg_op hollow = {.name = "hollow"};
static const tg_op nameless = {.forward = fill};

/* A scalar of one input. */
static tg_tensor *apply(tg_graph *g, const tg_op *op, tg_tensor *x)
{
    return tg_apply(g, op, TG_F32, TG_SCALAR, 1, &x, NULL, 0);
}

static void refuse_apply(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x, *foreign = s->foreign;
    const int64_t big = (int64_t)1 << 32;

    note_heading("ops of one's own");
    REFUSE(tg_apply(NULL, &one_way, TG_F32, TG_SCALAR, 1, &x, NULL, 0));
    REFUSE(tg_apply(g, NULL, TG_F32, TG_SCALAR, 1, &x, NULL, 0));
    REFUSE(tg_apply(g, &hollow, TG_F32, TG_SCALAR, 1, &x, NULL, 0));
    REFUSE(tg_apply(g, &nameless, TG_F32, TG_SCALAR, 1, &x, NULL, 0));
    REFUSE(tg_apply(g, &one_way, (tg_dtype)3, TG_SCALAR, 1, &x, NULL, 0));
    REFUSE(tg_apply(g, &one_way, TG_F32, TG_SHAPE(-1), 1, &x, NULL, 0));
    REFUSE(tg_apply(g, &one_way, TG_F32, TG_SHAPE(big, big), 1, &x, NULL, 0));
    REFUSE(tg_apply(g, &one_way, TG_F32, TG_SCALAR, -1, &x, NULL, 0));
    REFUSE(tg_apply(g, &one_way, TG_F32, TG_SCALAR, 1, NULL, NULL, 0));
    REFUSE(tg_apply(g, &one_way, TG_F32, TG_SCALAR, 1, &x, NULL, 8));
    REFUSE(tg_apply(g, &one_way, TG_F32, TG_SCALAR, 1, &foreign, NULL, 0));
    REFUSE(tg_apply(g, &stubborn, TG_F32, TG_SCALAR, 1, &x, NULL, 0));
    REFUSE_STATUS(tg_backward(g, apply(g, &one_way, x)));
    REFUSE_STATUS(tg_backward(g, apply(g, &empty_handed, x)));
    REFUSE_STATUS(tg_backward(g, apply(g, &careless, x)));
    REFUSE_STATUS(tg_backward(g, apply(g, &weary, x)));
}

static double half(double x, void *user)
{
    (void)user;
    return x / 2;
}

static void refuse_map(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x, *scalar = s->scalar, *slope_of_map;

    note_heading("functions of one's own");
    REFUSE(tg_map(NULL, x, half, half, NULL));
    REFUSE(tg_map(g, TG_NONE, half, half, NULL));
    REFUSE(tg_map(g, s->foreign, half, half, NULL));
    REFUSE(tg_map(g, s->index, half, half, NULL));
    REFUSE(tg_map(g, x, NULL, half, NULL));
    REFUSE_STATUS(tg_backward(g, tg_map(g, scalar, half, NULL, NULL)));
    tg_tensor *y = tg_map(g, scalar, half, half, NULL);
    EXPECT_OK(tg_gradients(g, y, NULL, 1, &scalar, &slope_of_map,
                           (tg_gradients_options){.create_graph = true}));
    REFUSE_STATUS(tg_backward(g, slope_of_map));
}

static tg_tensor *square(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_square(g, in[0]);
}

static tg_tensor *matmul_misfit(tg_graph *g, tg_tensor *const *in, int n,
                                void *env)
{
    (void)n, (void)env;
    return tg_matmul(g, in[0], in[0]);
}

static tg_tensor *wrong(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_mul(g, in[0], tg_detach(g, in[0]));
}

static void refuse_gradcheck(scene *s)
{
    tg_tensor *fixed = s->fixed, *empty = s->empty, *none = TG_NONE;
    tg_tensor *mixed[] = {s->x, s->wide}, *x = s->x;
    tg_tensor *one = TENSOR(TG_F64, TG_SCALAR, 0.5);
    const tg_gradcheck_options o = {0}, third = {.order = 3};

    EXPECT_OK(tg_set_requires_grad(one, true));
    note_heading("checking gradients");
    REFUSE_STATUS(tg_gradcheck(NULL, &x, 1, NULL, o));
    REFUSE_STATUS(tg_gradcheck(square, NULL, 1, NULL, o));
    REFUSE_STATUS(tg_gradcheck(square, &x, -1, NULL, o));
    REFUSE_STATUS(tg_gradcheck(square, &x, 0, NULL, o));
    REFUSE_STATUS(tg_gradcheck(square, &x, 1, NULL, third));
    REFUSE_STATUS(tg_gradcheck(square, &none, 1, NULL, o));
    REFUSE_STATUS(tg_gradcheck(square, &fixed, 1, NULL, o));
    REFUSE_STATUS(tg_gradcheck(square, &empty, 1, NULL, o));
    REFUSE_STATUS(tg_gradcheck(square, mixed, 2, NULL, o));
    REFUSE_STATUS(tg_gradcheck(matmul_misfit, &x, 1, NULL, o));
    REFUSE_STATUS(tg_gradcheck(wrong, &one, 1, NULL, o));
    tg_tensor_free(one);
}

void refuse_graphs(scene *s)
{
    refuse_life(s);
    refuse_backward(s);
    refuse_observer(s);
    refuse_gradients(s);
    refuse_apply(s);
    refuse_map(s);
    refuse_gradcheck(s);
}
