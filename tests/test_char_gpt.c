/* The model of examples/char_gpt is PyTorch's: with the same weights it has the
 * same loss and gradients; see reference/char_gpt.py. */
#include "support.h"

#include "char_gpt/model.h"

#include "reference/char_gpt.h"

enum { WORDS = sizeof tokens / sizeof *tokens };

static const char weights[] = "reference/char_gpt/weights.safetensors";
static const char gradients[] = "reference/char_gpt/gradients.safetensors";

static tg_tensor *make_tokens(void)
{
    return MADE(tg_tensor_i64(TG_SHAPE(WORDS, sizes.block + 1), tokens[0]));
}

static void open_models(gpt *m, gpt *expected, tg_dtype dtype)
{
    tg_load_options strict = {0};

    ck_assert(gpt_open(m, sizes, dtype, 1));
    ck_assert(gpt_open(expected, sizes, TG_F64, 2));
    EXPECT_OK(tg_load(m->params, NULL, weights, strict));
    EXPECT_OK(tg_load(expected->params, NULL, gradients, strict));
}

/* Absolute: a key's bias, which no softmax sees, has gradients near 0. */
static void compare(const gpt *m, const gpt *expected, double margin)
{
    size_t n = tg_params_count(m->params);

    ck_assert_uint_eq(n, tg_params_count(expected->params));
    for (size_t i = 0; i < n; i++) {
        tg_tensor *w = tg_params_at(m->params, i);
        tg_tensor *d = tg_params_find(expected->params, tg_name(w));
        EXPECT_WITHIN(tg_grad(w), tg_tensor_shape(d), tg_data_f64(d), margin);
    }
}

static void differentiate(tg_dtype dtype, double margin)
{
    gpt m, expected;
    gpt_loss l;
    int64_t count;
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *words = make_tokens();

    open_models(&m, &expected, dtype);
    ck_assert(gpt_loss_open(&l, &m, WORDS));
    tg_tensor *y = MADE(gpt_loss_of(g, &l, words, &count));
    ck_assert_int_eq(count, characters);
    EXPECT_WITHIN(y, TG_SCALAR, &loss, margin);
    EXPECT_OK(tg_backward(g, y));
    compare(&m, &expected, margin);
    tg_graph_free(g);
    tg_tensor_free(words);
    gpt_loss_close(&l);
    gpt_close(&m);
    gpt_close(&expected);
}

TEST(equals_pytorch_in_f64)
{
    differentiate(TG_F64, 1e-10);
}

TEST(equals_pytorch_in_f32)
{
    differentiate(TG_F32, 1e-6);
}

/* ---- steps */

static void step(tg_graph *g, gpt_loss *l, tg_optim *o, tg_tensor *words)
{
    tg_params *params = l->model->params;
    int64_t count;

    EXPECT_OK(tg_backward(g, gpt_loss_of(g, l, words, &count)));
    tg_clip_grad_norm(params, 1);
    EXPECT_OK(tg_optim_step(o));
    tg_params_zero_grad(params);
    EXPECT_OK(tg_graph_reset(g));
}

/* The first word has one letter and two in turns, so that the number of
 * characters differs from batch to batch. */
static void vary(tg_tensor *words, int turn)
{
    int64_t *row = tg_data_i64(words);

    row[2] = turn % 2;
    tg_tensor_touch(words);
}

TEST(steps_allocate_nothing)
{
    gpt m;
    gpt_loss l;
    size_t calls = 0;
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *words = make_tokens();

    ck_assert(gpt_open(&m, sizes, TG_F32, 1) && gpt_loss_open(&l, &m, WORDS));
    tg_optim *o = MADE(tg_adamw(m.params, (tg_adam_options){0}));
    for (int i = 0; i < 12; i++) {
        if (i == 4)
            calls = allocator_calls();
        vary(words, i);
        step(g, &l, o, words);
    }
    ck_assert_uint_eq(allocator_calls(), calls);
    tg_optim_free(o);
    tg_graph_free(g);
    tg_tensor_free(words);
    gpt_loss_close(&l);
    gpt_close(&m);
}

TEST_MAIN("char_gpt", equals_pytorch_in_f64, equals_pytorch_in_f32,
          steps_allocate_nothing)
