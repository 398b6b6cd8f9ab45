#include "capture.h"

static void expect_silent_refusal(tg_graph *g, tg_tensor *y, tg_status status)
{
    capture c;

    capture_begin(&c);
    EXPECT_STATUS(tg_explain(c.out, g, y), status);
    expect_text(&c, "");
}

TEST(a_constant_is_refused_without_a_word)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x = tg_tensor_full(TG_F32, TG_SCALAR, 3);

    expect_silent_refusal(g, tg_square(g, x), TG_ERR_ARG);
    tg_graph_free(g);
    tg_tensor_free(x);
}

TEST(what_made_y_null_is_returned)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x = tg_tensor_full(TG_F32, TG_SHAPE(2, 3), 3);

    expect_silent_refusal(g, tg_matmul(g, x, x), TG_ERR_SHAPE);
    tg_graph_free(g);
    tg_tensor_free(x);
}

static tg_status copy_one(const tg_call *call)
{
    *tg_data_f32(call->out) = *tg_data_f32(call->in[0]);
    return TG_OK;
}

TEST(an_op_without_a_derivative_is_unsupported)
{
    static const tg_op op = {.name = "quantise", .forward = copy_one};
    tg_graph *g = tg_graph_new();
    tg_tensor *x = wanting(tg_tensor_full(TG_F32, TG_SCALAR, 3));
    tg_tensor *y = tg_apply(g, &op, TG_F32, TG_SCALAR, 1, &x, NULL, 0);

    ck_assert_ptr_nonnull(y);
    expect_silent_refusal(g, y, TG_ERR_UNSUPPORTED);
    tg_graph_free(g);
    tg_tensor_free(x);
}

TEST(null_is_refused)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x = wanting(tg_tensor_full(TG_F32, TG_SCALAR, 3));

    EXPECT_STATUS(tg_explain(NULL, g, x), TG_ERR_ARG);
    ck_assert_str_eq(tg_error_message(), "explain: no stream");
    EXPECT_STATUS(tg_explain(stdout, NULL, x), TG_ERR_ARG);
    ck_assert_str_eq(tg_error_message(), "explain: no graph");
    EXPECT_OK(tg_graph_status(g));
    expect_silent_refusal(g, NULL, TG_ERR_ARG);
    tg_graph_free(g);
    tg_tensor_free(x);
}

TEST(a_stream_for_reading_is_an_io_error)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x = wanting(tg_tensor_full(TG_F32, TG_SCALAR, 3));
    FILE *out = fopen("/dev/null", "r");

    ck_assert_ptr_nonnull(out);
    EXPECT_STATUS(tg_explain(out, g, tg_square(g, x)), TG_ERR_IO);
    fclose(out);
    tg_graph_free(g);
    tg_tensor_free(x);
}

/* ---- failing memory */

static tg_status print_all(tg_graph *g, tg_tensor *y)
{
    FILE *out = fopen("/dev/null", "w");
    tg_status table = tg_graph_print(out, g);
    tg_status drawing = tg_graph_dot(out, g);
    tg_status tale = tg_explain(out, g, y);

    fclose(out);
    return table ? table : drawing ? drawing : tale;
}

static tg_status print_of_a_leaf(tg_graph *g, void *env)
{
    tg_tensor *x = tg_tensor_full(TG_F32, TG_SHAPE(9), 3);
    tg_status status = x ? tg_set_requires_grad(x, true) : TG_ERR_NOMEM;

    (void)env;
    if (status == TG_OK)
        status = print_all(g, tg_mul(g, x, tg_square(g, x)));
    tg_tensor_free(x);
    return status;
}

TEST(without_memory_they_say_so_and_leak_nothing)
{
    check_out_of_memory(print_of_a_leaf, NULL);
}

/* The graphs give the leaf different numbers, so g looks it up in a table. */
static tg_status print_of_a_shared_leaf(tg_graph *g, void *env)
{
    tg_graph *other = env;
    tg_tensor *x = tg_tensor_full(TG_F32, TG_SHAPE(9), 3);
    tg_tensor *first = tg_tensor_full(TG_F32, TG_SHAPE(9), 3);
    tg_status status =
        x && first ? tg_set_requires_grad(x, true) : TG_ERR_NOMEM;

    tg_tensor *y = tg_square(g, x);
    if (status == TG_OK && tg_mul(other, first, x))
        status = print_all(g, y);
    tg_status others = tg_graph_reset(other);
    tg_tensor_free(x);
    tg_tensor_free(first);
    return status ? status : others;
}

TEST(without_memory_no_shared_leaf_is_taken_for_a_constant)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());

    EXPECT_OK(print_of_a_shared_leaf(g, other)); /* so that other has grown */
    tg_graph_free(g);
    check_out_of_memory(print_of_a_shared_leaf, other);
    tg_graph_free(other);
}

TEST_MAIN("explain_refusals", a_constant_is_refused_without_a_word,
          what_made_y_null_is_returned,
          an_op_without_a_derivative_is_unsupported, null_is_refused,
          a_stream_for_reading_is_an_io_error,
          without_memory_they_say_so_and_leak_nothing,
          without_memory_no_shared_leaf_is_taken_for_a_constant)
