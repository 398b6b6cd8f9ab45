#include "capture.h"

#include <math.h>
#include <string.h>

static const tg_init zeros = {.kind = TG_INIT_ZEROS};
static const tg_init normal = {TG_INIT_NORMAL, 0, 1};

TEST(makes_once_and_finds_again)
{
    tg_params *p = MADE(tg_params_new(TG_F32, 7));
    tg_tensor *w = MADE(tg_param(p, "w", TG_SHAPE(2, 3), normal));
    tg_tensor *m = MADE(tg_buffer(p, "m", TG_SHAPE(2), zeros));

    ck_assert_ptr_eq(tg_param(p, "w", TG_SHAPE(2, 3), zeros), w);
    ck_assert_ptr_eq(tg_params_find(p, "m"), m);
    ck_assert_ptr_null(tg_params_find(p, "q"));
    ck_assert_uint_eq(tg_params_count(p), 2);
    ck_assert_ptr_eq(tg_params_at(p, 0), w);
    ck_assert_ptr_eq(tg_params_at(p, 1), m);
    ck_assert_ptr_null(tg_params_at(p, 2));
    ck_assert_str_eq(tg_name(w), "w");
    ck_assert(tg_requires_grad(w) && !tg_requires_grad(m));
    ck_assert(tg_tensor_dtype(w) == TG_F32);
    tg_params_free(p);
}

TEST(keeps_the_order_of_many)
{
    tg_params *p = MADE(tg_params_new(TG_F64, 0));
    char name[16];

    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "layer%d", i * 7 % 1000);
        MADE(tg_param(p, name, TG_SHAPE(1), zeros));
    }
    ck_assert_uint_eq(tg_params_count(p), 1000);
    for (size_t i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "layer%zu", i * 7 % 1000);
        ck_assert_str_eq(tg_name(tg_params_at(p, i)), name);
        ck_assert_ptr_eq(tg_params_find(p, name), tg_params_at(p, i));
    }
    tg_params_free(p);
}

TEST(refuses_what_does_not_fit)
{
    tg_params *p = MADE(tg_params_new(TG_F32, 0));

    MADE(tg_param(p, "w", TG_SHAPE(2, 3), zeros));
    ck_assert_ptr_null(tg_param(p, "w", TG_SHAPE(3, 2), zeros));
    EXPECT_MESSAGE("param: 'w' (2, 3) is not (3, 2)");
    ck_assert_ptr_null(tg_buffer(p, "w", TG_SHAPE(2, 3), zeros));
    EXPECT_MESSAGE("buffer: 'w' (2, 3) is a param");
    MADE(tg_buffer_of(p, "n", TG_I64, TG_SCALAR, zeros));
    ck_assert_ptr_null(tg_buffer(p, "n", TG_SCALAR, zeros));
    EXPECT_MESSAGE("buffer: 'n' () is not of f32");
    ck_assert_ptr_null(tg_param(p, "", TG_SHAPE(2), zeros));
    EXPECT_MESSAGE("param: no name");
    ck_assert_ptr_null(tg_param(p, NULL, TG_SHAPE(2), zeros));
    ck_assert_ptr_null(tg_param(NULL, "w", TG_SHAPE(2), zeros));
    EXPECT_MESSAGE("param: no table of parameters");
    ck_assert_ptr_null(tg_param(p, "x", TG_SHAPE(-1), zeros));
    ck_assert_ptr_null(
        tg_param(p, "x", TG_SHAPE(2), (tg_init){(tg_init_kind)99, 0, 0}));
    EXPECT_MESSAGE("unknown initialisation 99");
    ck_assert_ptr_null(
        tg_param(p, "x", TG_SHAPE(2), (tg_init){TG_INIT_UNIFORM, 1, 0}));
    ck_assert_uint_eq(tg_params_count(p), 2);
    ck_assert_ptr_null(tg_params_new(TG_I64, 0));
    EXPECT_MESSAGE("params: parameters are f32 or f64, not i64");
    tg_params_free(p);
}

/* A refused parameter draws nothing. */
TEST(draws_the_same_from_the_same_seed)
{
    tg_params *p = MADE(tg_params_new(TG_F64, 5));
    tg_params *q = MADE(tg_params_new(TG_F64, 5));
    tg_params *r = MADE(tg_params_new(TG_F64, 6));

    tg_tensor *a = MADE(tg_param(p, "a", TG_SHAPE(40), normal));
    ck_assert_ptr_null(tg_param(q, "z", TG_SHAPE(9, -1), normal));
    EXPECT_SAME_BITS(MADE(tg_param(q, "b", TG_SHAPE(40), normal)), a);
    tg_tensor *other = MADE(tg_param(r, "a", TG_SHAPE(40), normal));
    ck_assert(memcmp(tg_data(other), tg_data(a), 40 * sizeof(double)) != 0);
    tg_params_free(p);
    tg_params_free(q);
    tg_params_free(r);
}

typedef struct moments {
    double least, most, mean, deviation;
} moments;

static moments moments_of(tg_init init, tg_shape shape)
{
    tg_params *p = MADE(tg_params_new(TG_F64, 1));
    tg_tensor *t = MADE(tg_param(p, "w", shape, init));
    moments m = {INFINITY, -INFINITY, 0, 0};
    double n = (double)tg_tensor_size(t);

    for (int64_t i = 0; i < tg_tensor_size(t); i++) {
        double x = tg_data_f64(t)[i];
        m.least = fmin(m.least, x);
        m.most = fmax(m.most, x);
        m.mean += x / n;
        m.deviation += x * x / n;
    }
    m.deviation = sqrt(m.deviation - m.mean * m.mean);
    tg_params_free(p);
    return m;
}

/* Ends within 1 % of +-bound, deviation of a uniform distribution. */
static void expect_bound(tg_init init, tg_shape shape, double bound)
{
    moments m = moments_of(init, shape);

    ck_assert(m.most <= bound && m.most >= 0.99 * bound);
    ck_assert(m.least >= -bound && m.least <= -0.99 * bound);
    ck_assert(fabs(m.deviation / bound * sqrt(3) - 1) <= 0.02);
}

TEST(fills_as_asked)
{
    tg_init kaiming = {TG_INIT_KAIMING_UNIFORM, 0, 0};
    tg_init xavier = {TG_INIT_XAVIER_UNIFORM, 0, 0};
    moments m = moments_of(normal, TG_SHAPE(100, 200));

    ck_assert(fabs(m.mean) <= 0.03 && fabs(m.deviation - 1) <= 0.03);
    expect_bound(kaiming, TG_SHAPE(50, 8, 5, 3), sqrt(6 / 120.0));
    kaiming.a = sqrt(5);
    expect_bound(kaiming, TG_SHAPE(100, 200), 1 / sqrt(200));
    expect_bound(xavier, TG_SHAPE(100, 200), sqrt(6 / 300.0));
    expect_bound(xavier, TG_SHAPE(50, 8, 5, 3), sqrt(6 / (120.0 + 750.0)));
    xavier.a = 2;
    expect_bound(xavier, TG_SHAPE(20000), 2 * sqrt(6 / 40000.0));
    m = moments_of((tg_init){TG_INIT_CONSTANT, -2.5, 0}, TG_SHAPE(3));
    ck_assert(m.least == -2.5 && m.most == -2.5);
    m = moments_of((tg_init){TG_INIT_UNIFORM, 2, 3}, TG_SHAPE(1000));
    ck_assert(m.least >= 2 && m.most < 3 && m.most > 2.98);
    moments_of(kaiming, TG_SHAPE(3, 0));
}

static void set_gradient(tg_graph *g, tg_tensor *w, double c)
{
    EXPECT_OK(tg_backward(g, tg_sum(g, tg_mul_scalar(g, w, c))));
}

TEST(clips_the_norm_of_all_gradients)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_params *p = MADE(tg_params_new(TG_F32, 0));
    tg_tensor *a = MADE(tg_param(p, "a", TG_SHAPE(4), zeros));
    tg_tensor *b = MADE(tg_param(p, "b", TG_SHAPE(9), zeros));

    MADE(tg_param(p, "unused", TG_SHAPE(2), zeros));
    set_gradient(g, a, 2); /* 4 4 + 9 1 = 25 */
    set_gradient(g, b, 1);
    ck_assert(tg_clip_grad_norm(p, 10) == 5);
    EXPECT_VALUES(tg_grad(a), 2, 2, 2, 2);
    ck_assert(tg_clip_grad_norm(p, 2.5) == 5);
    EXPECT_NEAR(tg_grad(a), 1e-6, 1, 1, 1, 1);
    ck_assert(fabs(tg_clip_grad_norm(p, 1) - 2.5) <= 1e-5);
    tg_data_f32(tg_grad(a))[0] = NAN;
    ck_assert(isnan(tg_clip_grad_norm(p, 1)));
    ck_assert(tg_data_f32(tg_grad(a))[1] > 0);
    tg_params_zero_grad(p);
    EXPECT_VALUES(tg_grad(a), 0, 0, 0, 0);
    tg_params_free(p);
    tg_graph_free(g);
}

TEST(prints_a_table)
{
    tg_params *p = MADE(tg_params_new(TG_F32, 0));
    capture c;

    MADE(tg_param(p, "fc1.weight", TG_SHAPE(10, 20), zeros));
    MADE(tg_param(p, "fc1.bias", TG_SHAPE(10), zeros));
    MADE(tg_buffer(p, "mean", TG_SCALAR, zeros));
    capture_begin(&c);
    EXPECT_OK(tg_params_print(c.out, p));
    expect_text(&c, "name        shape     count\n"
                    "fc1.weight  (10, 20)    200\n"
                    "fc1.bias    (10,)        10\n"
                    "mean        ()            1  (not trained)\n"
                    "sum                     211\n");
    EXPECT_STATUS(tg_params_print(NULL, p), TG_ERR_ARG);
    EXPECT_STATUS(tg_params_print(stdout, NULL), TG_ERR_ARG);
    tg_params_free(p);
}

TEST(says_when_it_cannot_print)
{
    tg_params *p = MADE(tg_params_new(TG_F32, 0));
    FILE *full = fopen("/dev/full", "w");

    if (full != NULL) {
        setvbuf(full, NULL, _IONBF, 0);
        EXPECT_STATUS(tg_params_print(full, p), TG_ERR_IO);
        fclose(full);
    }
    tg_params_free(p);
}

static tg_status make_many(tg_graph *g, void *env)
{
    tg_params *p = tg_params_new(TG_F32, 0);
    char name[16];
    bool made = p != NULL;

    (void)g;
    (void)env;
    for (int i = 0; made && i < 40; i++) {
        snprintf(name, sizeof name, "w%d", i);
        size_t count = tg_params_count(p);
        made = tg_param(p, name, TG_SHAPE(2), normal) != NULL;
        ck_assert_uint_eq(tg_params_count(p), count + made);
    }
    tg_params_free(p);
    return made ? TG_OK : TG_ERR_NOMEM;
}

TEST(survives_missing_memory)
{
    check_out_of_memory(make_many, NULL);
}

TEST_MAIN("params", makes_once_and_finds_again, keeps_the_order_of_many,
          refuses_what_does_not_fit, draws_the_same_from_the_same_seed,
          fills_as_asked, clips_the_norm_of_all_gradients, prints_a_table,
          says_when_it_cannot_print, survives_missing_memory)
