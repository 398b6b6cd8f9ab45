#include "capture.h"

#include <string.h>
#include <unistd.h>

static char *drawn(const tg_graph *g)
{
    capture c;

    capture_begin(&c);
    EXPECT_OK(tg_graph_dot(c.out, g));
    return captured(&c);
}

static void expect_drawing(const tg_graph *g, const char *body)
{
    capture c;

    capture_begin(&c);
    fprintf(c.out,
            "digraph tinygrad {\n"
            "    node [fontname=\"Helvetica\", fontsize=11];\n"
            "    edge [fontname=\"Helvetica\", fontsize=9];\n"
            "%s}\n",
            body);
    char *expected = captured(&c);
    char *text = drawn(g);
    ck_assert_str_eq(text, expected);
    free(text);
    free(expected);
}

static void expect_part(const tg_graph *g, const char *part)
{
    char *text = drawn(g);

    ck_assert_msg(strstr(text, part) != NULL, "no '%s' in:\n%s", part, text);
    free(text);
}

TEST(leaves_are_boxes_and_ops_ellipses)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x = named(tg_tensor_new(TG_F32, TG_SHAPE(6, 8)), "X");
    tg_tensor *k =
        wanting(named(tg_tensor_f32(TG_SHAPE(1, 2), (float[]){1, -1}), "K"));

    named(tg_corr2d(g, x, k), "edges");
    expect_drawing(
        g, "    l0 [label=\"X\\n(6, 8) f32\", shape=box, style=filled, "
           "fillcolor=\"#eeeeee\"];\n"
           "    l1 [label=\"K\\n(1, 2) f32\\nvalue [[ 1. -1.]]\", shape=box, "
           "style=filled, fillcolor=\"#fff2cc\"];\n"
           "    n0 [label=\"corr2d\\nedges\\n(6, 7) f32\"];\n"
           "    l0 -> n0 [label=\"(6, 8)\"];\n"
           "    l1 -> n0 [label=\"(1, 2)\"];\n");
    tg_graph_free(g);
    tg_tensor_free(x);
    tg_tensor_free(k);
}

TEST(a_leaf_used_twice_is_one_box_with_two_edges)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x = tg_tensor_full(TG_F64, TG_SCALAR, 3);

    tg_mul(g, x, x);
    expect_drawing(
        g, "    l0 [label=\"leaf 0\\n() f64\\nvalue 3.0\", shape=box, "
           "style=filled, fillcolor=\"#eeeeee\"];\n"
           "    n0 [label=\"mul\\n() f64\\nvalue 9.0\", style=dashed];\n"
           "    l0 -> n0 [label=\"()\"];\n"
           "    l0 -> n0 [label=\"()\"];\n");
    tg_graph_free(g);
    tg_tensor_free(x);
}

TEST(a_tensor_without_a_record_is_drawn_where_it_is_used)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x = wanting(tg_tensor_full(TG_F64, TG_SHAPE(5), 3));

    tg_graph_set_recording(g, false);
    tg_tensor *before = tg_neg(g, x);
    tg_graph_set_recording(g, true);
    tg_mul(g, x, before);
    expect_part(g, "    c0_1 [label=\"constant\\n(5,) f64\", shape=box, "
                   "style=filled, fillcolor=\"#eeeeee\"];\n"
                   "    c0_1 -> n0 [label=\"(5,)\"];\n");
    tg_graph_free(g);
    tg_tensor_free(x);
}

TEST(gradients_are_shown_once_there_are_any)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x = wanting(tg_tensor_full(TG_F64, TG_SHAPE(2, 3), 3));
    tg_tensor *y = tg_square(g, x);

    EXPECT_OK(tg_retain_grad(y));
    EXPECT_OK(tg_backward(g, tg_sum(g, y)));
    expect_part(g, "leaf 0\\n(2, 3) f64\\ngrad from 6.0 to 6.0, mean 6.0, norm "
                   "14.6969\"");
    expect_part(g, "square\\n(2, 3) f64\\ngrad from 1.0 to 1.0, mean 1.0, norm "
                   "2.44949\"");
    tg_graph_free(g);
    tg_tensor_free(x);
}

TEST(one_nan_shows_in_a_summary)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x = wanting(tg_tensor_full(TG_F64, TG_SHAPE(2, 3), 1));

    tg_data_f64(x)[4] = strtod("nan", NULL);
    EXPECT_OK(tg_backward(g, tg_sum(g, tg_square(g, x))));
    expect_part(g, "grad from nan to nan, mean nan, norm nan\"");
    tg_graph_free(g);
    tg_tensor_free(x);
}

TEST(an_awkward_name_is_quoted)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x =
        named(tg_tensor_new(TG_F32, TG_SHAPE(9)), "\"a\\n\" & <b>{|}\n\xFF");

    named(tg_neg(g, x), "]; /* &lt; \\");
    expect_part(g, "label=\"\\\"a\\\\n\\\" &amp; <b>{|}\\\\n\\\\xff\\n(9,) ");
    expect_part(g, "label=\"neg\\n]; /* &amp;lt; \\\\\\n(9,) f32\"");
    tg_graph_free(g);
    tg_tensor_free(x);
}

TEST(the_same_record_is_drawn_the_same)
{
    char *text[2];

    for (int i = 0; i < 2; i++) {
        tg_graph *g = tg_graph_new();
        tg_tensor *a = tg_tensor_new(TG_F32, TG_SHAPE(9));
        tg_tensor *b = tg_tensor_new(TG_F32, TG_SHAPE(9));
        bool swapped = i == 1; /* other addresses, the same places */

        tg_sub(g, tg_neg(g, swapped ? b : a), swapped ? a : b);
        text[i] = drawn(g);
        tg_graph_free(g);
        tg_tensor_free(a);
        tg_tensor_free(b);
    }
    ck_assert_str_eq(text[0], text[1]);
    free(text[0]);
    free(text[1]);
}

/* ---- what Graphviz thinks */

typedef struct temporary {
    char path[32];
} temporary;

static temporary make_temporary(void)
{
    temporary t = {"/tmp/tinygrad-dot-XXXXXX"};
    int fd = mkstemp(t.path);

    ck_assert_int_ne(fd, -1);
    close(fd);
    return t;
}

/* Everything that Graphviz writes, errors and warnings too; the picture comes
 * last. */
static void run_graphviz(const tg_graph *g, char *svg, size_t room)
{
    temporary result = make_temporary();
    char command[128];

    snprintf(command, sizeof command, "dot -Tsvg >%s 2>&1", result.path);
    FILE *dot = popen(command, "w");
    ck_assert_ptr_nonnull(dot);
    EXPECT_OK(tg_graph_dot(dot, g));
    ck_assert_int_eq(pclose(dot), 0);
    FILE *in = fopen(result.path, "r");
    ck_assert_ptr_nonnull(in);
    svg[fread(svg, 1, room - 1, in)] = '\0';
    fclose(in);
    remove(result.path);
    ck_assert_msg(strncmp(svg, "<?xml", 5) == 0, "Graphviz says: %s", svg);
}

static bool graphviz_is_there(void)
{
    bool there = system("dot -V >/dev/null 2>&1") == 0;

    if (!there)
        fputs("no Graphviz: its part of this test is skipped\n", stderr);
    return there;
}

static void expect_in_picture(const char *svg, const char *part)
{
    ck_assert_msg(strstr(svg, part) != NULL, "no '%s' in:\n%s", part, svg);
}

TEST(graphviz_draws_it)
{
    char svg[1 << 14];
    tg_graph *g = tg_graph_new();
    tg_tensor *x =
        wanting(named(tg_tensor_full(TG_F32, TG_SHAPE(2, 2), 1), "weights"));

    named(tg_sum(g, tg_square(g, x)), "loss");
    if (graphviz_is_there()) {
        run_graphviz(g, svg, sizeof svg);
        expect_in_picture(svg, ">weights<");
        expect_in_picture(svg, ">square<");
        expect_in_picture(svg, ">loss<");
        expect_in_picture(svg, ">value 4.0<");
    }
    tg_graph_free(g);
    tg_tensor_free(x);
}

TEST(graphviz_shows_awkward_names_as_they_are)
{
    char svg[1 << 14];
    tg_graph *g = tg_graph_new();
    tg_tensor *x = named(tg_tensor_new(TG_F32, TG_SHAPE(9)),
                         "\"a\\n\" &amp; <b>{|}\n\xFF\x01 \xC3\xA9");

    named(tg_neg(g, x), "<html>\\");
    named(tg_neg(g, x), "");
    if (graphviz_is_there()) {
        run_graphviz(g, svg, sizeof svg);
        expect_in_picture(svg, "&quot;a\\n&quot; &amp;amp; &lt;b&gt;{|}"
                               "\\n\\xff\\x01 \xC3\xA9<");
        expect_in_picture(svg, ">&lt;html&gt;\\<");
    }
    tg_graph_free(g);
    tg_tensor_free(x);
}

TEST(graphviz_draws_an_empty_graph)
{
    char svg[1 << 12];
    tg_graph *g = tg_graph_new();

    if (graphviz_is_there())
        run_graphviz(g, svg, sizeof svg);
    tg_graph_free(g);
}

TEST(null_is_refused)
{
    tg_graph *g = tg_graph_new();

    EXPECT_STATUS(tg_graph_dot(NULL, g), TG_ERR_ARG);
    ck_assert_str_eq(tg_error_message(), "graph_dot: no stream");
    EXPECT_STATUS(tg_graph_dot(stdout, NULL), TG_ERR_ARG);
    ck_assert_str_eq(tg_error_message(), "graph_dot: no graph");
    tg_graph_free(g);
}

TEST(a_stream_for_reading_is_an_io_error)
{
    tg_graph *g = tg_graph_new();
    FILE *out = fopen("/dev/null", "r");

    ck_assert_ptr_nonnull(out);
    EXPECT_STATUS(tg_graph_dot(out, g), TG_ERR_IO);
    fclose(out);
    tg_graph_free(g);
}

TEST_MAIN("dot", leaves_are_boxes_and_ops_ellipses,
          a_leaf_used_twice_is_one_box_with_two_edges,
          a_tensor_without_a_record_is_drawn_where_it_is_used,
          gradients_are_shown_once_there_are_any, one_nan_shows_in_a_summary,
          an_awkward_name_is_quoted, the_same_record_is_drawn_the_same,
          graphviz_draws_it, graphviz_shows_awkward_names_as_they_are,
          graphviz_draws_an_empty_graph, null_is_refused,
          a_stream_for_reading_is_an_io_error)
