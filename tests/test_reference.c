/* The same numbers as PyTorch's, which reference/ keeps. */
#include "samples.h"

#include <string.h>

enum { STEPS = 10, MOST = 30 };

typedef struct trajectory {
    double start[2];
    struct {
        double loss, k[2];
    } step[STEPS];
} trajectory;

typedef struct op_reference {
    const char *name;
    double y[MOST], x[2][MOST], dx[2][MOST], ddx[2][MOST];
} op_reference;

#include "reference/learn_kernel.h"
#include "reference/ops.h"

enum {
    N_TRAJECTORIES = sizeof trajectories / sizeof *trajectories,
    N_REFERENCES = sizeof op_references / sizeof *op_references
};

/* ---- the chapter's experiment */

static tg_tensor *edges_image(void)
{
    tg_tensor *x = MADE(tg_tensor_full(TG_F32, TG_SHAPE(6, 8), 1));

    for (int64_t i = 0; i < 6 * 8; i++)
        if (i % 8 >= 2 && i % 8 < 6)
            tg_data_f32(x)[i] = 0;
    return x;
}

static tg_tensor *loss_of(tg_graph *g, tg_tensor *x, tg_tensor *k, tg_tensor *y)
{
    return tg_sum(g, tg_square(g, tg_sub(g, tg_corr2d(g, x, k), y)));
}

static void check_trajectory(const trajectory *t)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = edges_image();
    tg_tensor *edge = TENSOR(TG_F32, TG_SHAPE(1, 2), 1, -1);
    tg_tensor *y = MADE(tg_tensor_clone(tg_corr2d(g, x, edge)));
    tg_tensor *k = make_tensor(TG_F32, TG_SHAPE(1, 2), t->start, 2);

    EXPECT_OK(tg_set_requires_grad(k, true));
    for (int step = 0; step < STEPS; step++) {
        tg_tensor *loss = MADE(loss_of(g, x, k, y));
        EXPECT_OK(tg_backward(g, loss));
        for (int i = 0; i < 2; i++)
            tg_data_f32(k)[i] -= 3e-2f * tg_data_f32(tg_grad(k))[i];
        tg_zero_grad(k);
        EXPECT_NEAR(loss, 1e-5, t->step[step].loss);
        EXPECT_NEAR(k, 1e-5, t->step[step].k[0], t->step[step].k[1]);
        EXPECT_OK(tg_graph_reset(g));
    }
    tg_tensor_free(x);
    tg_tensor_free(edge);
    tg_tensor_free(y);
    tg_tensor_free(k);
    tg_graph_free(g);
}

TEST(learns_the_kernel_as_pytorch_does)
{
    ck_assert_int_gt(N_TRAJECTORIES, 0);
    for (int i = 0; i < N_TRAJECTORIES; i++)
        check_trajectory(&trajectories[i]);
}

/* ---- the ops */

/* The weights of reference/ops.py. */
static tg_tensor *numbers(tg_dtype dtype, tg_shape shape, int seed)
{
    double values[MOST];
    int64_t count = extent_product(shape);

    for (int i = 0; i < count; i++)
        values[i] = ((seed * 7 + i * 5) % 11 - 5) / 3.0 + 0.1;
    return make_tensor(dtype, shape, values, (size_t)count);
}

static const op_reference *reference_of(const char *name)
{
    for (int i = 0; i < N_REFERENCES; i++)
        if (!strcmp(op_references[i].name, name))
            return &op_references[i];
    ck_abort_msg("reference/ops.py has no %s", name);
    return NULL;
}

/* The sum over inputs of sum(v_i dx_i); v[i] is the caller's to free. */
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

static void check_sample(const sample *s, tg_dtype dtype, double tol)
{
    const op_reference *r = reference_of(s->name);
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x[2] = {0}, *dx[2], *ddx[2], *v[2];
    tg_gradients_options o = {.create_graph = true, .allow_unused = true};

    for (int i = 0; i < s->n; i++) {
        x[i] = numbers(dtype, s->shapes[i], i + 1);
        EXPECT_OK(tg_set_requires_grad(x[i], true));
        EXPECT_ARRAY(x[i], s->shapes[i], r->x[i], tol);
    }
    tg_tensor *y = MADE(s->fn(g, x, s->n, NULL));
    tg_tensor *dy = numbers(dtype, tg_tensor_shape(y), 3);
    expect_array(s->name, y, tg_tensor_shape(y), r->y, tol);
    EXPECT_OK(tg_gradients(g, y, dy, s->n, x, dx, o));
    tg_tensor *mixed = mix(g, s->n, dx, v);
    if (tg_requires_grad(mixed))
        EXPECT_OK(tg_gradients(g, mixed, NULL, s->n, x, ddx, o));
    for (int i = 0; i < s->n; i++) {
        expect_array(s->name, dx[i], s->shapes[i], r->dx[i], tol);
        if (!tg_requires_grad(mixed)) /* linear: then all must be 0 */
            ddx[i] = MADE(tg_mul_scalar(g, x[i], 0));
        expect_array(s->name, ddx[i], s->shapes[i], r->ddx[i], tol);
        tg_tensor_free(x[i]);
        tg_tensor_free(v[i]);
    }
    tg_tensor_free(dy);
    tg_graph_free(g);
}

TEST(computes_every_op_as_pytorch_does)
{
    ck_assert_int_eq(N_REFERENCES, n_samples);
    for (int i = 0; i < n_samples; i++) {
        check_sample(&samples[i], TG_F32, 1e-5);
        check_sample(&samples[i], TG_F64, 1e-12);
    }
}

TEST_MAIN("reference", learns_the_kernel_as_pytorch_does,
          computes_every_op_as_pytorch_does)
