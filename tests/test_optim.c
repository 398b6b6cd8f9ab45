#include "support.h"

#include <math.h>
#include <string.h>

enum { COUNT = 5, STEPS = 100, LATE = 50 };

/* lr, momentum, beta1, beta2, eps, weight_decay, nesterov; w and v at the end
 */
typedef struct optim_run {
    const char *name;
    double settings[7], end[2 * COUNT];
} optim_run;

#include "reference/optim.h"

enum { N_RUNS = sizeof optim_runs / sizeof *optim_runs };

/* The same in C and in optim.py. */
static double number(int seed, int i)
{
    return ((seed * 7 + i * 5) % 11 - 5) / 3.0 + 0.1;
}

static void fill(tg_tensor *t, int seed)
{
    for (int i = 0; i < COUNT; i++)
        tg_data_f64(t)[i] = number(seed, i);
}

static tg_tensor *constant(int seed, bool positive)
{
    tg_tensor *t = MADE(tg_tensor_new(TG_F64, TG_SHAPE(COUNT)));

    fill(t, seed);
    for (int i = 0; positive && i < COUNT; i++)
        tg_data_f64(t)[i] = fabs(tg_data_f64(t)[i]);
    return t;
}

static tg_optim *make_optim(tg_params *p, const optim_run *run)
{
    const double *s = run->settings;
    tg_adam_options o = {s[0], s[2], s[3], s[4], s[5]};

    if (strcmp(run->name, "sgd") == 0)
        return tg_sgd(p, (tg_sgd_options){s[0], s[1], s[5], s[6] != 0});
    return strcmp(run->name, "adam") == 0 ? tg_adam(p, o) : tg_adamw(p, o);
}

/* Two parameters and the numbers of their loss. */
typedef struct problem {
    tg_graph *g;
    tg_params *p;
    tg_tensor *w, *v, *a, *b;
} problem;

static problem new_problem(void)
{
    tg_init zeros = {.kind = TG_INIT_ZEROS};
    problem q = {.g = MADE(tg_graph_new()),
                 .p = MADE(tg_params_new(TG_F64, 0))};

    q.w = MADE(tg_param(q.p, "w", TG_SHAPE(COUNT), zeros));
    q.v = MADE(tg_param(q.p, "v", TG_SHAPE(COUNT), zeros));
    q.a = constant(3, false);
    q.b = constant(4, true);
    fill(q.w, 1);
    fill(q.v, 2);
    return q;
}

static void free_problem(problem *q)
{
    tg_graph_free(q->g);
    tg_params_free(q->p);
    tg_tensor_free(q->a);
    tg_tensor_free(q->b);
}

/* sum(a sin(w) + b w^2) */
static tg_tensor *share(problem *q, tg_tensor *w)
{
    tg_graph *g = q->g;

    return tg_sum(g, tg_add(g, tg_mul(g, q->a, tg_sin(g, w)),
                            tg_mul(g, q->b, tg_square(g, w))));
}

static void backward(problem *q, bool both)
{
    tg_tensor *loss = share(q, q->w);

    if (both)
        loss = tg_add(q->g, loss, share(q, q->v));
    EXPECT_OK(tg_backward(q->g, loss));
    EXPECT_OK(tg_graph_reset(q->g));
}

static void train(problem *q, tg_optim *o, int first, int last)
{
    for (int step = first; step < last; step++) {
        tg_params_zero_grad(q->p);
        backward(q, step >= LATE);
        EXPECT_OK(tg_optim_step(o));
    }
}

TEST(equals_pytorch)
{
    for (int r = 0; r < N_RUNS; r++) {
        problem q = new_problem();
        tg_optim *o = MADE(make_optim(q.p, &optim_runs[r]));

        train(&q, o, 0, STEPS);
        EXPECT_ARRAY(q.w, TG_SHAPE(COUNT), optim_runs[r].end, 1e-12);
        EXPECT_ARRAY(q.v, TG_SHAPE(COUNT), optim_runs[r].end + COUNT, 1e-12);
        tg_optim_free(o);
        free_problem(&q);
    }
}

TEST(computes_in_f32)
{
    tg_params *p = MADE(tg_params_new(TG_F32, 0));
    tg_graph *g = MADE(tg_graph_new());
    tg_init ones = {.kind = TG_INIT_CONSTANT, .a = 1};
    tg_tensor *w = MADE(tg_param(p, "w", TG_SHAPE(3), ones));
    tg_optim *all[] = {
        MADE(tg_sgd(p, (tg_sgd_options){.lr = 0.1})),
        MADE(tg_sgd(p, (tg_sgd_options){.lr = 0.1, .momentum = 0.5})),
        MADE(tg_adam(p, (tg_adam_options){.lr = 0.1})),
        MADE(tg_adamw(p, (tg_adam_options){.lr = 0.1, .weight_decay = 1}))};
    const double after[] = {0.8, 0.64, 0.54, 0.386};

    for (int i = 0; i < 4; i++) {
        tg_zero_grad(w);
        EXPECT_OK(tg_backward(g, tg_sum(g, tg_square(g, w))));
        EXPECT_OK(tg_optim_step(all[i]));
        EXPECT_NEAR(w, 1e-6, after[i], after[i], after[i]);
        tg_optim_free(all[i]);
        tg_graph_reset(g);
    }
    tg_graph_free(g);
    tg_params_free(p);
}

TEST(refuses_stale_gradients)
{
    problem q = new_problem();
    tg_optim *o = MADE(tg_sgd(q.p, (tg_sgd_options){.lr = 0.1}));

    EXPECT_STATUS(tg_optim_step(o), TG_ERR_STATE);
    EXPECT_MESSAGE("sgd: no backward since the last step");
    backward(&q, true);
    EXPECT_OK(tg_optim_step(o));
    tg_tensor *before = MADE(tg_tensor_clone(q.w));
    EXPECT_STATUS(tg_optim_step(o), TG_ERR_STATE);
    EXPECT_MESSAGE("the gradient of 'w' (5,) is from before the last step");
    tg_params_zero_grad(q.p);
    EXPECT_STATUS(tg_optim_step(o), TG_ERR_STATE);
    EXPECT_MESSAGE("sgd: no backward since the last step");
    EXPECT_SAME_BITS(q.w, before);
    backward(&q, false); /* v's gradient is zero, and known to be */
    EXPECT_OK(tg_optim_step(o));
    backward(&q, false);
    EXPECT_STATUS(tg_optim_step(o), TG_ERR_STATE);
    EXPECT_MESSAGE("the gradient of 'v' (5,) is from before the last step");
    tg_tensor_free(before);
    tg_optim_free(o);
    free_problem(&q);
}

TEST(makes_backward_notice)
{
    problem q = new_problem();
    tg_optim *o = MADE(tg_sgd(q.p, (tg_sgd_options){.lr = 0.1}));
    tg_tensor *loss = share(&q, q.w);

    EXPECT_OK(tg_backward(q.g, loss));
    EXPECT_OK(tg_optim_step(o));
    EXPECT_STATUS(tg_backward(q.g, loss), TG_ERR_STATE);
    EXPECT_MESSAGE("input 'w' (5,) of sin was changed");
    tg_optim_free(o);
    free_problem(&q);
}

TEST(leaves_frozen_parameters_alone)
{
    problem q = new_problem();
    tg_optim *o = MADE(tg_adam(q.p, (tg_adam_options){.lr = 0.1}));

    backward(&q, true);
    EXPECT_OK(tg_set_requires_grad(q.v, false));
    tg_tensor *before = MADE(tg_tensor_clone(q.v));
    EXPECT_OK(tg_optim_step(o));
    EXPECT_SAME_BITS(q.v, before);
    ck_assert_ptr_null(tg_params_find(tg_optim_state(o), "v.step"));
    tg_tensor_free(before);
    tg_optim_free(o);
    free_problem(&q);
}

TEST(shows_its_state)
{
    problem q = new_problem();
    tg_optim *o = MADE(tg_adam(q.p, (tg_adam_options){.weight_decay = 0.5}));
    tg_params *state = MADE(tg_optim_state(o));

    ck_assert_uint_eq(tg_params_count(state), 1 + 2 * 3);
    EXPECT_VALUES(tg_params_find(state, "adam"), 1e-3, 0.9, 0.999, 1e-8, 0.5);
    tg_optim_set_lr(o, 0.25);
    ck_assert(tg_optim_lr(o) == 0.25);
    tg_optim_set_lr(o, -1);
    EXPECT_MESSAGE("adam: lr -1 is not in [0, inf)");
    ck_assert(tg_optim_lr(o) == 0.25);
    backward(&q, false);
    EXPECT_OK(tg_optim_step(o));
    ck_assert_int_eq(tg_data_i64(tg_params_find(state, "w.step"))[0], 1);
    ck_assert_int_eq(tg_data_i64(tg_params_find(state, "v.step"))[0], 0);
    ck_assert(element(tg_params_find(state, "w.exp_avg"), 0) != 0);
    tg_optim_free(o);
    free_problem(&q);
}

TEST(refuses_settings)
{
    tg_params *p = MADE(tg_params_new(TG_F32, 0));

    ck_assert_ptr_null(tg_sgd(p, (tg_sgd_options){.lr = -1}));
    EXPECT_MESSAGE("sgd: lr -1 is not in [0, inf)");
    ck_assert_ptr_null(tg_sgd(p, (tg_sgd_options){.lr = NAN}));
    ck_assert_ptr_null(tg_sgd(p, (tg_sgd_options){.momentum = 1}));
    EXPECT_MESSAGE("sgd: momentum 1 is not in [0, 1)");
    ck_assert_ptr_null(tg_sgd(p, (tg_sgd_options){.weight_decay = -1}));
    ck_assert_ptr_null(tg_sgd(p, (tg_sgd_options){.nesterov = true}));
    EXPECT_MESSAGE("nesterov needs a momentum");
    ck_assert_ptr_null(tg_sgd(NULL, (tg_sgd_options){.lr = 1}));
    EXPECT_MESSAGE("sgd: no table");
    ck_assert_ptr_null(tg_adam(p, (tg_adam_options){.beta1 = 1}));
    EXPECT_MESSAGE("adam: beta1 1 is not in");
    ck_assert_ptr_null(tg_adam(p, (tg_adam_options){.beta2 = -0.5}));
    ck_assert_ptr_null(tg_adamw(p, (tg_adam_options){.eps = -1}));
    EXPECT_MESSAGE("adamw: eps");
    ck_assert_ptr_null(
        tg_adamw(p, (tg_adam_options){.weight_decay = INFINITY}));
    EXPECT_STATUS(tg_optim_step(NULL), TG_ERR_ARG);
    ck_assert_ptr_null(tg_optim_state(NULL));
    tg_params_free(p);
}

static tg_status one_step(tg_graph *g, void *env)
{
    tg_init ones = {.kind = TG_INIT_CONSTANT, .a = 1};
    tg_params *p = tg_params_new(TG_F32, 0);
    tg_optim *o = p != NULL ? tg_adam(p, (tg_adam_options){0}) : NULL;
    tg_tensor *w = o != NULL ? tg_param(p, "w", TG_SHAPE(3), ones) : NULL;
    tg_status s = tg_backward(g, tg_sum(g, tg_square(g, w)));

    (void)env;
    if (s == TG_OK)
        s = tg_optim_step(o);
    tg_optim_free(o);
    tg_params_free(p);
    return s;
}

TEST(survives_missing_memory)
{
    check_out_of_memory(one_step, NULL);
}

TEST(allocates_nothing_after_the_second_step)
{
    problem q = new_problem();
    tg_optim *o = MADE(tg_adamw(q.p, (tg_adam_options){.lr = 0.1}));

    train(&q, o, LATE, LATE + 2);
    size_t calls = allocator_calls();
    train(&q, o, LATE, LATE + 50);
    ck_assert_uint_eq(allocator_calls(), calls);
    tg_optim_free(o);
    free_problem(&q);
}

TEST_MAIN("optim", equals_pytorch, computes_in_f32, refuses_stale_gradients,
          makes_backward_notice, leaves_frozen_parameters_alone,
          shows_its_state, refuses_settings, survives_missing_memory,
          allocates_nothing_after_the_second_step)
