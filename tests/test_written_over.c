/* Gradients, large ones and small ones, that an op's backward writes over: no
 * bit may change of what anybody else reads. Gradients that are recorded are
 * never written over, so they are what is expected. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

static int large; /* the size of all tensors here */
#define MANY (large ? 3000 : 6)
#define SHAPE (large ? TG_SHAPE(30, 100) : TG_SHAPE(3, 2))
#define EACH_SIZE for (large = 0; large < 2; large++)

typedef tg_tensor *unary(tg_graph *g, tg_tensor *x);

static tg_tensor *leaky(tg_graph *g, tg_tensor *x)
{
    return tg_leaky_relu(g, x, 0.1);
}

static tg_tensor *clamped(tg_graph *g, tg_tensor *x)
{
    return tg_clamp(g, x, 0.2, 0.9);
}

static tg_tensor *scaled(tg_graph *g, tg_tensor *x)
{
    return tg_mul_scalar(g, x, -1.5);
}

static tg_tensor *cubed(tg_graph *g, tg_tensor *x)
{
    return tg_pow_scalar(g, x, 3);
}

static unary *const unaries[] = {
    tg_relu, leaky,  clamped,     tg_gelu, tg_silu, tg_sigmoid,
    tg_tanh, tg_exp, tg_softplus, scaled,  tg_neg,  tg_square,
    tg_sqrt, tg_log, tg_sin,      tg_cos,  cubed,   tg_abs};
enum { UNARIES = sizeof unaries / sizeof *unaries };

/* A graph of a positive leaf x, and z = f(x) w for another. */
typedef struct scene {
    tg_graph *g;
    tg_tensor *x, *w;
} scene;

static scene begin(tg_dtype dtype)
{
    scene s = {MADE(tg_graph_new()), random_leaf(dtype, SHAPE, 1),
               random_leaf(dtype, SHAPE, 2)};
    tg_tensor *positive = MADE(tg_abs(s.g, s.x));

    EXPECT_OK(tg_tensor_copy(s.x, positive));
    tg_graph_reset(s.g);
    return s;
}

static void end(scene *s)
{
    tg_tensor_free(s->x);
    tg_tensor_free(s->w);
    tg_graph_free(s->g);
}

/* .grad was added to 0, and has no -0. */
static void expect_grad(const tg_tensor *x, const tg_tensor *expected)
{
    double *values = elements(expected);

    EXPECT_WITHIN(tg_grad(x), tg_tensor_shape(x), values, 0);
    free(values);
}

/* Of y by xs: not recorded, recorded, and added to .grad. */
static void compare(scene *s, tg_tensor *y, int n, tg_tensor *const *xs)
{
    tg_tensor *plain[4], *recorded[4];
    tg_gradients_options o = {0};

    EXPECT_OK(tg_gradients(s->g, y, s->w, n, xs, plain, o));
    o.create_graph = true;
    EXPECT_OK(tg_gradients(s->g, y, s->w, n, xs, recorded, o));
    EXPECT_OK(tg_backward_from(s->g, y, s->w));
    ck_assert_int_eq(tg_tensor_size(plain[0]), MANY);
    for (int i = 0; i < n; i++) {
        EXPECT_SAME_BITS(plain[i], recorded[i]);
        if (tg_grad(xs[i]) != NULL)
            expect_grad(xs[i], recorded[i]);
    }
    tg_zero_grad(s->x);
    tg_zero_grad(s->w);
}

static void check_chains(tg_dtype dtype)
{
    scene s = begin(dtype);
    tg_tensor *xs[] = {s.x, s.w};

    for (int i = 0; i < UNARIES; i++) {
        tg_tensor *x = MADE(tg_mul(s.g, s.x, s.x));
        tg_tensor *y = MADE(unaries[i](s.g, x));
        compare(&s, MADE(tg_mul(s.g, y, s.w)), 2, xs);
        y = unaries[i](s.g, tg_exp(s.g, tg_neg(s.g, x)));
        compare(&s, MADE(tg_square(s.g, tg_mul(s.g, y, s.w))), 2, xs);
        tg_graph_reset(s.g);
    }
    end(&s);
}

TEST(a_chain_of_ops)
{
    EACH_SIZE
    {
        check_chains(TG_F32);
        check_chains(TG_F64);
    }
}

/* Both operands of the sum get its gradient, one as a view. */
TEST(a_gradient_that_two_read)
{
    EACH_SIZE
    {
        scene s = begin(TG_F32);
        tg_tensor *xs[] = {s.x, s.w};
        tg_tensor *a = MADE(tg_neg(s.g, s.x)), *b = MADE(tg_neg(s.g, s.w));
        tg_tensor *flat = MADE(tg_neg(s.g, tg_reshape(s.g, a, TG_SHAPE(MANY))));
        tg_tensor *other =
            MADE(tg_sin(s.g, tg_reshape(s.g, b, TG_SHAPE(MANY))));

        compare(&s, MADE(tg_exp(s.g, tg_add(s.g, a, b))), 2, xs);
        flat = MADE(tg_reshape(s.g, tg_add(s.g, flat, other), SHAPE));
        compare(&s, MADE(tg_exp(s.g, flat)), 2, xs);
        compare(&s, MADE(tg_exp(s.g, tg_add(s.g, a, a))), 1, xs);
        end(&s);
    }
}

TEST(a_gradient_that_is_asked_for)
{
    EACH_SIZE
    {
        scene s = begin(TG_F32);
        tg_tensor *x = MADE(tg_mul(s.g, s.x, s.w));
        tg_tensor *y = MADE(tg_square(s.g, x));
        tg_tensor *xs[] = {y, x, s.x, s.w};

        EXPECT_OK(tg_retain_grad(y));
        compare(&s, MADE(tg_mul(s.g, y, s.w)), 4, xs);
        end(&s);
    }
}

/* A gradient that comes from outside stays what it is. */
TEST(a_gradient_of_the_caller)
{
    EACH_SIZE
    {
        scene s = begin(TG_F32);
        tg_tensor *dy = MADE(tg_tensor_clone(s.w));

        EXPECT_OK(tg_backward_from(s.g, MADE(tg_square(s.g, s.x)), dy));
        EXPECT_SAME_BITS(dy, s.w);
        tg_tensor_free(dy);
        end(&s);
    }
}

typedef struct told {
    float first[2]; /* elements of what arrived at "square" and of its share */
    int turns;
} told;

static void note(const tg_backward_step *step, void *env)
{
    told *t = env;

    if (strcmp(step->node.op, "square") != 0)
        return;
    t->first[0] = tg_data_f32(step->grad_out)[0];
    t->first[1] = tg_data_f32(step->grad_in[0])[0];
    t->turns++;
}

TEST(a_gradient_that_is_observed)
{
    EACH_SIZE
    {
        scene s = begin(TG_F32);
        tg_tensor *y = MADE(tg_mul(s.g, tg_square(s.g, s.x), s.w));
        float x = tg_data_f32(s.x)[0], w = tg_data_f32(s.w)[0];
        told t = {0};

        EXPECT_OK(tg_backward_observe(s.g, y, NULL, note, &t));
        ck_assert_int_eq(t.turns, 1);
        ck_assert_float_eq(t.first[0], w);
        ck_assert_float_eq(t.first[1], 2 * x * w);
        end(&s);
    }
}

/* y = x^2 / 2, without x's first axis, whose gradient is made with it. */
static tg_status half_square(const tg_call *call)
{
    const float *x = tg_data_f32(call->in[0]);

    for (int64_t i = 0; i < tg_tensor_size(call->out); i++)
        tg_data_f32(call->out)[i] = x[i] * x[i] / 2;
    return TG_OK;
}

static tg_status half_square_backward(tg_graph *g, const tg_call *call,
                                      tg_tensor *dy, tg_tensor **grad_in)
{
    grad_in[0] = tg_mul(g, dy, call->in[0]);
    return TG_OK;
}

static const tg_op flatter = {.name = "half_square",
                              .forward = half_square,
                              .backward = half_square_backward,
                              .reads_grad_once = true};

TEST(a_gradient_of_another_shape)
{
    EACH_SIZE
    {
        scene s = begin(TG_F32);
        tg_tensor *x = MADE(tg_reshape(s.g, s.x, TG_SHAPE(1, MANY)));
        tg_tensor *y = MADE(
            tg_apply(s.g, &flatter, TG_F32, TG_SHAPE(MANY), 1, &x, NULL, 0));
        tg_tensor *xs[] = {s.x, s.w};
        y = tg_reshape(s.g, tg_neg(s.g, y), SHAPE);
        compare(&s, MADE(tg_mul(s.g, y, s.w)), 2, xs);
        end(&s);
    }
}

/* The same for x of y's shape; t = x dy, which two ops read. */
static tg_status by_way_of_t(tg_graph *g, const tg_call *call, tg_tensor *dy,
                             tg_tensor **grad_in)
{
    tg_tensor *t = tg_mul(g, dy, call->in[0]);

    grad_in[0] = tg_sub(g, tg_add(g, t, t), t);
    return TG_OK;
}

static const tg_op roundabout = {.name = "half_square",
                                 .forward = half_square,
                                 .backward = by_way_of_t,
                                 .reads_grad_once = true};

TEST(what_was_written_over_a_gradient)
{
    EACH_SIZE
    {
        scene s = begin(TG_F32);
        tg_tensor *y =
            MADE(tg_apply(s.g, &roundabout, TG_F32, SHAPE, 1, &s.x, NULL, 0));
        tg_tensor *xs[] = {s.x, s.w};
        compare(&s, MADE(tg_mul(s.g, tg_neg(s.g, y), s.w)), 2, xs);
        end(&s);
    }
}

/* A function whose inner pass starts from the outer one's gradient. */
static tg_tensor *twice(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_square(g, tg_neg(g, in[0]));
}

TEST(a_gradient_in_a_checkpoint)
{
    EACH_SIZE
    {
        scene s = begin(TG_F32);
        tg_tensor *y = MADE(tg_checkpoint(s.g, twice, &s.x, 1, NULL));
        tg_tensor *expected, *got;
        tg_tensor *in[] = {s.x};
        tg_gradients_options o = {0};

        EXPECT_OK(tg_gradients(s.g, MADE(tg_mul(s.g, y, s.w)), s.w, 1, &s.x,
                               &got, o));
        y = MADE(tg_mul(s.g, twice(s.g, in, 1, NULL), s.w));
        EXPECT_OK(tg_gradients(s.g, y, s.w, 1, &s.x, &expected, o));
        EXPECT_SAME_BITS(got, expected);
        end(&s);
    }
}

TEST_MAIN("written_over", a_chain_of_ops, a_gradient_that_two_read,
          a_gradient_that_is_asked_for, a_gradient_of_the_caller,
          a_gradient_that_is_observed, a_gradient_of_another_shape,
          what_was_written_over_a_gradient, a_gradient_in_a_checkpoint)
