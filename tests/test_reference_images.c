/* Convolution and pooling give PyTorch's numbers, which reference/ keeps. */
#include "support.h"

#include <string.h>

enum { MOST = 72 };

typedef struct image_options {
    tg_conv2d_options conv;
    tg_pool2d_options pool;
} image_options;

typedef struct image_reference {
    const char *op;
    int n;
    tg_shape in[3];
    image_options options;
    tg_shape shape;
    double y[MOST], dx[3][MOST], ddx[3][MOST];
} image_reference;

#include "reference/images.h"

enum { N_REFERENCES = sizeof image_references / sizeof *image_references };

/* The inputs and weights of reference/images.py. */
static tg_tensor *numbers(tg_dtype dtype, tg_shape shape, int seed)
{
    double values[MOST];
    int64_t count = extent_product(shape);

    ck_assert_int_le(count, MOST);
    for (int i = 0; i < count; i++)
        values[i] = ((seed * 7 + i * 5) % 11 - 5) / 3.0 + 0.1;
    return make_tensor(dtype, shape, values, (size_t)count);
}

static tg_tensor *apply(tg_graph *g, const image_reference *r, tg_tensor **in)
{
    const image_options *o = &r->options;
    tg_tensor *b = r->n > 2 ? in[2] : TG_NONE;

    if (!strcmp(r->op, "conv2d"))
        return tg_conv2d(g, in[0], in[1], b, o->conv);
    if (!strcmp(r->op, "conv_transpose2d"))
        return tg_conv_transpose2d(g, in[0], in[1], b, o->conv);
    if (!strcmp(r->op, "max_pool2d"))
        return tg_max_pool2d(g, in[0], o->pool);
    return tg_avg_pool2d(g, in[0], o->pool);
}

/* The sum over inputs of sum(v_i dx_i). */
static tg_tensor *mix(tg_graph *g, int n, tg_tensor **dx, tg_tensor **v)
{
    tg_tensor *sum = NULL;

    for (int i = 0; i < n; i++) {
        v[i] = numbers(tg_tensor_dtype(dx[i]), tg_tensor_shape(dx[i]), 5 + i);
        tg_tensor *term = tg_sum(g, tg_mul(g, v[i], dx[i]));
        sum = sum ? tg_add(g, sum, term) : term;
    }
    return MADE(sum);
}

static void check_second(tg_graph *g, const image_reference *r, tg_tensor **x,
                         tg_tensor *mixed, double margin)
{
    tg_gradients_options o = {.allow_unused = true};
    tg_tensor *ddx[3] = {0};

    if (tg_requires_grad(mixed))
        EXPECT_OK(tg_gradients(g, mixed, NULL, r->n, x, ddx, o));
    for (int i = 0; i < r->n; i++) {
        if (!ddx[i]) /* linear in all: then zeros are expected */
            ddx[i] = MADE(tg_mul_scalar(g, x[i], 0));
        expect_within(r->op, ddx[i], r->in[i], r->ddx[i], margin);
    }
}

static void check_reference(const image_reference *r, tg_dtype dtype,
                            double margin)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x[3] = {0}, *dx[3], *v[3] = {0};
    tg_gradients_options o = {.create_graph = true};

    for (int i = 0; i < r->n; i++) {
        x[i] = numbers(dtype, r->in[i], i + 1);
        EXPECT_OK(tg_set_requires_grad(x[i], true));
    }
    tg_tensor *y = MADE(apply(g, r, x));
    tg_tensor *dy = numbers(dtype, r->shape, 4);
    expect_within(r->op, y, r->shape, r->y, margin);
    EXPECT_OK(tg_gradients(g, y, dy, r->n, x, dx, o));
    for (int i = 0; i < r->n; i++)
        expect_within(r->op, dx[i], r->in[i], r->dx[i], margin);
    check_second(g, r, x, mix(g, r->n, dx, v), margin);
    for (int i = 0; i < 3; i++) {
        tg_tensor_free(x[i]);
        tg_tensor_free(v[i]);
    }
    tg_tensor_free(dy);
    tg_graph_free(g);
}

/* Within 16 ulp of the largest sums, which are near 32. */
TEST(are_pytorchs)
{
    for (int i = 0; i < N_REFERENCES; i++) {
        check_reference(&image_references[i], TG_F32, 32 * tolerance(TG_F32));
        check_reference(&image_references[i], TG_F64, 32 * tolerance(TG_F64));
    }
}

TEST_MAIN("reference_images", are_pytorchs)
