#include "capture.h"

#include <string.h>

static void expect_table(const tg_graph *g, const char *expected)
{
    capture c;

    capture_begin(&c);
    EXPECT_OK(tg_graph_print(c.out, g));
    expect_text(&c, expected);
}

TEST(each_node_has_a_row)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x = named(tg_tensor_new(TG_F32, TG_SHAPE(6, 8)), "X");
    tg_tensor *k = wanting(named(tg_tensor_new(TG_F32, TG_SHAPE(1, 2)), "K"));
    tg_tensor *y = named(tg_tensor_new(TG_F32, TG_SHAPE(6, 7)), "Y");
    tg_tensor *d = tg_sub(g, tg_corr2d(g, x, k), y);

    named(tg_sum(g, tg_square(g, d)), "loss");
    tg_abs(g, y);
    expect_table(g, "node  op      inputs  shape   dtype  grad  name\n"
                    "%0    corr2d  X, K    (6, 7)  f32    yes\n"
                    "%1    sub     %0, Y   (6, 7)  f32    yes\n"
                    "%2    square  %1      (6, 7)  f32    yes\n"
                    "%3    sum     %2      ()      f32    yes   loss\n"
                    "%4    abs     Y       (6, 7)  f32    no\n");
    tg_graph_free(g);
    tg_tensor_free(x);
    tg_tensor_free(k);
    tg_tensor_free(y);
}

TEST(leaves_without_a_name_are_numbered_in_order_of_use)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *a = tg_tensor_new(TG_F64, TG_SHAPE(3));
    tg_tensor *b = tg_tensor_new(TG_F64, TG_SHAPE(3));

    tg_sub(g, tg_mul(g, b, a), b);
    expect_table(g, "node  op   inputs          shape  dtype  grad  name\n"
                    "%0    mul  leaf 0, leaf 1  (3,)   f64    no\n"
                    "%1    sub  %0, leaf 0      (3,)   f64    no\n");
    tg_graph_free(g);
    tg_tensor_free(a);
    tg_tensor_free(b);
}

TEST(a_tensor_without_a_record_is_a_constant)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x = wanting(named(tg_tensor_new(TG_F32, TG_SHAPE(2)), "x"));

    tg_graph_set_recording(g, false);
    tg_tensor *a = tg_neg(g, x), *b = named(tg_square(g, x), "before");
    tg_graph_set_recording(g, true);
    tg_tensor *y = tg_neg(g, x);
    tg_mul(g, y, tg_mul(g, a, b));
    expect_table(g, "node  op   inputs            shape  dtype  grad  name\n"
                    "%0    neg  x                 (2,)   f32    yes\n"
                    "%1    mul  constant, before  (2,)   f32    no\n"
                    "%2    mul  %0, %1            (2,)   f32    yes\n");
    tg_graph_free(g);
    tg_tensor_free(x);
}

TEST(an_empty_graph_has_titles_alone)
{
    tg_graph *g = tg_graph_new();

    expect_table(g, "node  op  inputs  shape  dtype  grad  name\n");
    tg_graph_free(g);
}

TEST(an_awkward_name_stays_on_its_line)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *a =
        named(tg_tensor_new(TG_F32, TG_SCALAR), "a\nb\t\x01 \xC3\xA9\xFF");

    named(tg_neg(g, a), "\x1B[31m\xED\xA0\x80");
    tg_neg(g, a);
    expect_table(g,
                 "node  op   inputs            shape  dtype  grad  name\n"
                 "%0    neg  a\\nb\\t\\x01 \xC3\xA9\\xff  ()     f32    no    "
                 "\\x1b[31m\\xed\\xa0\\x80\n"
                 "%1    neg  a\\nb\\t\\x01 \xC3\xA9\\xff  ()     f32    no\n");
    tg_graph_free(g);
    tg_tensor_free(a);
}

TEST(a_long_cell_pushes_its_own_row_alone)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *a = named(tg_tensor_new(TG_F32, TG_SCALAR),
                         "encoder.layers.11.attention.output.dense.weight");

    tg_neg(g, tg_neg(g, a));
    expect_table(
        g, "node  op   inputs                                    shape  dtype  "
           "grad  name\n"
           "%0    neg  encoder.layers.11.attention.output.dense.weight  ()  "
           "f32  no\n"
           "%1    neg  %0                                        ()     f32    "
           "no\n");
    tg_graph_free(g);
    tg_tensor_free(a);
}

/* Looking for each leaf among all nodes would take quadratic time. */
TEST(prints_a_hundred_thousand_nodes_and_as_many_leaves)
{
    enum { NODES = 100000 };
    tg_graph *g = tg_graph_new();
    static tg_tensor *leaves[NODES];
    FILE *out = fopen("/dev/null", "w");

    for (int i = 0; i < NODES; i++)
        tg_neg(g, leaves[i] = tg_tensor_new(TG_F32, TG_SCALAR));
    ck_assert_uint_eq(tg_graph_size(g), NODES);
    EXPECT_OK(tg_graph_print(out, g));
    fclose(out);
    tg_graph_free(g);
    for (int i = 0; i < NODES; i++)
        tg_tensor_free(leaves[i]);
}

TEST(null_is_refused)
{
    tg_graph *g = tg_graph_new();

    EXPECT_STATUS(tg_graph_print(NULL, g), TG_ERR_ARG);
    ck_assert_str_eq(tg_error_message(), "graph_print: no stream");
    EXPECT_STATUS(tg_graph_print(stdout, NULL), TG_ERR_ARG);
    ck_assert_str_eq(tg_error_message(), "graph_print: no graph");
    EXPECT_OK(tg_graph_status(g));
    tg_graph_free(g);
}

TEST(a_stream_for_reading_is_an_io_error)
{
    tg_graph *g = tg_graph_new();
    FILE *out = fopen("/dev/null", "r");

    ck_assert_ptr_nonnull(out);
    EXPECT_STATUS(tg_graph_print(out, g), TG_ERR_IO);
    fclose(out);
    tg_graph_free(g);
}

TEST_MAIN("graph_print", each_node_has_a_row,
          leaves_without_a_name_are_numbered_in_order_of_use,
          a_tensor_without_a_record_is_a_constant,
          an_empty_graph_has_titles_alone, an_awkward_name_stays_on_its_line,
          a_long_cell_pushes_its_own_row_alone,
          prints_a_hundred_thousand_nodes_and_as_many_leaves, null_is_refused,
          a_stream_for_reading_is_an_io_error)
