/* What the checker of gradients will not judge. */
#include "support.h"

static const tg_gradcheck_options usual = {0};

static tg_tensor *square(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_square(g, in[0]);
}

static tg_tensor *nothing(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)g, (void)in, (void)n, (void)env;
    return NULL;
}

static tg_tensor *misfit(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_reshape(g, in[0], TG_SHAPE(5));
}

static tg_tensor *unrelated(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)in, (void)n;
    return tg_square(g, env);
}

static void refuse(tg_function fn, tg_tensor *x, tg_status status)
{
    EXPECT_STATUS(tg_gradcheck(fn, &x, 1, NULL, usual), status);
    ck_assert_str_ne(tg_error_message(), "");
}

TEST(refuses_when_there_is_nothing_to_compare)
{
    tg_tensor *empty = random_leaf(TG_F64, TG_SHAPE(0, 3), 1);

    refuse(square, empty, TG_ERR_ARG);
    EXPECT_STATUS(tg_gradcheck(square, &empty, 0, NULL, usual), TG_ERR_ARG);
    EXPECT_STATUS(tg_gradcheck(square, NULL, 0, NULL, usual), TG_ERR_ARG);
    tg_tensor_free(empty);
}

TEST(refuses_leaves)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(2), 1);
    tg_tensor *plain = random_tensor(TG_F64, TG_SHAPE(2), 1);
    tg_tensor *narrow = random_leaf(TG_F32, TG_SHAPE(2), 1);
    tg_tensor *n = random_tensor(TG_I64, TG_SHAPE(2), 1);

    refuse(square, NULL, TG_ERR_ARG);
    refuse(square, TG_NONE, TG_ERR_ARG);
    refuse(square, plain, TG_ERR_ARG);
    refuse(square, n, TG_ERR_ARG);
    refuse(square, MADE(tg_square(g, x)), TG_ERR_ARG);
    tg_tensor *mixed[] = {x, narrow};
    EXPECT_STATUS(tg_gradcheck(square, mixed, 2, NULL, usual), TG_ERR_ARG);
    EXPECT_STATUS(tg_gradcheck(square, NULL, 1, NULL, usual), TG_ERR_ARG);
    EXPECT_STATUS(tg_gradcheck(square, &x, -1, NULL, usual), TG_ERR_ARG);
    tg_tensor_free(x);
    tg_tensor_free(plain);
    tg_tensor_free(narrow);
    tg_tensor_free(n);
    tg_graph_free(g);
}

TEST(refuses_functions)
{
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(2), 1);

    refuse(NULL, x, TG_ERR_ARG);
    EXPECT_STATUS(tg_gradcheck(misfit, &x, 1, NULL, usual), TG_ERR_SHAPE);
    EXPECT_MESSAGE("reshape");
    ck_assert_int_ne(tg_gradcheck(nothing, &x, 1, NULL, usual), TG_OK);
    tg_tensor_free(x);
}

/* A result that depends on no leaf: whatever is reported, it is no pass. */
TEST(does_not_pass_an_unrelated_result)
{
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(2), 1);
    tg_tensor *c = random_tensor(TG_F64, TG_SHAPE(2), 2);

    ck_assert_int_ne(tg_gradcheck(unrelated, &x, 1, c, usual), TG_OK);
    tg_tensor_free(x);
    tg_tensor_free(c);
}

/* Fails at the call that its env counts down to. */
static tg_tensor *tiring(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    int *left = env;

    if (--*left == 0)
        return tg_reshape(g, in[0], TG_SHAPE(5));
    return square(g, in, n, NULL);
}

/* And the leaf is as it was, wherever that happened. */
TEST(hands_back_a_failure_in_its_middle)
{
    for (int order = 1; order <= 2; order++) {
        tg_status status = TG_ERR_SHAPE;
        for (int call = 1; status != TG_OK; call++) {
            tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(2), 1);
            tg_tensor *before = MADE(tg_tensor_clone(x));
            int left = call;
            status = tg_gradcheck(tiring, &x, 1, &left,
                                  (tg_gradcheck_options){.order = order});
            EXPECT_STATUS(status, left <= 0 ? TG_ERR_SHAPE : TG_OK);
            EXPECT_SAME_BITS(x, before);
            tg_tensor_free(x);
            tg_tensor_free(before);
        }
    }
}

TEST(refuses_a_result_of_another_dtype)
{
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(2), 1);
    tg_tensor *narrow = random_leaf(TG_F32, TG_SHAPE(2), 2);

    EXPECT_STATUS(tg_gradcheck(unrelated, &x, 1, narrow, usual), TG_ERR_DTYPE);
    tg_tensor_free(x);
    tg_tensor_free(narrow);
}

TEST(refuses_options)
{
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(2), 1);
    const tg_gradcheck_options bad[] = {
        {.order = -1}, {.order = 3}, {.order = INT32_MAX}};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        EXPECT_STATUS(tg_gradcheck(square, &x, 1, NULL, bad[i]), TG_ERR_ARG);
    tg_tensor_free(x);
}

TEST_MAIN("gradcheck_refusals", refuses_when_there_is_nothing_to_compare,
          refuses_leaves, refuses_functions, does_not_pass_an_unrelated_result,
          hands_back_a_failure_in_its_middle, refuses_a_result_of_another_dtype,
          refuses_options)
