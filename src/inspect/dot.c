#include <tinygrad/inspect.h>

#include "pen.h"
#include "reference.h"
#include "summary.h"

typedef struct drawing {
    tg_pen pen;
    const tg_graph *g;
} drawing;

static void write_id(drawing *d, const char *letter, size_t number)
{
    tg_pen_text(&d->pen, letter);
    tg_pen_size(&d->pen, number);
}

static bool has_number(const drawing *d, const tg_tensor *t)
{
    return tg_graph_number(d->g, t) != SIZE_MAX;
}

/* Node 3 is "n3", leaf 0 is "l0". What has no number is drawn at each use:
 * "c3_1" is input 1 of node 3. */
static void write_input_id(drawing *d, const tg_tensor *t, size_t node, int i)
{
    size_t number = tg_graph_number(d->g, t), nodes = tg_graph_size(d->g);

    if (number < nodes) {
        write_id(d, "n", number);
    } else if (has_number(d, t)) {
        write_id(d, "l", number - nodes);
    } else {
        write_id(d, "c", node);
        write_id(d, "_", (size_t)i);
    }
}

/* What is written between these two stands quoted in the label; only the
 * backslash of a new line is the language's own. */
static void begin_label(drawing *d)
{
    tg_pen_text(&d->pen, " [label=\"");
    d->pen.in_label = true;
}

static void end_label(drawing *d, const char *attributes)
{
    d->pen.in_label = false;
    tg_pen_text(&d->pen, "\"");
    tg_pen_text(&d->pen, attributes);
    tg_pen_text(&d->pen, "];");
    tg_pen_newline(&d->pen);
}

static void next_label_line(drawing *d)
{
    d->pen.in_label = false;
    tg_pen_text(&d->pen, "\\n");
    d->pen.in_label = true;
}

static void write_values(drawing *d, const char *what, const tg_tensor *t)
{
    next_label_line(d);
    tg_pen_text(&d->pen, what);
    tg_pen_summary(&d->pen, t);
}

static void write_tensor(drawing *d, const tg_tensor *t)
{
    next_label_line(d);
    tg_pen_kind(&d->pen, t);
    if (tg_summary_is_whole(t))
        write_values(d, "value ", t);
    if (tg_grad(t))
        write_values(d, "grad ", tg_grad(t));
}

static void write_box(drawing *d, const tg_tensor *t)
{
    begin_label(d);
    tg_pen_reference(&d->pen, d->g, t);
    write_tensor(d, t);
    end_label(d, tg_requires_grad(t)
                     ? ", shape=box, style=filled, fillcolor=\"#fff2cc\""
                     : ", shape=box, style=filled, fillcolor=\"#eeeeee\"");
}

static void draw_leaf(drawing *d, size_t i)
{
    tg_pen_spaces(&d->pen, 4);
    write_id(d, "l", i);
    write_box(d, tg_graph_leaf(d->g, i));
}

static void draw_node(drawing *d, const tg_node_view *node, size_t number)
{
    tg_pen_spaces(&d->pen, 4);
    write_id(d, "n", number);
    begin_label(d);
    tg_pen_name(&d->pen, node->op);
    if (tg_name(node->out)) {
        next_label_line(d);
        tg_pen_name(&d->pen, tg_name(node->out));
    }
    write_tensor(d, node->out);
    end_label(d, tg_requires_grad(node->out) ? "" : ", style=dashed");
}

static void draw_edge(drawing *d, const tg_tensor *t, size_t node, int i)
{
    if (!has_number(d, t)) {
        tg_pen_spaces(&d->pen, 4);
        write_input_id(d, t, node, i);
        write_box(d, t);
    }
    tg_pen_spaces(&d->pen, 4);
    write_input_id(d, t, node, i);
    tg_pen_text(&d->pen, " -> ");
    write_id(d, "n", node);
    begin_label(d);
    tg_pen_shape(&d->pen, tg_tensor_shape(t));
    end_label(d, "");
}

static void draw(drawing *d)
{
    fputs("digraph tinygrad {\n"
          "    node [fontname=\"Helvetica\", fontsize=11];\n"
          "    edge [fontname=\"Helvetica\", fontsize=9];\n",
          d->pen.out);
    for (size_t i = 0; i < tg_graph_leaves(d->g); i++)
        draw_leaf(d, i);
    for (size_t n = 0; n < tg_graph_size(d->g); n++) {
        tg_node_view node = tg_graph_node(d->g, n);

        draw_node(d, &node, n);
        for (int i = 0; i < node.n_in; i++)
            draw_edge(d, node.in[i], n, i);
    }
    fputs("}\n", d->pen.out);
}

tg_status tg_graph_dot(FILE *out, const tg_graph *g)
{
    if (!out || !g)
        return tg_fail(NULL, TG_ERR_ARG, "graph_dot: no %s",
                       out ? "graph" : "stream");
    tg_status status = tg_reference_check(g, "graph_dot");
    if (status)
        return status;
    drawing d = {.pen = {.out = out}, .g = g};
    draw(&d);
    return tg_pen_finish(&d.pen, "graph_dot");
}
