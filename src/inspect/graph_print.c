#include <tinygrad/inspect.h>

#include "pen.h"
#include "reference.h"

typedef void cell(tg_pen *pen, const tg_graph *g, const tg_node_view *node);

static void write_number(tg_pen *pen, const tg_graph *g,
                         const tg_node_view *node)
{
    tg_pen_reference(pen, g, node->out);
}

static void write_op(tg_pen *pen, const tg_graph *g, const tg_node_view *node)
{
    (void)g;
    tg_pen_name(pen, node->op);
}

static void write_inputs(tg_pen *pen, const tg_graph *g,
                         const tg_node_view *node)
{
    for (int i = 0; i < node->n_in; i++) {
        tg_pen_text(pen, i > 0 ? ", " : "");
        tg_pen_reference(pen, g, node->in[i]);
    }
}

static void write_shape(tg_pen *pen, const tg_graph *g,
                        const tg_node_view *node)
{
    (void)g;
    tg_pen_shape(pen, tg_tensor_shape(node->out));
}

static void write_dtype(tg_pen *pen, const tg_graph *g,
                        const tg_node_view *node)
{
    (void)g;
    tg_pen_text(pen, tg_dtype_name(tg_tensor_dtype(node->out)));
}

static void write_grad(tg_pen *pen, const tg_graph *g, const tg_node_view *node)
{
    (void)g;
    tg_pen_text(pen, tg_requires_grad(node->out) ? "yes" : "no");
}

static void write_name(tg_pen *pen, const tg_graph *g, const tg_node_view *node)
{
    (void)g;
    if (tg_name(node->out))
        tg_pen_name(pen, tg_name(node->out));
}

static const struct column {
    const char *title;
    cell *write;
} columns[] = {
    {"node", write_number}, {"op", write_op},       {"inputs", write_inputs},
    {"shape", write_shape}, {"dtype", write_dtype}, {"grad", write_grad},
    {"name", write_name},
};

enum {
    COLUMNS = sizeof columns / sizeof *columns,
    GAP = 2,
    WIDEST = 40, /* a longer cell pushes its own row aside, not the table */
};

typedef struct table {
    const tg_graph *g;
    size_t width[COLUMNS];
} table;

static void widen(size_t *width, size_t needed)
{
    if (needed > WIDEST)
        needed = WIDEST;
    if (needed > *width)
        *width = needed;
}

static void measure(table *t, const tg_node_view *node)
{
    for (int c = 0; c < COLUMNS; c++) {
        tg_pen ruler = {0};

        columns[c].write(&ruler, t->g, node);
        widen(&t->width[c], ruler.column);
    }
}

static void measure_all(table *t)
{
    for (int c = 0; c < COLUMNS; c++) {
        tg_pen ruler = {0};

        tg_pen_text(&ruler, columns[c].title);
        widen(&t->width[c], ruler.column);
    }
    for (size_t i = 0; i < tg_graph_size(t->g); i++) {
        tg_node_view node = tg_graph_node(t->g, i);
        measure(t, &node);
    }
}

/* The titles where node is NULL. */
static void write_row(tg_pen *pen, const table *t, const tg_node_view *node)
{
    size_t end = 0;

    for (int c = 0; c < COLUMNS; c++) {
        if (node)
            columns[c].write(pen, t->g, node);
        else
            tg_pen_text(pen, columns[c].title);
        end += t->width[c] + GAP;
        if (pen->column + GAP > end)
            tg_pen_spaces(pen, GAP);
        else
            tg_pen_to_column(pen, end);
    }
    tg_pen_newline(pen);
}

static void write_table(tg_pen *pen, const table *t)
{
    write_row(pen, t, NULL);
    for (size_t i = 0; i < tg_graph_size(t->g); i++) {
        tg_node_view node = tg_graph_node(t->g, i);
        write_row(pen, t, &node);
    }
}

tg_status tg_graph_print(FILE *out, const tg_graph *g)
{
    if (!out || !g)
        return tg_fail(NULL, TG_ERR_ARG, "graph_print: no %s",
                       out ? "graph" : "stream");
    tg_status status = tg_reference_check(g, "graph_print");
    if (status)
        return status;
    table t = {.g = g};
    tg_pen pen = {.out = out};
    measure_all(&t);
    write_table(&pen, &t);
    return tg_pen_finish(&pen, "graph_print");
}
