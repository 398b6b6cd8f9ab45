#include "support.h"

#include <math.h>
#include <string.h>

static tg_graph *g;
static tg_params *p;

static void begin(void)
{
    g = MADE(tg_graph_new());
    p = MADE(tg_params_new(TG_F64, 3));
}

static void end(void)
{
    tg_graph_free(g);
    tg_params_free(p);
}

static void expect_param(const char *name, tg_shape shape, double bound)
{
    tg_tensor *t = MADE(tg_params_find(p, name));

    EXPECT_SHAPE(t, shape);
    for (int64_t i = 0; i < tg_tensor_size(t); i++)
        ck_assert(fabs(element(t, i)) <= bound);
}

static void fill(const char *name, double first)
{
    tg_tensor *t = MADE(tg_params_find(p, name));

    for (int64_t i = 0; i < tg_tensor_size(t); i++)
        tg_data_f64(t)[i] = first + (double)i;
}

TEST(linear_is_x_times_w_plus_b)
{
    begin();
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(1, 2, 3), 1, 2, 3, -1, 0, 1);
    EXPECT_SHAPE(MADE(tg_nn_linear(g, p, "fc", x, 2)), TG_SHAPE(1, 2, 2));
    expect_param("fc.weight", TG_SHAPE(2, 3), 1 / sqrt(3));
    expect_param("fc.bias", TG_SHAPE(2), 1 / sqrt(3));
    fill("fc.weight", 1);
    fill("fc.bias", 10);
    tg_tensor *y = MADE(tg_nn_linear(g, p, "fc", x, 2));
    EXPECT_VALUES(y, 14 + 10, 32 + 11, 2 + 10, 2 + 11);
    EXPECT_OK(tg_backward(g, tg_sum(g, y)));
    EXPECT_VALUES(tg_grad(tg_params_find(p, "fc.weight")), 0, 2, 4, 0, 2, 4);
    EXPECT_VALUES(tg_grad(tg_params_find(p, "fc.bias")), 2, 2);
    tg_tensor_free(x);
    end();
}

TEST(conv2d_makes_weight_and_bias)
{
    begin();
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(2, 4, 5, 6), 1);
    tg_nn_conv2d_options o = {.conv = {.padding = {1, 0}, .groups = 2}};
    tg_tensor *y = MADE(tg_nn_conv2d(g, p, "c", x, 6, 3, 2, o));

    EXPECT_SHAPE(y, TG_SHAPE(2, 6, 5, 5));
    expect_param("c.weight", TG_SHAPE(6, 2, 3, 2), 1 / sqrt(12));
    expect_param("c.bias", TG_SHAPE(6), 1 / sqrt(12));
    EXPECT_SAME_BITS(y, MADE(tg_conv2d(g, x, tg_params_find(p, "c.weight"),
                                       tg_params_find(p, "c.bias"), o.conv)));
    o.no_bias = true;
    MADE(tg_nn_conv2d(g, p, "d", x, 6, 3, 2, o));
    ck_assert_ptr_null(tg_params_find(p, "d.bias"));
    tg_tensor_free(x);
    end();
}

TEST(norms_begin_as_the_identity_of_normed_input)
{
    begin();
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(3, 4, 5), 1);
    tg_tensor *y = MADE(tg_nn_layer_norm(g, p, "ln", x));
    tg_tensor *z = MADE(tg_nn_batch_norm(g, p, "bn", x));

    EXPECT_SAME_BITS(y,
                     MADE(tg_layer_norm(g, x, tg_params_find(p, "ln.weight"),
                                        tg_params_find(p, "ln.bias"), 1e-5)));
    EXPECT_SAME_BITS(z, MADE(tg_batch_norm(g, x, tg_params_find(p, "bn.weight"),
                                           tg_params_find(p, "bn.bias"),
                                           TG_NONE, TG_NONE, 0.1, 1e-5)));
    EXPECT_VALUES(tg_params_find(p, "ln.weight"), 1, 1, 1, 1, 1);
    EXPECT_VALUES(tg_params_find(p, "bn.bias"), 0, 0, 0, 0);
    ck_assert(element(tg_params_find(p, "bn.running_mean"), 0) != 0);
    ck_assert(!tg_requires_grad(tg_params_find(p, "bn.running_var")));
    tg_tensor_free(x);
    end();
}

TEST(embedding_takes_rows)
{
    begin();
    tg_tensor *at = TENSOR(TG_I64, TG_SHAPE(2, 2), 4, 0, 1, 4);
    MADE(tg_nn_embedding(g, p, "e", at, 5, 3));
    fill("e.weight", 0);
    EXPECT_VALUES(MADE(tg_nn_embedding(g, p, "e", at, 5, 3)), 12, 13, 14, 0, 1,
                  2, 3, 4, 5, 12, 13, 14);
    tg_tensor_free(at);
    end();
}

TEST(a_name_used_twice_is_tied)
{
    begin();
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(2, 3), 1);
    tg_tensor *y = tg_nn_linear(g, p, "fc", tg_nn_linear(g, p, "fc", x, 3), 3);

    EXPECT_OK(tg_backward(g, tg_sum(g, MADE(y))));
    ck_assert_uint_eq(tg_params_count(p), 2);
    EXPECT_REFUSED(g, tg_nn_linear(g, p, "fc", y, 4), TG_ERR_SHAPE,
                   "'fc.weight' (3, 3) is not (4, 3)");
    tg_tensor_free(x);
    end();
}

TEST(refuse_what_does_not_fit)
{
    begin();
    tg_tensor *s = random_leaf(TG_F64, TG_SCALAR, 1);
    tg_tensor *f = random_leaf(TG_F32, TG_SHAPE(2, 2), 1);
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(2, 2), 1);
    tg_nn_conv2d_options o = {0};
    char name[300];

    EXPECT_REFUSED(g, tg_nn_linear(g, p, "a", s, 2), TG_ERR_SHAPE,
                   "linear 'a': input () has not 1 or more axes");
    EXPECT_REFUSED(g, tg_nn_layer_norm(g, p, "a", s), TG_ERR_SHAPE,
                   "layer_norm 'a'");
    EXPECT_REFUSED(g, tg_nn_batch_norm(g, p, "a", s), TG_ERR_SHAPE,
                   "batch_norm 'a': input () has not 2 or more axes");
    EXPECT_REFUSED(g, tg_nn_conv2d(g, p, "a", x, 2, 1, 1, o), TG_ERR_SHAPE,
                   "conv2d 'a': input (2, 2) has not 4 axes");
    EXPECT_REFUSED(g, tg_nn_linear(g, p, NULL, x, 2), TG_ERR_ARG,
                   "no name for a layer with a weight");
    EXPECT_REFUSED(g, tg_nn_linear(g, p, "", x, 2), TG_ERR_ARG, "no name");
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    EXPECT_REFUSED(g, tg_nn_linear(g, p, name, x, 2), TG_ERR_ARG,
                   "too long a name for a layer with a weight");
    EXPECT_REFUSED(g, tg_nn_linear(g, NULL, "a", x, 2), TG_ERR_ARG,
                   "no table of parameters");
    ck_assert_uint_eq(tg_params_count(p), 0);
    EXPECT_REFUSED(g, tg_nn_linear(g, p, "a", f, 2), TG_ERR_DTYPE,
                   "linear 'a': input (2, 2) of f32, parameters of f64");
    tg_tensor_free(s);
    tg_tensor_free(f);
    tg_tensor_free(x);
    end();
}

TEST(pass_a_null_on)
{
    begin();
    tg_nn_conv2d_options o = {0};

    ck_assert_ptr_null(tg_sum(g, NULL));
    EXPECT_MESSAGE("sum: input 0 is NULL");
    ck_assert_ptr_null(tg_nn_linear(g, p, "a", NULL, 2));
    ck_assert_ptr_null(tg_nn_conv2d(g, p, "a", NULL, 2, 1, 1, o));
    ck_assert_ptr_null(tg_nn_batch_norm(g, p, "a", NULL));
    ck_assert_ptr_null(tg_nn_layer_norm(g, p, "a", NULL));
    ck_assert_ptr_null(tg_nn_embedding(g, p, "e", NULL, 2, 2));
    EXPECT_MESSAGE("sum: input 0 is NULL");
    end();
}

TEST_MAIN("layers", linear_is_x_times_w_plus_b, conv2d_makes_weight_and_bias,
          norms_begin_as_the_identity_of_normed_input, embedding_takes_rows,
          a_name_used_twice_is_tied, refuse_what_does_not_fit, pass_a_null_on)
